"""Callers of the small API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.models import User
from logistics.choices import PartnerKind, Scope
from logistics.models import Partner
from logistics.services.api_keys import issue_key

type Ask = Callable[..., Any]


@pytest.fixture
def partner(db: None) -> Partner:
    return Partner.objects.create(kind=PartnerKind.WAREHOUSE, name="Rotterdam Fulfilment")


@pytest.fixture
def key(partner: Partner) -> str:
    scopes = [Scope.READ, Scope.ANSWER, Scope.STOCK, Scope.SCANS]
    return issue_key(partner=partner, name="System", scopes=scopes, now=timezone.now())[1]


@pytest.fixture
def staff_key(db: None) -> str:
    user = User.objects.create_user("shop@clearway.example", full_name="Shop", is_staff=True)
    return issue_key(user=user, name="Shop", scopes=Scope.values, now=timezone.now())[1]


@pytest.fixture
def ask(key: str) -> Ask:
    """Ask as the partner: method, path below /api/v1/, body (bytes as they are), headers."""

    def send(method: str, path: str, body: Any = None, *, with_key: str = key, **headers: str) -> Any:
        sent: dict[str, Any] = {"headers": {"authorization": f"Bearer {with_key}"} | headers}
        if body is not None:
            raw = body if isinstance(body, bytes) else json.dumps(body)
            sent |= {"data": raw, "content_type": "application/json"}
        client = Client(raise_request_exception=False)
        return getattr(client, method.lower())(f"/api/v1/{path}", **sent)

    return send
