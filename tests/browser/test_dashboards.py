"""The dashboards in a real browser: drawn, in both languages, dark, on a phone and on a wall; a picture of each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk, fits
from tests.browser.test_screenshots import DOCS, in_chinese, in_the_dark, look_at
from tickets.admin.dashboards.boards import BOARDS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_throttle")]


def picture(page: Page, name: str, folder: Path) -> None:
    """A picture that is not blank, as large as the window."""
    path = folder / f"dashboard-{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    _width, _height, colors = look_at(path)
    assert colors > 40, f"{name} is nearly blank"


def drawn(page: Page) -> None:
    """All charts of the page are there."""
    charts = page.locator(".b-chart")
    expect(page.locator(".b-chart svg")).to_have_count(charts.count())


def test_each_dashboard_is_drawn_read_and_followed_to_its_tickets(
    sit_down: Callable[..., Desk], tmp_path: Path
) -> None:
    call_command("load_history", tickets=300, parcels=1_500, may_stay_open=True, verbosity=0)
    folder = DOCS if os.environ.get("CLEARWAY_SCREENSHOTS") == "1" else tmp_path
    page = sit_down("Supervisor", "Sophie Laurent").page

    for name in BOARDS:
        page.goto(f"/admin/dashboards/{name}/")
        expect(page.locator("#fresh")).to_contain_text("ago")
        assert page.locator(".b-chart, .b-table").count() > 0
        drawn(page)
        picture(page, name, folder)

    page.goto("/admin/dashboards/operations/")
    drawn(page)
    page.locator("[data-cut=kind] > summary").press("Enter")
    page.locator("[data-cut=kind] label", has_text="Delay").locator("input").check()
    page.locator("[data-cut=kind] button").click()
    expect(page).to_have_url(re.compile("kind=delay"))
    opened = page.locator(".b-tile", has_text="Tickets opened").locator("a.b-number")
    count = opened.inner_text()
    opened.click()
    expect(page.locator(".d-filters b")).to_have_text(f"{count} tickets")
    page.get_by_role("link", name="Dashboard", exact=False).last.click()
    expect(page).to_have_url(re.compile(r"operations/\?kind=delay"))
    expect(page.locator("#chart-when svg")).to_be_visible()
    table = page.locator("section", has=page.locator("#chart-when")).locator(".b-as-table")
    table.locator("summary").press("Enter")
    expect(table.locator("tbody tr")).to_have_count(24)

    in_the_dark(page)
    drawn(page)
    picture(page, "operations-dark", folder)
    in_chinese(page)
    drawn(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    drawn(page)
    fits(page)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/admin/dashboards/today/?wall=1")
    drawn(page)
    expect(page.locator("#nav-sidebar")).to_be_hidden()
    picture(page, "today-wall", folder)
