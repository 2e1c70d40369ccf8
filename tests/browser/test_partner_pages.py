"""Partners' pages in a browser: without script, by keyboard, on a narrow telephone, and a camera that is not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from logistics.models import PushedScan
from tests.browser.test_partner_guide import PASSWORD, a_matter
from tickets.choices import Direction
from tickets.models import Message, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TELEPHONE = {"viewport": {"width": 360, "height": 640}, "locale": "en-GB"}


def sign_in(page: Page) -> None:
    page.goto("/partner/")
    page.fill("[name=username]", "mei@swift.example")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/partner/")


def test_everything_but_the_camera_works_without_script(new_page: Callable[..., Page]) -> None:
    ticket: Ticket = a_matter("en")
    page = new_page(java_script_enabled=False, **TELEPHONE)

    sign_in(page)
    page.locator(f"a[href='/partner/tickets/{ticket.pk}/']").click()
    page.get_by_role("button", name="I have it").click()
    expect(page.get_by_role("status")).to_contain_text("we know that you have it")
    page.get_by_label("Your answer").fill("They are on their way.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("we have your answer")
    page.get_by_role("link", name="Scan").click()
    page.get_by_label("Tracking numbers").fill("RR123456785CN\nRB123456785CN")
    page.get_by_role("button", name="Send the scans").click()
    expect(page.get_by_role("status")).to_contain_text("2 scans were taken.")

    assert Message.objects.filter(ticket=ticket, direction=Direction.IN).get().text == "They are on their way."
    assert PushedScan.objects.count() == 2


def test_no_page_is_wider_than_a_narrow_telephone_and_targets_are_large(new_page: Callable[..., Page]) -> None:
    ticket = a_matter("en")
    page = new_page(**TELEPHONE)
    sign_in(page)

    for where in ("", f"tickets/{ticket.pk}/", "work/", "scans/", "figures/", "account/"):
        page.goto(f"/partner/{where}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        heights = page.locator("button:visible, nav a:visible, main input:visible:not([type=checkbox])").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height)"
        )
        assert min(heights) >= 44, where


def test_keyboard_reaches_the_content_first_and_shows_where_it_is(new_page: Callable[..., Page]) -> None:
    a_matter("en")
    page = new_page(**TELEPHONE)
    sign_in(page)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")

    assert outline == "3px"


def test_browser_without_a_barcode_reader_says_what_to_do_instead(new_page: Callable[..., Page]) -> None:
    a_matter("en")
    page = new_page(**TELEPHONE)
    page.add_init_script("delete window.BarcodeDetector")
    sign_in(page)

    page.goto("/partner/scans/")

    expect(page.locator("#camera-says")).to_contain_text("Use a hand scanner, or paste the numbers.")
    expect(page.locator("#camera-switch")).to_be_hidden()


def test_camera_fills_in_each_code_once(new_page: Callable[..., Page]) -> None:
    a_matter("en")
    page = new_page(**TELEPHONE)
    # A camera and a reader at the wire: the machine of the tests has neither.
    page.add_init_script(
        """
        window.BarcodeDetector = class { async detect() { return [{rawValue: "RR123456785CN"}]; } };
        const canvas = document.createElement("canvas");
        setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 50);
        const devices = { getUserMedia: async () => canvas.captureStream(5) };
        Object.defineProperty(navigator, "mediaDevices", { value: devices });
        """
    )
    sign_in(page)
    page.goto("/partner/scans/")

    page.get_by_role("button", name="Scan by camera").click()
    expect(page.locator("#camera-says")).to_contain_text("Found: RR123456785CN")
    page.get_by_role("button", name="Stop the camera").click()

    assert page.locator("textarea").input_value() == "RR123456785CN\n"
    expect(page.locator("video")).to_be_hidden()
