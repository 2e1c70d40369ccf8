"""What an address does not take goes to the next one its customer agreed to; nothing is shown as sent that was not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common.models import Connection
from logistics.models import Customer
from tickets.choices import Audience, Kind, MessageStatus
from tickets.models import ChannelIdentity, Conversation, Message, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundReceipt, ReceiptStatus
from tickets.services import delivery_reports
from tickets.services.conversations import write_to_customer
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.receipts import note_receipt

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CLAIM = NOW + timedelta(minutes=5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    customer = Customer.objects.create(name="Anna", language="de")
    return open_ticket(kind=Kind.INQUIRY, actor=Actor.system("test"), now=NOW, customer=customer)


def address(
    ticket: Ticket, provider: str, name: str, *, has_consent: bool = True, talks: bool = False
) -> ChannelIdentity:
    """One way to reach the ticket's customer; ``talks``: the ticket's conversation is there."""
    account = Connection.objects.create(provider=provider, slug=f"{provider}-{name[:4]}", name=provider)
    identity = ChannelIdentity.objects.create(
        connection=account, external_id=name, customer=ticket.customer, has_consent=has_consent, created_at=NOW
    )
    if talks:
        Conversation.objects.create(
            connection=account, identity=identity, ticket=ticket, started_at=NOW, last_message_at=NOW
        )
    return identity


def being_sent(ticket: Ticket) -> Message:
    with changing(ticket.pk, actor=Actor.system("test"), now=NOW) as change:
        message = write_to_customer(change, text="Ihr Paket ist da.", automatic=False)
    assert message is not None
    Message.objects.filter(pk=message.pk).update(status=MessageStatus.SENDING, claimed_until=CLAIM, external_id="1")
    return message


def test_message_to_a_blocked_chat_goes_to_the_customers_mail(ticket: Ticket) -> None:
    address(ticket, "telegram", "77001", talks=True)
    mail = address(ticket, "email", "anna@example.org")
    message = being_sent(ticket)

    delivery_reports.failed(message_id=message.pk, claim=CLAIM, detail="blocked", now=NOW, unreachable=True)

    first, second = Message.objects.order_by("id")
    assert (first.status, second.status) == (MessageStatus.DEAD, MessageStatus.QUEUED)
    assert (second.identity, second.text, second.audience) == (mail, first.text, Audience.CUSTOMER)
    assert TicketEvent.objects.get(type="sent_elsewhere").data == {"message": second.pk, "instead_of": first.pk}
    assert Ticket.objects.get_typed(ticket.pk).unanswered_since is None


def test_bounced_mail_goes_to_the_customers_chat(ticket: Ticket) -> None:
    mail = address(ticket, "email", "anna@example.org", talks=True)
    chat = address(ticket, "telegram", "77001", talks=True)
    Conversation.objects.filter(identity=mail).update(last_message_at=NOW + timedelta(minutes=1))
    message = being_sent(ticket)
    Message.objects.filter(pk=message.pk).update(status=MessageStatus.SENT, claimed_until=None)

    note_receipt(connection=mail.connection, receipt=InboundReceipt("1", ReceiptStatus.FAILED, NOW), now=NOW)

    assert Message.objects.get(status=MessageStatus.QUEUED).identity == chat


def test_without_another_agreed_address_the_ticket_waits_on_us(ticket: Ticket) -> None:
    address(ticket, "telegram", "77001", talks=True)
    address(ticket, "email", "anna@example.org", has_consent=False)
    message = being_sent(ticket)

    delivery_reports.failed(message_id=message.pk, claim=CLAIM, detail="blocked", now=NOW, unreachable=True)

    assert Message.objects.get().status == MessageStatus.DEAD
    assert Ticket.objects.get_typed(ticket.pk).unanswered_since == NOW


def test_failure_that_is_not_the_addresss_waits_for_a_person(ticket: Ticket) -> None:
    address(ticket, "telegram", "77001", talks=True)
    address(ticket, "email", "anna@example.org")
    message = being_sent(ticket)

    delivery_reports.failed(message_id=message.pk, claim=CLAIM, detail="text is empty", now=NOW)

    assert Message.objects.get().status == MessageStatus.DEAD
