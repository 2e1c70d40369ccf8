"""Messages on their way out, for tests of those who carry them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from common.models import Connection
from tickets.choices import Audience, Direction, Kind, MessageStatus, Phase, WaitingOn
from tickets.models import ChannelIdentity, Conversation, Message, Ticket
from tickets.policies.actor import Actor
from tickets.services.journal import opening


def open_ticket() -> Ticket:
    now = timezone.now()
    ticket = Ticket(
        kind=Kind.INQUIRY, state="new", phase=Phase.NEW, waiting_on=WaitingOn.US, opened_at=now, state_since=now
    )
    with opening(ticket, actor=Actor.system("test"), now=now):
        pass
    return ticket


def converse(account: Connection, address: str, *, ticket: Ticket | None = None, thread: str = "") -> Conversation:
    now = timezone.now()
    identity, _ = ChannelIdentity.objects.get_or_create(
        connection=account, external_id=address, defaults={"created_at": now, "display_name": "Ana"}
    )
    return Conversation.objects.create(
        connection=account, identity=identity, thread=thread, ticket=ticket, started_at=now, last_message_at=now
    )


def queue(conversation: Conversation, text: str = "Your parcel was released.", **more: object) -> Message:
    now = timezone.now() - timedelta(seconds=1)
    values: dict[str, object] = {
        "ticket": conversation.ticket,
        "conversation": conversation,
        "connection": conversation.connection,
        "identity": conversation.identity,
        "direction": Direction.OUT,
        "audience": Audience.CUSTOMER,
        "status": MessageStatus.QUEUED,
        "text": text,
        "sent_at": now,
        "created_at": now,
        "next_attempt_at": now,
    }
    return Message.objects.create(**(values | more))
