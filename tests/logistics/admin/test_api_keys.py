"""Keys at the desk: issued with their text shown once, rotated, revoked; no way to rights of others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from common.models import User
from logistics.choices import PartnerKind, Scope
from logistics.models import ApiKey, Partner
from logistics.services.api_keys import issue_key

pytestmark = pytest.mark.django_db
LIST = "/admin/logistics/apikey/"
TEXT = re.compile(r"cw_live_[a-z2-7]{10}_[\w-]{43}")


@pytest.fixture
def partner() -> Partner:
    return Partner.objects.create(kind=PartnerKind.WAREHOUSE, name="Rotterdam Fulfilment")


def person(email: str, *names: str) -> User:
    user = User.objects.create_user(email, full_name=email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def keeper() -> User:
    return person("keeper@clearway.example", "view_apikey", "add_apikey", "change_apikey", "view_partner", "view_user")


@pytest.fixture
def desk(keeper: User) -> Client:
    client = Client()
    client.force_login(keeper, backend="common.auth.EmployeeBackend")
    return client


def works(text: str) -> bool:
    return bool(Client().get("/api/v1/me/", headers={"authorization": f"Bearer {text}"}).status_code == 200)


def form(**values: Any) -> dict[str, Any]:
    usual = {"partner": "", "user": "", "name": "System", "scopes": ["read", "scans"], "allowed_networks": ""}
    return usual | {"expires_at_0": "", "expires_at_1": ""} | values


def test_a_new_key_is_shown_once_and_works(desk: Client, keeper: User, partner: Partner) -> None:
    page = desk.post(f"{LIST}add/", form(partner=partner.pk, allowed_networks="127.0.0.0/8, 2001:db8::/32"))

    text = TEXT.findall(page.content.decode())
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert len(text) == 1
    assert works(text[0])
    key = ApiKey.objects.get()
    assert (key.scopes, key.allowed_networks) == (["read", "scans"], ["127.0.0.0/8", "2001:db8::/32"])
    assert (key.partner, key.created_by) == (partner, keeper)
    shown = desk.get(f"{LIST}{key.pk}/change/").content.decode() + desk.get(LIST).content.decode()
    assert f"cw_live_{key.prefix}_…" in shown
    assert not TEXT.search(shown)
    assert text[0] not in repr([session.get_decoded() for session in Session.objects.all()])
    assert text[0] not in repr(list(LogEntry.objects.values()))
    assert text[0] not in repr(page.cookies)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["tickets"]}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"allowed_networks": "203.0.113.0/240"}, "allowed_networks"),
        ({"expires_at_0": "2020-01-01", "expires_at_1": "00:00"}, "expires_at"),
        ({"partner": ""}, "partner"),
        ({"name": " "}, "name"),
    ],
)
def test_a_key_that_cannot_be_is_refused_at_its_field(
    desk: Client, partner: Partner, values: dict[str, Any], field: str
) -> None:
    page = desk.post(f"{LIST}add/", form(partner=partner.pk) | values)

    assert field in page.context["adminform"].form.errors
    assert not ApiKey.objects.exists()


def test_nobody_issues_or_rotates_a_key_that_may_more_than_themselves(desk: Client, keeper: User) -> None:
    boss = User.objects.create_superuser("boss@clearway.example", full_name="Boss")
    agent = person("agent@clearway.example", "view_ticket")
    peer = person("peer@clearway.example", "view_apikey")
    key, _text = issue_key(user=boss, name="Boss", scopes=["read"], now=timezone.now())

    for holder in (boss, agent):
        assert "user" in desk.post(f"{LIST}add/", form(user=holder.pk)).context["adminform"].form.errors
    assert desk.post(f"{LIST}{key.pk}/rotate/", {"overlap": "7"}).status_code == 403
    assert ApiKey.objects.count() == 1
    assert TEXT.search(desk.post(f"{LIST}add/", form(user=peer.pk, scopes=["tickets"])).content.decode())
    assert (
        desk.post(f"{LIST}{key.pk}/revoke/").status_code == 302
    )  # ending what is dangerous needs no rights of its own


def test_rotating_shows_the_successor_while_both_work(desk: Client, partner: Partner) -> None:
    key, old = issue_key(partner=partner, name="System", scopes=["read"], now=timezone.now())

    assert desk.get(f"{LIST}{key.pk}/rotate/").status_code == 200
    assert ApiKey.objects.count() == 1
    page = desk.post(f"{LIST}{key.pk}/rotate/", {"overlap": "7"})

    new = TEXT.search(page.content.decode())
    assert new
    assert works(old)
    assert works(new[0])
    key.refresh_from_db()
    assert key.expires_at is not None
    assert 6 <= (key.expires_at - timezone.now()).days <= 7
    assert ApiKey.objects.get(replaces=key).scopes == ["read"]


def test_revoking_asks_first_and_ends_at_once(desk: Client, partner: Partner) -> None:
    key, text = issue_key(partner=partner, name="System", scopes=["read"], now=timezone.now())

    desk.get(f"{LIST}{key.pk}/revoke/")
    assert works(text)
    desk.post(f"{LIST}{key.pk}/revoke/")
    assert not works(text)
    assert "Revoked" in desk.get(LIST).content.decode()
    assert desk.post(f"{LIST}{key.pk}/rotate/", {"overlap": "7"}).status_code == 200
    assert ApiKey.objects.count() == 1


def test_a_partners_keys_are_seen_from_the_partners_page_by_whoever_may(desk: Client, partner: Partner) -> None:
    key, _text = issue_key(partner=partner, name="Their system", scopes=[Scope.READ], now=timezone.now())
    other = Client()
    other.force_login(person("a@clearway.example", "view_partner"), backend="common.auth.EmployeeBackend")
    address = f"/admin/logistics/partner/{partner.pk}/change/"

    assert f"cw_live_{key.prefix}_…" in desk.get(address).content.decode()
    assert key.prefix not in other.get(address).content.decode()
    assert other.get(f"{LIST}{key.pk}/rotate/").status_code == 403


def test_names_and_places_of_a_key_can_be_changed_and_nothing_else(desk: Client, partner: Partner) -> None:
    key, text = issue_key(partner=partner, name="System", scopes=["read"], now=timezone.now())

    desk.post(
        f"{LIST}{key.pk}/change/", form(name="New name", allowed_networks="203.0.113.7", scopes=["webhooks"], user=1)
    )

    key.refresh_from_db()
    assert (key.name, key.allowed_networks, key.scopes) == ("New name", ["203.0.113.7/32"], ["read"])
    assert not works(text)
