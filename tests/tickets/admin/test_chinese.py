"""The desk speaks Chinese through and through: labels, heads of columns, buttons, hints of every page of the admin."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, reverse

from common.models import User
from tickets.choices import Kind
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

NAMES = {
    "Clearway",
    "English",
    "Webhook",
    "Telegram",
    "BotFather",
    "IMAP",
    "SMTP",
    "IANA",
    "EORI",
    "XOAUTH2",
    "TRACK",
    "CSAT",
    "XLSX",
    "Excel",
}
NAMES |= {
    "Control",
    "Command",
    "LDAP",
    "Enter",
    "Ctrl",
    "Shift",
    "Asia",
    "Shanghai",
    "Berlin",
    "Hans",
    "http",
    "https",
    "UTC",
}
_SAID = "label, legend, thead th, button, h1, h2, h3, nav a, option, [class*=help], [class*=breadcrumb], p, summary"
_STORED = re.compile(r"\S*[@\d]\S*|\w*\[? ?\{\w+\}")  # addresses, references, tracking numbers, placeholders
_WORD = re.compile(r"[A-Za-z]{4,}")
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def lin(client: Client) -> Client:
    """A superuser's browser, in Chinese."""
    client.force_login(
        User.objects.create_superuser(email="lin@desk.test", password=None, full_name="林梅", language="zh-hans")
    )
    return client


def english_on(page: bytes) -> list[str]:
    """What the page says in Latin letters in the places where we speak; icons and stored values left out."""
    soup = BeautifulSoup(page, "html.parser")
    for silent in soup.select("script, style, [class*=material-symbols], td, select[name*=time_zone], textarea, kbd"):
        silent.decompose()
    said = [element.get_text(" ", strip=True) for element in soup.select(_SAID)]
    said += [str(element["placeholder"]) for element in soup.select("[placeholder]")]
    said += [str(element["aria-label"]) for element in soup.select("[aria-label]")]
    return sorted({text for text in said if set(_WORD.findall(_STORED.sub("", text))) - NAMES})


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_list_and_form_of_every_model_are_in_chinese(lin: Client, model: type[Model]) -> None:
    english = {}
    for kind in ("changelist", "add"):
        try:
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}")
        except NoReverseMatch:
            continue
        response = lin.get(address)
        if response.status_code == 200 and (found := english_on(response.content)):
            english[kind] = found

    assert english == {}


@pytest.mark.parametrize("address", ["/admin/", "/admin/tickets/ticket/", "/admin/password_change/"])
def test_pages_of_the_desk_are_in_chinese(lin: Client, address: str) -> None:
    response = lin.get(address, follow=True)

    assert response.status_code == 200
    assert english_on(response.content) == []


@pytest.mark.parametrize("kind", Kind.values)
def test_page_of_a_ticket_and_the_forms_of_its_steps_are_in_chinese(
    lin: Client, open_one: Callable[..., Ticket], kind: str
) -> None:
    ticket = open_one(kind, name="张伟", text="包裹在哪里？", summary="包裹")
    page = f"/admin/tickets/ticket/{ticket.pk}/change/"
    response = lin.get(page)
    soup = BeautifulSoup(response.content, "html.parser")
    steps = {str(link["href"]) for link in soup.select(f"a[href*='/ticket/{ticket.pk}/']")} - {page}

    assert english_on(response.content) == []
    assert len(steps) > 3
    for step in steps:
        assert english_on(lin.get(step).content) == [], step


def test_sign_in_page_is_in_chinese(client: Client) -> None:
    client.cookies["clearway_language"] = "zh-hans"
    response = client.post("/admin/login/", {"username": "nobody", "password": "wrong"})

    assert english_on(response.content) == []
    assert "账号与密码不匹配" in response.content.decode()
