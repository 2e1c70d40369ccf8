"""People at the desk and tickets for them to work with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from common.models import Connection, User
from logistics.models import Customer, Shipment
from tickets.choices import Audience, Direction, Kind, MessageStatus, Via
from tickets.models import ChannelIdentity, Conversation, Message, Ticket
from tickets.policies.actor import Actor
from tickets.services.conversations import save_message
from tickets.services.journal import changing
from tickets.services.linking import open_ticket

Door = Callable[..., Client]
Opener = Callable[..., Ticket]


@pytest.fixture
def user_of() -> Callable[[str], User]:
    """A person of a role, made once."""

    def make(role: str) -> User:
        email = f"{role.lower().replace(' ', '.')}@clearway.example"
        found: User | None = User.objects.filter(email=email).first()
        if found is None:
            found = User.objects.create_user(email, full_name=role, is_staff=True, time_zone="Asia/Shanghai")
            found.groups.add(Group.objects.get(name=role))
        return found

    return make


@pytest.fixture
def desk(user_of: Callable[[str], User]) -> Door:
    """A browser in which somebody of a role has signed in."""

    def sign_in(role: str = "Agent") -> Client:
        client = Client()
        client.force_login(user_of(role), backend="common.auth.EmployeeBackend")
        return client

    return sign_in


@pytest.fixture
def open_one() -> Opener:
    """A ticket of a customer who wrote by e-mail; each call another one."""
    made = iter(range(1, 10_000))

    def make(kind: str = Kind.CLEARANCE, *, name: str = "", text: str = "Where is my parcel?", **fields: Any) -> Ticket:
        number = next(made)
        now = timezone.now() - timedelta(hours=3) + timedelta(seconds=number)
        mailbox, _ = Connection.objects.get_or_create(slug="mail", defaults={"provider": "email", "name": "Mailbox"})
        customer = Customer.objects.create(
            name=name or f"Customer {number}", language="de", time_zone="Europe/Berlin", country="DE"
        )
        shipment = Shipment.objects.create(
            tracking_number=f"TEST{number:08d}", customer=customer, origin_country="CN", destination_country="DE"
        )
        values = {"customer": customer, "shipment": shipment, "language": "de", "channel": "email", **fields}
        ticket = open_ticket(kind=kind, actor=Actor.system(), now=now, **values)
        identity = ChannelIdentity.objects.create(
            connection=mailbox,
            external_id=f"c{number}@example.org",
            customer=customer,
            display_name=name,
            created_at=now,
        )
        conversation = Conversation.objects.create(
            connection=mailbox,
            identity=identity,
            thread=str(number),
            ticket=ticket,
            started_at=now,
            last_message_at=now,
        )
        with changing(ticket.pk, actor=Actor.customer(customer.pk, via=Via.CHANNEL), now=now) as change:
            message = Message(
                ticket=ticket,
                conversation=conversation,
                connection=mailbox,
                identity=identity,
                direction=Direction.IN,
                audience=Audience.CUSTOMER,
                status=MessageStatus.RECEIVED,
                text=text,
                sent_at=now,
                created_at=now,
            )
            save_message(message)
            change.ticket.unanswered_since = change.ticket.last_message_at = now
            change.ticket.last_message_preview, change.ticket.last_message_direction = text[:160], "in"
            change.record("message_received", {"message": message.pk})
        return Ticket.objects.get(pk=ticket.pk)

    return make
