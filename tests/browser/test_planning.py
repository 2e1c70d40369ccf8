"""A supervisor plans: who is on call, whom a ladder calls; a shift is taken over; an office ahead of UTC is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from common.models import BusinessCalendar, BusinessInterval, User
from tests.browser.desk import Desk, Post, held_parcel
from tickets.choices import HandoverWhy
from tickets.models import EscalationPolicy, Handover, HandoverTicket, Membership, Rota, RotaLayer, RotaTurn, Team
from tickets.services.routing.handover_note import write_note

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_throttle")]
KIRITIMATI = "Pacific/Kiritimati"
"""Fourteen hours ahead of UTC: there it is tomorrow for most of the day."""


def save(page: Page) -> None:
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Save and continue editing").click()


def test_supervisor_plans_a_rota_and_a_ladder_that_calls_by_it(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down("Supervisor", "Sofia Brandt", time_zone="Asia/Shanghai")
    lena = User.objects.create_user("lena@clearway.example", "x", full_name="Lena Vogt", is_staff=True)
    rota = Rota.objects.create(name="Nights", time_zone="Asia/Shanghai")
    layer = RotaLayer.objects.create(rota=rota, starts_on=date(2024, 1, 1), turn_days=7, hands_over_at=time(9))
    RotaTurn.objects.create(layer=layer, place=1, user=desk.user)
    page = desk.page
    page.goto(f"/admin/tickets/rota/{rota.pk}/change/")

    card = page.locator("section.c-card")
    expect(card).to_contain_text("On call now: Sofia Brandt")
    expect(card).to_contain_text("Scale in Asia/Shanghai, which is your time, too.")
    expect(card.locator(".c-yours")).to_have_count(0)
    expect(card.locator(".c-today")).to_have_count(1)
    expect(page.get_by_text("Layer 1", exact=True)).to_be_visible()

    page.locator("[name=layers-0-people_0]").select_option(str(lena.pk))
    page.select_option("#id_time_zone", "UTC", force=True)
    save(page)
    expect(card).to_contain_text("On call now: Lena Vogt")
    expect(card).to_contain_text("Scale in UTC; below it your time, Asia/Shanghai.")
    expect(card.locator(".c-week").first.locator(".c-yours").first).to_have_text("08")

    page.goto("/admin/tickets/escalationpolicy/add/")
    page.fill("#id_name", "At night")
    page.get_by_text("Add another Level", exact=True).click()
    expect(page.locator("[name=levels-0-user]")).to_be_hidden()
    page.locator("[name=levels-0-place]").fill("1")
    page.locator("[name=levels-0-whom]").select_option("on_call")
    page.locator("[name=levels-0-after_0]").fill("5")
    page.locator("[name=levels-0-by][value=email]").check()
    save(page)
    expect(page.locator(".errorlist")).to_contain_text("Choose the rota by which somebody is on call.")
    page.locator("[name=levels-0-rota]").evaluate(
        "(select, key) => { select.add(new Option('Nights', key, true, true)); }", str(rota.pk)
    )
    save(page)
    expect(page.locator(".c-steps li")).to_have_text(
        "after 5 min: whoever is on call by Nights, in the desk and by e-mail"
    )
    assert EscalationPolicy.objects.get(name="At night").levels.get().rota == rota


def test_the_opening_team_reads_the_handover_above_the_queue_and_confirms_it(
    sit_down: Callable[..., Desk], post: Post
) -> None:
    desk = sit_down("Agent", "Jonas Keller")
    around = BusinessCalendar.objects.create(name="Always", time_zone="UTC", always_open=True)
    west, east = (Team.objects.create(name=name, calendar=around) for name in ("Los Angeles", "Shenzhen"))
    Membership.objects.create(team=east, user=desk.user)
    ticket, now = held_parcel("clearance", post), timezone.now()
    handover = Handover.objects.create(from_team=west, to_team=east, shift_ended_at=now, created_at=now)
    HandoverTicket.objects.create(handover=handover, ticket=ticket, why=HandoverWhy.URGENT, due_at=now)
    write_note(handover, back_at=now + timedelta(hours=14))
    page = desk.page
    page.goto("/admin/tickets/ticket/")

    banner = page.locator(".d-card[role=status]", has_text="Handover")
    expect(banner).to_contain_text("Los Angeles")
    banner.get_by_role("link", name="Read").click()
    expect(page.locator("body")).to_contain_text(f"{ticket.reference} · Customs hold · urgent")
    page.go_back(wait_until="load")
    banner.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state("load")

    expect(page).to_have_url(re.compile(r"/admin/tickets/ticket/"))
    expect(banner).to_have_count(0)
    handover.refresh_from_db()
    assert handover.confirmed_by == desk.user


def test_a_calendar_ahead_of_utc_begins_with_its_own_today(sit_down: Callable[..., Desk]) -> None:
    calendar = BusinessCalendar.objects.create(name="Line Islands", time_zone=KIRITIMATI)
    for weekday in range(7):
        BusinessInterval.objects.create(calendar=calendar, weekday=weekday, opens_at=time(9), closes_at=time(12))
    page = sit_down("Administrator", "Zhou Yan", time_zone="America/Los_Angeles").page
    page.goto(f"/admin/common/businesscalendar/{calendar.pk}/change/")

    there = datetime.now(ZoneInfo(KIRITIMATI))
    today = page.locator(".c-today")
    expect(today).to_have_count(1)
    expect(today).to_contain_text(f"{there:%a} {there.day} {there:%b}")
    expect(page.locator(".c-week tbody tr").first).to_have_attribute("aria-current", "date")
    expect(page.locator(".c-week tbody tr")).to_have_count(14)
    expect(today).to_contain_text("09:00–12:00")
    expect(today).to_contain_text("(yours ")
