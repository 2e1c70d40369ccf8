"""What is left of a customer who was erased."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from common.models import Connection
from logistics.models import Customer
from tickets.choices import Audience, Direction, Kind, MessageStatus
from tickets.models import ChannelIdentity, Conversation, Message
from tickets.policies.actor import Actor
from tickets.services.erasure import erase_customer
from tickets.services.journal import opening
from tickets.services.linking import new_ticket

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")


@pytest.mark.django_db
def test_neither_a_subject_nor_a_refusal_still_names_an_erased_customer() -> None:
    customer = Customer.objects.create(name="Anna Keller", language="de")
    mailbox = Connection.objects.create(provider="email", slug="desk")
    identity = ChannelIdentity.objects.create(
        connection=mailbox, external_id="anna.keller@example.org", customer=customer, created_at=NOW
    )
    with opening(new_ticket(kind=Kind.INQUIRY, now=NOW, customer=customer), actor=SYSTEM, now=NOW) as change:
        pass
    conversation = Conversation.objects.create(
        connection=mailbox,
        identity=identity,
        ticket=change.ticket,
        subject="Anna Keller, order 4711",
        started_at=NOW,
        last_message_at=NOW,
    )
    message = Message.objects.create(
        ticket=change.ticket,
        conversation=conversation,
        connection=mailbox,
        identity=identity,
        direction=Direction.OUT,
        audience=Audience.CUSTOMER,
        status=MessageStatus.DEAD,
        subject="Re: Anna Keller, order 4711",
        text="Dear Anna",
        failure="550 5.1.1 anna.keller@example.org unknown",
        sent_at=NOW,
        created_at=NOW,
    )

    erase_customer(customer_id=customer.pk, actor=SYSTEM, now=NOW)

    message.refresh_from_db()
    conversation.refresh_from_db()
    identity.refresh_from_db()
    told = f"{message.subject} {message.text} {message.failure} {conversation.subject} {identity.external_id}"
    assert "nna" not in told
    assert message.direction == Direction.OUT
