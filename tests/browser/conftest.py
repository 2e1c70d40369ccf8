"""A real Chromium for the pages, people at the desk, and a mail server that letters really go through."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from common.models import Connection, User
from scripts.standins.mail import MailStandIn
from tests.browser.desk import Desk, Post
from tickets.services.roles import set_up_roles

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
DESK_ADDRESS = "desk@clearway.example"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of the machine, or the one Playwright brought."""
    found = next((path for path in CHROMIUM if Path(path).exists()), None)
    # Playwright's loop runs in this thread; Django then takes our own database calls for asynchronous ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Opens pages in contexts of their own; the test fails when a script of ours fails in one of them."""
    contexts: list[BrowserContext] = []
    failures: list[str] = []

    def make(**options: Any) -> Page:
        options = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options}
        context = chromium.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: failures.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert failures == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page at 1440 × 900."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A page as customers see it: small, touched, without a session."""
    return new_page(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, locale="de-DE", device_scale_factor=2
    )


@pytest.fixture
def sit_down(new_page: Callable[..., Page], live_server: Any) -> Callable[..., Desk]:
    """Makes a person of a role and puts them at the desk, signed in."""
    set_up_roles()

    def make(role: str, name: str, **fields: Any) -> Desk:
        user = User.objects.create_user(
            f"{name.split(maxsplit=1)[0].lower()}@clearway.example",
            "a long enough password",
            **{"full_name": name, "is_staff": True, "time_zone": "Europe/Berlin", **fields},
        )
        user.groups.add(Group.objects.get(name=role))
        return Desk(new_page(), user, live_server.url)

    return make


@pytest.fixture
def post(live_server: Any, settings: Any) -> Iterator[Post]:
    """A mailbox whose letters leave for a real mail server; links in them lead to the live server."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    settings.PUBLIC_URL = live_server.url
    with MailStandIn() as server:
        mailbox = Connection.objects.create(
            provider="email",
            slug="desk",
            name="Clearway Desk",
            credentials={"password": server.password},
            settings={
                "address": DESK_ADDRESS,
                "imap_host": "127.0.0.1",
                "imap_port": str(server.imap_port),
                "imap_security": "plain",
                "smtp_host": "127.0.0.1",
                "smtp_port": str(server.smtp_port),
                "smtp_security": "plain",
            },
        )
        yield Post(server, mailbox)
