"""The desk without a mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk, Post, held_parcel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_throttle")]


def test_first_stop_of_the_tab_key_skips_the_navigation(sit_down: Callable[..., Desk]) -> None:
    page = sit_down("Agent", "Jonas Weber").page
    page.goto("/admin/tickets/ticket/")
    page.keyboard.press("Tab")
    expect(page.locator(".site-skip")).to_be_focused()
    expect(page.locator(".site-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_account_menu_opens_and_closes_by_keys(sit_down: Callable[..., Desk]) -> None:
    page = sit_down("Agent", "Jonas Weber").page
    page.goto("/admin/tickets/ticket/")
    account = page.get_by_role("button", name="Jonas Weber")
    account.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#logout-form")).to_be_visible()
    expect(page.get_by_role("button", name="Light")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#logout-form")).to_be_hidden()
    expect(account).to_be_focused()


def test_form_from_a_menu_gives_the_focus_back_to_the_menu(sit_down: Callable[..., Desk], post: Post) -> None:
    ticket = held_parcel("clearance", post)
    desk = sit_down("Customs specialist", "Jonas Weber")
    desk.open(ticket)
    more = desk.page.locator("#other-steps summary")
    more.focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        desk.page.keyboard.press(key)
    expect(desk.page.locator("#dialog")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("#dialog")).to_be_hidden()
    expect(more).to_be_focused()
