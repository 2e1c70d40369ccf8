"""A mailbox and a bot, people who are called, a partner with contacts, and ladders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group

from common.models import Connection, User
from common.revisions import look_again
from logistics.choices import ContactPart
from logistics.models import Carrier, Partner, PartnerContact, Shipment
from tickets.choices import CallBy, Kind, WhomKind
from tickets.models import Escalation, EscalationLevel, EscalationPolicy, PromisePolicy, Rule, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage
from tickets.services import escalation
from tickets.services.intake import Received, receive_message
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.roles import set_up_roles

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_shipped(db: None) -> None:
    look_again()
    Rule.objects.all().delete()
    for policy in PromisePolicy.objects.all():
        policy.delete()


@pytest.fixture
def mailbox(db: None) -> Connection:
    return Connection.objects.create(provider="email", slug="box", name="Box")


@pytest.fixture
def bot(db: None) -> Connection:
    return Connection.objects.create(provider="telegram", slug="bot", name="Bot")


@pytest.fixture
def agent(db: None) -> Callable[[str], User]:
    """Somebody of ours who works tickets."""
    set_up_roles(reset=True)
    role = Group.objects.get(name="Agent")

    def make(name: str) -> User:
        user = User.objects.create_user(f"{name}@clearway.example", full_name=name.capitalize(), is_staff=True)
        user.groups.add(role)
        return user

    return make


@pytest.fixture
def lena(agent: Callable[[str], User]) -> User:
    return agent("lena")


@pytest.fixture
def wei(agent: Callable[[str], User]) -> User:
    return agent("wei")


@pytest.fixture
def carrier(db: None) -> Partner:
    """A carrier with a desk, its backup, a supervisor and a public account."""
    partner = Partner.objects.create(name="Swift", kind="carrier", language="en", time_zone="UTC")
    backup = PartnerContact.objects.create(partner=partner, name="Bo", email="bo@swift.example")
    PartnerContact.objects.create(
        partner=partner, name="Ana", email="ana@swift.example", is_primary=True, backup=backup
    )
    PartnerContact.objects.create(partner=partner, name="Cy", email="cy@swift.example", part=ContactPart.SUPERVISOR)
    PartnerContact.objects.create(partner=partner, name="@swift", part=ContactPart.PUBLIC)
    return partner


@pytest.fixture
def ticket(carrier: Partner) -> Ticket:
    """A delay of a parcel of that carrier."""
    swift = Carrier.objects.create(code="swift", name="Swift", partner=carrier)
    parcel = Shipment.objects.create(tracking_number="RR123456785CN", carrier=swift)
    return open_ticket(kind=Kind.DELAY, actor=Actor.system(), now=NOW, shipment=parcel)


def ladder(*levels: dict[str, Any], **fields: Any) -> EscalationPolicy:
    """A ladder of these levels, at once unless they say ``after``."""
    policy = EscalationPolicy.objects.create(name=fields.pop("name", "Ladder"), **fields)
    for order, level in enumerate(levels, 1):
        EscalationLevel.objects.create(policy=policy, order=order, **level)
    return policy


def person(user: User, *by: str, **more: Any) -> dict[str, Any]:
    return {"whom": WhomKind.PERSON, "user": user, "by": list(by or [CallBy.EMAIL]), **more}


def partners(whom: str, **more: Any) -> dict[str, Any]:
    return {"whom": whom, "template": "partner_reminder", **more}


def start(ticket: Ticket, policy: EscalationPolicy, *, now: datetime = NOW) -> Escalation:
    with changing(ticket.pk, actor=Actor.system(), now=now) as change:
        return escalation.start(change, policy=policy, reason="Nobody answers")


def word(connection: Connection, sender: str, text: str, *, now: datetime = NOW, **fields: Any) -> Received:
    """Somebody writes."""
    values: dict[str, Any] = {"external_id": f"{sender}-{now.timestamp()}-{text[:20]}", "thread_id": sender, **fields}
    message = InboundMessage(sender_id=sender, sender_name="Somebody", sent_at=now, text=text, **values)
    return receive_message(connection=connection, message=message, now=now)
