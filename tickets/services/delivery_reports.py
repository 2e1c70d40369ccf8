"""What became of a message on its way out: forward only, and never silently.

Whoever carries messages reports here. What was given up or may or may not have arrived becomes an event of the ticket,
and the ticket counts as unanswered again: nobody may believe that the customer knows.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from common.models import Connection
from tickets.choices import Audience, MessageStatus
from tickets.models import ChannelIdentity, Message
from tickets.policies.actor import Actor
from tickets.services.conversations import write_elsewhere
from tickets.services.escalation.undelivered import partner_not_reached, staff_not_reached
from tickets.services.journal import changing

_CLAIMED = (MessageStatus.SENDING, MessageStatus.IN_DOUBT)
_ON_ITS_WAY = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.IN_DOUBT)


def sent(*, message_id: int, external_id: str, now: datetime, status: MessageStatus = MessageStatus.SENT) -> bool:
    """The provider took it. A receipt that was quicker stays. Returns whether the message was still on its way."""
    with transaction.atomic():
        message = Message.objects.select_for_update(no_key=True).get(pk=message_id)
        if message.status not in _ON_ITS_WAY:
            return False
        message.status = status
        message.external_id = external_id[:255] or message.external_id
        message.sent_at = now
        message.claimed_until = message.next_attempt_at = None
        message.failure = ""
        if status != MessageStatus.SENT:
            message.delivered_at = now
        message.save(
            update_fields=[
                "status",
                "external_id",
                "sent_at",
                "claimed_until",
                "next_attempt_at",
                "failure",
                "delivered_at",
            ]
        )
    return True


def failed(*, message_id: int, claim: datetime, detail: str, now: datetime, unreachable: bool = False) -> bool:
    """It was given up. With ``unreachable`` nothing more is sent to that address. Returns whether anything changed.

    ``claim`` is the ``claimed_until`` of whoever reports; once somebody sends the message again, it counts no more.
    """
    return _given_up(message_id, claim, MessageStatus.DEAD, "delivery_failed", detail, now=now, unreachable=unreachable)


def in_doubt(*, message_id: int, claim: datetime, detail: str, now: datetime) -> bool:
    """It may or may not have arrived; a person has to decide. See ``failed``."""
    return _given_up(message_id, claim, MessageStatus.IN_DOUBT, "delivery_in_doubt", detail, now=now)


def set_reachable(*, connection: Connection, external_id: str, reachable: bool) -> bool:
    """The provider says that this address takes messages again, or none any more. Returns whether we know it."""
    known = ChannelIdentity.objects.filter(connection=connection, external_id=external_id)
    return bool(known.update(is_blocked=not reachable))


def _given_up(
    message_id: int,
    claim: datetime,
    status: MessageStatus,
    event: str,
    detail: str,
    *,
    now: datetime,
    unreachable: bool = False,
) -> bool:
    detail = detail.replace("\x00", "")[:1_000]
    with transaction.atomic():
        message = Message.objects.get(pk=message_id)
        if unreachable and message.identity_id is not None:
            ChannelIdentity.objects.filter(pk=message.identity_id).update(is_blocked=True)
        if message.ticket_id is None:
            moved = _move(message_id, claim, status, detail)
            if moved and status == MessageStatus.DEAD:
                staff_not_reached(message, now=now)
            return moved
        # The ticket first, as everywhere: two who lock in different order wait for each other.
        with changing(message.ticket_id, actor=Actor.system("delivery"), now=now) as change:
            moved = _move(message_id, claim, status, detail)
            if moved:
                change.record(
                    event,
                    {"message": message_id, "connection": message.connection_id, "audience": message.audience},
                    personal={"detail": detail} if detail else None,
                )
                if message.audience == Audience.PARTNER and status == MessageStatus.DEAD:
                    partner_not_reached(change, message)
                if unreachable and write_elsewhere(change, message) is not None:
                    return moved
                if message.audience == Audience.CUSTOMER and change.ticket.is_open:
                    change.ticket.unanswered_since = change.ticket.unanswered_since or now
    return moved


def _move(message_id: int, claim: datetime, status: MessageStatus, detail: str) -> bool:
    return bool(
        Message.objects.filter(pk=message_id, status__in=_CLAIMED, claimed_until=claim)
        .exclude(status=status)
        .update(status=status, failure=detail, next_attempt_at=None)
    )
