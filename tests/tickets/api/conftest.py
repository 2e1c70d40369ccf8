"""Keys, tickets and requests for the API's tests."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from common.models import User
from logistics.choices import STAFF_SCOPES, Scope
from logistics.models import Agreement, Partner
from logistics.services.api_keys import issue_key
from tests.tickets.workflows import people
from tickets.models import Ticket
from tickets.policies.actor import Actor
from tickets.services.transitions import take_way

OF_PARTNERS = [scope for scope in Scope.values if scope not in STAFF_SCOPES]
_numbers = itertools.count(1)


class Api(Client):
    """A caller with a key; every write has an Idempotency-Key of its own unless told otherwise."""

    def __init__(self, key: str) -> None:
        super().__init__(headers={"Authorization": f"Bearer {key}"})

    def send(self, path: str, body: Any, *, method: str = "post", **named: Any) -> Any:
        """Send JSON."""
        headers = {"Idempotency-Key": f"key-{next(_numbers)}"} | named.pop("headers", {})
        call = getattr(self, method)
        return call(f"/api/v1/{path}", data=body, content_type="application/json", headers=headers, **named)

    def read(self, path: str, **named: Any) -> Any:
        """Read a path below /api/v1/."""
        return self.get(f"/api/v1/{path}", **named)


def key_of(*, partner: Partner | None = None, user: User | None = None, scopes: list[str] | None = None) -> Api:
    """A caller with a new key."""
    wanted = scopes or (OF_PARTNERS if partner else Scope.values)
    _row, text = issue_key(partner=partner, user=user, name="test", scopes=wanted, now=timezone.now())
    return Api(text)


@dataclass
class World:
    """A warehouse and another one, each with a ticket in which it was asked, and people of ours."""

    partner: Partner
    other: Partner
    mine: Ticket
    theirs: Ticket
    api: Api
    other_api: Api
    staff: Api
    alice: User


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    partner = Partner.objects.create(kind="warehouse", name="Bremen Hub")
    other = Partner.objects.create(kind="warehouse", name="Lyon Hub")
    Agreement.objects.create(partner=partner, channel="desk")
    Agreement.objects.create(partner=other, channel="desk")
    alice = people.person("Alice", *people.DECIDES, "view_ticket", "view_message")
    alice.full_name = "Alice Example"
    alice.save()
    return World(
        partner=partner,
        other=other,
        mine=asked(partner, alice),
        theirs=asked(other, alice),
        api=key_of(partner=partner),
        other_api=key_of(partner=other),
        staff=key_of(user=alice),
        alice=alice,
    )


def asked(partner: Partner, by: User, *, question: str = "Where are the two boxes?", **fields: Any) -> Ticket:
    """A warehouse ticket of a customer in which the partner was asked an hour ago."""
    now = timezone.now() - timedelta(hours=1)
    values = {"customer": people.customer(name="Marisol Quintana"), "summary": "Marisol misses two boxes", **fields}
    ticket = people.ticket("warehouse", now=now, **values)
    data = {"warehouse": partner.pk, "question": question}
    return take_way(ticket_id=ticket.pk, way="ask_warehouse", data=data, actor=Actor.staff(by), now=now)


Ask = Callable[..., Ticket]
