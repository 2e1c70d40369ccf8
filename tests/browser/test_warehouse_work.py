"""Goods are announced, come otherwise than announced, and the difference becomes a ticket; a key is issued."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from logistics.models import ApiKey, InboundBooking, Partner
from logistics.services.api_keys import caller_of
from tests.browser.desk import Desk
from tickets.models import Ticket
from tickets.services.incidents import handle_incidents

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_throttle")]


def send(page: Page) -> None:
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.locator("form.w-form button[type=submit]").click()


def take(page: Page, label: str, **values: str) -> None:
    """Take a step from the work's page by its button and its form."""
    page.get_by_role("link", name=re.compile(rf"^{label}")).click()
    expect(page.locator("form.w-form h2")).to_contain_text(label)
    for name, value in values.items():
        page.fill(f"[name={name.replace('__', '-')}]", value)
    send(page)


def test_booking_with_a_difference_leads_to_its_ticket_and_back(sit_down: Callable[..., Desk]) -> None:
    page = sit_down("Warehouse liaison", "Mei Lin").page
    warehouse = Partner.objects.create(kind="warehouse", name="Lagerhaus Nord", time_zone="Europe/Berlin")
    page.goto("/admin/logistics/inboundbooking/add/")
    page.select_option("[name=partner]", str(warehouse.pk))
    page.fill("[name=expected_at]", (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    for place, (item, units) in enumerate((("CUP", "10"), ("PLATE", "4"))):
        page.fill(f"[name=lines-{place}-item]", item)
        page.fill(f"[name=lines-{place}-units]", units)
    send(page)

    head = page.locator(".w-head")
    expect(head).to_contain_text("Announced")
    take(page, "Confirm")
    take(page, "Goods arrived")
    take(page, "Goods received", lines__0__received="9")
    expect(page.locator(".w-error")).to_contain_text("Units received")
    expect(page.locator(".c-lines small")).to_have_text(["announced: 10", "announced: 4"])
    page.fill("[name=lines-1-received]", "4")
    send(page)
    expect(head).to_contain_text("Received with differences")
    expect(head).to_contain_text("waits on us")
    expect(page.locator("tr.w-differs")).to_contain_text("CUP")

    handle_incidents(now=timezone.now())
    ticket = Ticket.objects.get()
    page.reload()
    page.locator("aside").get_by_role("link", name=ticket.reference).click()
    expect(page.get_by_role("heading", name=ticket.reference)).to_contain_text("CUP 10 → 9")
    page.get_by_role("link", name=InboundBooking.objects.get().reference).click()
    take(page, "Close", note="The carrier pays for it.")
    expect(head).to_contain_text("Closed")
    expect(head.locator(".w-button")).to_have_count(0)


def test_key_is_issued_and_its_text_is_shown_once(sit_down: Callable[..., Desk]) -> None:
    page = sit_down("Administrator", "Iris Berg").page
    warehouse = Partner.objects.create(kind="warehouse", name="Lagerhaus Nord", time_zone="Europe/Berlin")
    page.goto(f"/admin/logistics/apikey/add/?partner={warehouse.pk}")
    page.fill("[name=name]", "Warehouse system")
    page.check("[name=scopes][value=stock]")
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.get_by_role("button", name="Save", exact=True).click()

    text = page.locator("#key-text").input_value()
    caller = caller_of(text, "203.0.113.9", timezone.now())
    assert caller is not None
    assert (caller.partner_id, set(caller.scopes)) == (warehouse.pk, {"stock"})
    page.goto(f"/admin/logistics/apikey/{ApiKey.objects.get().pk}/change/")
    expect(page.locator("#content, main").first).to_contain_text("Works")
    assert text.rpartition("_")[2] not in page.content()
