"""A supervisor builds for whom a promise is, reads it as a sentence, and finds it again as it was built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk
from tickets.models import PromisePolicy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_throttle")]


def test_supervisor_makes_a_promise_for_vips_from_china(sit_down: Callable[..., Desk]) -> None:
    page = sit_down("Supervisor", "Sofia Brandt").page
    page.goto("/admin/tickets/promisepolicy/add/", wait_until="load")
    page.fill("#id_name", "VIPs from China: first response")
    page.select_option("#id_target", "first_response")
    page.fill("#id_order", "5")
    page.fill("#id_amount", "45")
    page.select_option("#id_unit", "minutes")
    page.fill("#id_warn_at_percent", "50, 80")
    builder = page.locator("[data-conditions=conditions]")
    says = builder.locator("[data-says]")

    def row(field: str, operator: str) -> Locator:
        builder.get_by_role("button", name="Add a condition to this group").first.click()
        made = builder.locator(".r-row").last
        made.get_by_label("What it is about").select_option(field)
        made.get_by_label("Comparison").select_option(operator)
        return made

    row("ticket.tier", "is").get_by_label("Value: tier").select_option("vip")
    lane = row("ticket.lane", "in")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(builder.locator(".bad .r-problem")).to_have_count(1)
    assert not PromisePolicy.objects.filter(order=5).exists()

    lane = builder.locator(".r-row").last
    lane.get_by_label("Origin").select_option("CN")
    lane.get_by_role("button", name="Add the lane").click()
    expect(says).to_contain_text("tier is VIP, and lane is")
    expect(builder.locator(".bad")).to_have_count(0)
    sentence = says.inner_text()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("#result_list")).to_contain_text(f"45 min · The team's hours · when {sentence}")
    made = PromisePolicy.objects.get(order=5)
    assert (made.duration, made.warn_at_percent) == (timedelta(minutes=45), [50, 80])
    assert made.conditions == {
        "all": [
            {"field": "ticket.tier", "op": "is", "value": "vip"},
            {"field": "ticket.lane", "op": "in", "value": ["CN-*"]},
        ]
    }
    page.goto(f"/admin/tickets/promisepolicy/{made.pk}/change/", wait_until="load")
    expect(says).to_have_text(sentence)
    expect(builder.locator(".r-row")).to_have_count(2)
    expect(builder.get_by_label("Value: tier")).to_have_value("vip")
