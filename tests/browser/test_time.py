"""Time at the desk, in a real browser whose clock is moved: countdowns, the zones of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from common.models import BusinessCalendar, BusinessInterval
from tests.browser.desk import Desk, Post, held_parcel
from tickets.choices import HoursOf, Target
from tickets.models import Clock, PromisePolicy, Team, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = "/admin/tickets/ticket/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def promised(post: Post) -> Ticket:
    """A ticket whose customer is to hear from us within eighteen and a half minutes, a warning two minutes from now."""
    PromisePolicy.objects.all().delete()
    PromisePolicy.objects.create(
        name="Answer", target=Target.NEXT_UPDATE, duration=timedelta(minutes=40), hours_of=HoursOf.WALL
    )
    ticket = held_parcel("clearance", post)
    due_at = timezone.now() + timedelta(minutes=18, seconds=30)
    Clock.objects.filter(ticket=ticket).update(due_at=due_at, warn_at=timezone.now() + 2 * MINUTE)
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=due_at, queue_at=due_at)
    return ticket


def test_a_countdown_ticks_turns_and_becomes_overdue_without_a_reload(
    sit_down: Callable[..., Desk], promised: Ticket
) -> None:
    desk = sit_down("Agent", "Jonas Keller")
    page = desk.page
    page.clock.install()
    page.goto(QUEUE)
    chip = page.locator(f"tr[data-ticket='{promised.pk}'] time")
    expect(chip.locator("[data-words]")).to_have_text("update in 18 min")
    assert "green" in (chip.get_attribute("class") or "")

    page.clock.fast_forward(2 * 60_000)
    expect(chip.locator("[data-words]")).to_have_text("update in 16 min")
    assert "amber" in (chip.get_attribute("class") or "")

    page.clock.fast_forward(5 * 60_000)
    expect(chip.locator("[data-words]")).to_have_text("update in 11 min")
    assert "red" in (chip.get_attribute("class") or "")

    page.clock.fast_forward(90 * 60_000)
    expect(chip.locator("[data-words]")).to_have_text("update overdue 1 h 18")
    assert "over" in (chip.get_attribute("class") or "").split()

    desk.open(promised)
    for place in (".d-ticket-head time", "#promises time"):
        expect(page.locator(place).first.locator("[data-words]")).to_contain_text("update ")


def test_zones_tick_open_and_stay_folded_away(sit_down: Callable[..., Desk]) -> None:
    opens = timezone.localtime(timezone.now() + 90 * MINUTE, timezone.get_fixed_timezone(0)).replace(second=0)
    calendar = BusinessCalendar.objects.create(name="Hours", time_zone="UTC")
    closes = (opens + timedelta(hours=6)).time()
    for weekday in range(7):
        BusinessInterval.objects.create(
            calendar=calendar,
            weekday=weekday,
            opens_at=opens.time().replace(microsecond=0),
            closes_at=closes.replace(microsecond=0),
        )
    Team.objects.create(name="Lagos", calendar=calendar)
    desk = sit_down("Agent", "Jonas Keller")
    page = desk.page
    page.clock.install()
    page.goto(QUEUE)
    card = page.locator(".d-zone")
    expect(card.locator("[data-opens]")).to_contain_text("opens in 1 h")
    hour = card.locator("[data-clock]").inner_text()

    page.clock.fast_forward(91 * 60_000)
    expect(card.locator("[data-opens]")).to_have_text("open")
    expect(card.locator("[data-clock]")).not_to_have_text(hour)

    page.locator("#zones > summary").focus()
    page.keyboard.press("Enter")
    expect(card).to_be_hidden()
    page.goto(QUEUE)
    expect(page.locator("#zones > summary")).to_be_visible()
    expect(card).to_be_hidden()
    page.locator("#zones > summary").click()
    expect(card).to_be_visible()
    page.goto(QUEUE)
    expect(card).to_be_visible()
