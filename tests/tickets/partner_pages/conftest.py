"""A broker and a warehouse with people who sign in, a mailbox, and what waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from common.models import Connection, User
from common.revisions import look_again
from logistics.choices import PartnerKind
from logistics.models import Partner, PartnerContact, Shipment
from logistics.policies.who import Who
from logistics.services.warehouse.work import open_work
from logistics.workflows import MACHINES
from tests.tickets.workflows import people
from tickets.choices import Kind
from tickets.models import Ticket
from tickets.services.transitions import take_way

PASSWORD = "a long enough password"
BACKEND = "common.auth.EmployeeBackend"


@pytest.fixture(autouse=True)
def _fresh(db: None) -> Iterator[None]:
    look_again()
    yield
    translation.activate("en")  # a page's language stays with the thread


@pytest.fixture
def mailbox(db: None) -> Connection:
    return Connection.objects.create(provider="email", slug="box", name="Box")


def partner(name: str, kind: PartnerKind = PartnerKind.BROKER, **fields: Any) -> Partner:
    return Partner.objects.create(name=name, kind=kind, **fields)


def contact(of: Partner, name: str = "Inês", **fields: Any) -> PartnerContact:
    """Somebody who signs in; their password is PASSWORD."""
    email = f"{name.lower()}@{of.name.lower()}.example".replace("ê", "e")
    user = User.objects.create_user(email, PASSWORD, full_name=name, time_zone=of.time_zone)
    return PartnerContact.objects.create(partner=of, name=name, email=email, user=user, **fields)


def browser(of: PartnerContact) -> Client:
    client = Client()
    assert of.user is not None
    client.force_login(of.user, backend=BACKEND)
    return client


@pytest.fixture
def broker(db: None) -> Partner:
    return partner("Aduana", time_zone="Europe/Lisbon")


@pytest.fixture
def ines(broker: Partner) -> Client:
    return browser(contact(broker))


@pytest.fixture
def stranger(db: None) -> Client:
    return browser(contact(partner("Rival"), "Rui"))


def asked(of: Partner, *, now: datetime | None = None, question: str = "May it be released?", **fields: Any) -> Ticket:
    """A ticket in which we asked a partner something."""
    now = now or timezone.now() - timedelta(minutes=5)
    ticket = people.ticket(Kind.INQUIRY, now=now, **fields)
    data = {"partner": of.pk, "question": question}
    asker = people.staff(f"Asker{ticket.pk}")
    return take_way(ticket_id=ticket.pk, way="ask_partner", data=data, actor=asker, now=now)


def shipment(number: str = "RR123456785CN") -> Shipment:
    return Shipment.objects.create(tracking_number=number, created_at=timezone.now())


@pytest.fixture
def warehouse(db: None) -> Partner:
    return partner("Lagerhaus", PartnerKind.WAREHOUSE)


@pytest.fixture
def bo(warehouse: Partner) -> Client:
    return browser(contact(warehouse, "Bo"))


@pytest.fixture
def work(db: None) -> Callable[..., Any]:
    """Opens warehouse work of a kind at a partner's."""

    def make(kind: str, of: Partner, **inputs: Any) -> Any:
        now = timezone.now()
        data: dict[str, Any] = {
            "partner": of.pk,
            "expected_at": (now + timedelta(days=1)).isoformat(),
            "recipient": "Li Wei",
            "address": "Hafenstraße 1",
            "country": "DE",
            "lines": [{"item": "CUP-1", "description": "Cups", "expected": 5, "units": 5}],
            **inputs,
        }
        return open_work(machine=MACHINES[kind], data=data, by=Who.system(), now=now)

    return make
