"""Pictures of the pages. CLEARWAY_SCREENSHOTS=1 writes those that the documentation shows (docs/screenshots)."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from common.models import Connection, User
from scripts.standins.telegram import TelegramStandIn
from tests.browser.believable import Morning, a_morning
from tests.browser.desk import Desk, Post
from tickets.choices import LinkPurpose
from tickets.models import Rule
from tickets.services.customer_links import make_link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
LARGEST = 300_000
"""Bytes of one picture: more makes the clone slow."""


@pytest.fixture
def morning(post: Post) -> Iterator[Morning]:
    with TelegramStandIn() as bot:
        telegram = Connection.objects.create(
            provider="telegram",
            slug="bot",
            name="Clearway bot",
            credentials={"token": bot.token, "secret": "s3cret_of_the_webhook"},
            settings={"api_url": bot.url},
        )
        yield a_morning(post.mailbox, telegram)


@pytest.fixture
def shoot(tmp_path: Path) -> Callable[[Page, str], None]:
    folder = DOCS if os.environ.get("CLEARWAY_SCREENSHOTS") == "1" else tmp_path

    def take(page: Page, name: str) -> None:
        page.wait_for_load_state("load")
        page.evaluate("document.fonts.ready")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.screenshot(path=path, animations="disabled", caret="hide")
        width, _height, colors = look_at(path)
        assert page.viewport_size is not None
        assert width == page.viewport_size["width"]
        assert colors > 40, f"{name} is nearly blank: {colors} colours"
        assert path.stat().st_size < LARGEST

    return take


def look_at(path: Path) -> tuple[int, int, int]:
    """Width, height and a count of different bytes in the picture's rows; enough to tell a blank one."""
    raw = path.read_bytes()
    width, height = struct.unpack(">II", raw[16:24])
    data, place = b"", 8
    while place < len(raw):
        size, kind = struct.unpack(">I4s", raw[place : place + 8])
        if kind == b"IDAT":
            data += raw[place + 8 : place + 8 + size]
        place += 12 + size
    return width, height, len(set(zlib.decompress(data)))


def desk_of(name: str, page: Page, address: str) -> Desk:
    return Desk(page, User.objects.get(full_name=name), address)


def in_chinese(page: Page) -> None:
    page.locator(".site-language button").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


def in_the_dark(page: Page) -> None:
    page.evaluate("localStorage.setItem('adminTheme', JSON.stringify('dark'))")
    page.reload()


def test_pictures_of_the_desk(
    page: Page, morning: Morning, shoot: Callable[[Page, str], None], live_server: object
) -> None:
    page.goto("/admin/")
    shoot(page, "login")
    desk = desk_of("David Okafor", page, live_server.url)  # type: ignore[attr-defined]
    page.goto("/admin/tickets/ticket/")
    assert page.locator("#queue tbody tr").count() >= 8
    shoot(page, "queue")
    rule = Rule.objects.get(shipped_key="customs_without_owner")
    page.goto(f"/admin/tickets/rule/{rule.pk}/change/")
    page.locator("form#rule [data-conditions] select").first.wait_for()
    shoot(page, "rule")
    desk.open(morning.tickets["anna"])
    expect(page.locator(".d-strip .now")).to_have_text("Documents received")
    shoot(page, "ticket")
    in_chinese(page)
    shoot(page, "ticket-zh")
    page.goto("/admin/tickets/ticket/")
    in_the_dark(page)
    shoot(page, "queue-dark")


def test_pictures_of_the_customers_page(
    new_page: Callable[..., Page], morning: Morning, shoot: Callable[[Page, str], None]
) -> None:
    phone = new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    phone.goto(make_link(ticket=morning.tickets["claire"], purpose=LinkPurpose.INSTRUCTIONS, now=morning.now))
    shoot(phone, "portal")
