"""How far our messages came: forward only, and what cannot arrive is put before a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from common.models import Connection
from tickets.choices import Audience, Direction, MessageStatus
from tickets.models import Message
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundReceipt, ReceiptStatus
from tickets.policies.personal_data import mask
from tickets.policies.reading import fit_id
from tickets.services.conversations import write_elsewhere
from tickets.services.escalation.undelivered import partner_not_reached, staff_not_reached
from tickets.services.identities import block, is_mail
from tickets.services.journal import changing

_UNSENT = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.IN_DOUBT)
# From where a message may move on to each status; a provider that answers late or twice moves nothing back.
_FROM: dict[ReceiptStatus, tuple[str, ...]] = {
    ReceiptStatus.SENT: (MessageStatus.SENDING, MessageStatus.IN_DOUBT),
    ReceiptStatus.DELIVERED: (*_UNSENT, MessageStatus.SENT),
    ReceiptStatus.READ: (*_UNSENT, MessageStatus.SENT, MessageStatus.DELIVERED),
    ReceiptStatus.FAILED: (*_UNSENT, MessageStatus.SENT, MessageStatus.DELIVERED),
}


@transaction.atomic
def note_receipt(*, connection: Connection, receipt: InboundReceipt, now: datetime) -> Message | None:
    """Note a provider's word on a message of ours. None when we sent no such message.

    A failure for good makes the message dead, blocks an e-mail address, and puts the ticket to us.
    """
    message = (
        Message.objects.select_related("identity", "connection")
        .filter(connection=connection, external_id=fit_id(receipt.external_id), direction=Direction.OUT)
        .first()
    )
    if message is None:
        return None
    if receipt.status is ReceiptStatus.FAILED:
        _note_failure(message, receipt, now=now)
    else:
        _move_on(message, receipt)
    message.refresh_from_db(fields=["status", "failure", "delivered_at", "read_at", "next_attempt_at", "claimed_until"])
    return message


def _move_on(message: Message, receipt: InboundReceipt) -> None:
    values: dict[str, Any] = {"status": MessageStatus(receipt.status.value), "claimed_until": None}
    values["next_attempt_at"] = None
    if receipt.status in (ReceiptStatus.DELIVERED, ReceiptStatus.READ):
        values["delivered_at"] = Coalesce("delivered_at", Value(receipt.at))
    if receipt.status is ReceiptStatus.READ:
        values["read_at"] = receipt.at
    Message.objects.filter(pk=message.pk, status__in=_FROM[receipt.status]).update(**values)


def _note_failure(message: Message, receipt: InboundReceipt, *, now: datetime) -> None:
    failure = mask(receipt.detail[:2_000]).text
    if not receipt.permanent:
        Message.objects.filter(pk=message.pk, status__in=_FROM[receipt.status]).update(failure=failure)
        return
    if message.ticket_id is None:
        buried, _blocked = _bury(message, receipt, failure)
        if buried:
            staff_not_reached(message, now=now)
        return
    # The ticket is locked before its messages, as everywhere: two who lock in different order wait for each other.
    with changing(message.ticket_id, actor=Actor.system("delivery"), now=now) as change:
        buried, blocked = _bury(message, receipt, failure)
        if not buried:
            return
        change.record(
            "delivery_failed",
            {
                "message": message.pk,
                "connection": message.connection_id,
                "audience": message.audience,
                "address_blocked": blocked,
            },
            personal={"detail": failure} if failure else None,
        )
        if message.audience == Audience.PARTNER:
            partner_not_reached(change, message)
        if blocked and write_elsewhere(change, message) is not None:
            return
        if change.ticket.is_open:
            change.ticket.unanswered_since = change.ticket.unanswered_since or now


def _bury(message: Message, receipt: InboundReceipt, failure: str) -> tuple[bool, bool]:
    """Make the message dead and block its address. Whether it was not dead before, whether the address is blocked."""
    buried = Message.objects.filter(pk=message.pk, status__in=_FROM[ReceiptStatus.FAILED]).update(
        status=MessageStatus.DEAD, failure=failure, claimed_until=None, next_attempt_at=None
    )
    if not buried or message.identity is None or message.connection is None or not is_mail(message.connection):
        return bool(buried), False
    # Only the address that the report names is blocked: of a mail to two, the other one may be well.
    if receipt.recipient.strip().lower() not in ("", message.identity.external_id):
        return True, False
    block(identity_id=message.identity.pk)
    return True, True
