"""A key's own address: what works, and what is answered to keys that do not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from logistics.choices import PartnerKind, Scope
from logistics.models import ApiKey, Partner
from logistics.services.api_keys import issue_key

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/me/"


@pytest.fixture
def partner() -> Partner:
    return Partner.objects.create(kind=PartnerKind.WAREHOUSE, name="Rotterdam Fulfilment", language="zh-Hans")


def key_of(partner: Partner, **named: Any) -> tuple[ApiKey, str]:
    return issue_key(**{"partner": partner, "name": "System", "scopes": [Scope.READ], "now": timezone.now()} | named)


def ask(text: str, client: Client | None = None, **extra: Any) -> Any:
    return (client or Client()).get(ADDRESS, headers={"Authorization": f"Bearer {text}"}, **extra)


def test_a_key_is_told_whom_it_acts_for(partner: Partner) -> None:
    _key, text = key_of(partner, scopes=[Scope.READ, Scope.STOCK])

    answer = ask(text)

    assert answer.status_code == 200
    assert answer.json() == {
        "name": "System",
        "holder": "Rotterdam Fulfilment",
        "kind": "partner",
        "partner_id": partner.pk,
        "language": "zh-Hans",
        "scopes": ["read", "stock"],
        "expires_at": None,
        "allowed_networks": [],
    }
    assert answer.headers["X-Request-Id"]
    assert answer.headers["RateLimit-Limit"] == "600"
