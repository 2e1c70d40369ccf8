"""The trail above a page speaks the navigation's words."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from django.urls import reverse

from common.models import Connection, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief() -> Client:
    client = Client()
    chief = User.objects.create_superuser("chief@clearway.example", "secret", full_name="Chief", language="en")
    client.force_login(chief, backend="common.auth.EmployeeBackend")
    return client


def trail(client: Client, address: str) -> list[tuple[str, str]]:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    if own := page.select_one(".d-head h1"):  # the desk's own pages have a head instead, with the same word
        return [(own.get_text(strip=True), address)]
    heading = page.select_one("#header-inner h1")
    assert heading is not None, f"no trail above {address}"
    parts = heading.select("a, span:not(.material-symbols-outlined)")
    return [(part.get_text(strip=True), str(part.get("href", ""))) for part in parts]


def test_each_list_of_the_navigation_is_called_there_as_in_its_trail(chief: Client) -> None:
    seen = []
    for group in settings.UNFOLD["SIDEBAR"]["navigation"]:
        above = [(str(group["title"]), "")] if group.get("title") else []
        for item in group["items"]:
            link: Any = item["link"](None) if callable(item["link"]) else str(item["link"])
            if "?" in link or link == reverse("admin:tickets_ticket_changelist"):  # the queue has a head of its own
                continue
            if link == reverse("admin:tickets_surveysettings_changelist"):  # one row, whose form opens at once
                continue
            assert trail(chief, link) in ([*above, (str(item["title"]), link)], [(str(item["title"]), link)])
            seen.append(link)
    assert reverse("admin:auth_group_changelist") in seen


def test_one_row_stands_below_its_list(chief: Client) -> None:
    desk = Connection.objects.create(provider="email", slug="desk", name="Desk")
    listed = reverse("admin:common_connection_changelist")
    changed = reverse("admin:common_connection_change", args=[desk.pk])

    assert trail(chief, changed) == [("Run", ""), ("Connections", listed), ("Desk", changed)]
    assert trail(chief, reverse("admin:common_connection_add"))[:2] == [("Run", ""), ("Connections", listed)]
