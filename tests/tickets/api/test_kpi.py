"""Figures by API: what the services say, for keys of ours that may see dashboards, and refusals in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from common.models import User
from logistics.choices import Scope
from logistics.models import Customer, Partner
from logistics.services.api_keys import issue_key
from tickets.policies.actor import Actor
from tickets.services.kpi import rebuild
from tickets.services.linking import open_ticket

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 23, tzinfo=UTC)


def key(*, may: bool = True, scope: Scope = Scope.EXPORT) -> dict[str, Any]:
    user = User.objects.create_user(f"bi-{may}-{scope}@clearway.example", is_staff=True)
    if may:
        user.user_permissions.add(Permission.objects.get(codename="view_dashboards"))
    _key, text = issue_key(user=user, name="bi", scopes=[scope], now=timezone.now())
    return {"HTTP_AUTHORIZATION": f"Bearer {text}"}


@pytest.fixture
def opened() -> None:
    """A delay and an inquiry at noon UTC, a delay at 18:20 UTC: that is the next day in Kathmandu."""
    customer = Customer.objects.create(name="Anna")
    for kind, hours in (("delay", 12.0), ("inquiry", 12.0), ("delay", 18 + 1 / 3)):
        at = DAY + timedelta(hours=hours)
        open_ticket(kind=kind, actor=Actor.system(), now=at, customer=customer)
    rebuild(now=timezone.now())


def test_values_series_and_parts_are_those_of_the_services(client: Client, opened: None) -> None:
    mine = key()
    span = "since=2026-11-23T00:00:00Z&until=2026-11-24T00:00:00Z"

    whole = client.get(f"/api/v1/kpi/figures/?names=opened&{span}", **mine).json()
    some = client.get(f"/api/v1/kpi/figures/?names=opened&kind=delay&{span}", **mine).json()
    parts = client.get(f"/api/v1/kpi/breakdown/?names=opened&by=kind&{span}", **mine).json()
    days = client.get(f"/api/v1/kpi/series/?names=opened&step=day&zone=Asia/Kathmandu&{span}", **mine).json()

    assert whole["figures"]["opened"]["value"] == 3
    assert (whole["since"], whole["zone"]) == ("2026-11-23T00:00:00Z", "UTC")
    assert some["figures"]["opened"]["value"] == 2
    assert [(row["part"], row["figures"]["opened"]["value"]) for row in parts["rows"]] == [("delay", 2), ("inquiry", 1)]
    assert [value["value"] for value in days["lines"]["opened"][""]] == [2, 1]
    assert days["starts"][1] == "2026-11-23T18:15:00Z"


def test_the_catalogue_names_every_figure_and_cut(client: Client) -> None:
    answer = client.get("/api/v1/kpi/", **key()).json()
    names = [one["name"] for one in answer["figures"]]
    assert {"first_response", "csat", "net_cost"} <= set(names)
    assert "team" in answer["cuts"]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("figures/?names=nonsense", 422, "unknown_figure"),
        ("figures/?since=2026-11-24T00:00:00Z&until=2026-11-23T00:00:00Z", 422, "bad_period"),
        ("figures/?zone=Mars/Olympus", 400, "invalid_input"),
        ("figures/?since=1990-01-01T00:00:00Z", 400, "invalid_input"),
        ("series/?step=minute", 400, "invalid_input"),
        ("breakdown/?names=opened", 400, "invalid_input"),
        ("breakdown/?by=shoe_size", 400, "invalid_input"),
        ("figures/?surprise=1", 400, "invalid_input"),
    ],
)
def test_what_there_is_not_is_refused_in_words(client: Client, address: str, status: int, code: str) -> None:
    answer = client.get(f"/api/v1/kpi/{address}", **key())
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_only_integrations_of_ours_that_may_see_dashboards_are_told(client: Client) -> None:
    partner = Partner.objects.create(name="Meyer", kind="broker")
    _key, text = issue_key(partner=partner, name="theirs", scopes=[Scope.READ], now=timezone.now())
    for headers in (key(may=False), key(scope=Scope.READ), {"HTTP_AUTHORIZATION": f"Bearer {text}"}):
        assert client.get("/api/v1/kpi/figures/", **headers).status_code == 403
    assert client.get("/api/v1/kpi/figures/").status_code == 401
