"""What came in: messages become part of a ticket, or open one. The adapters' typed values go in, rows come out.

Everything here runs in the caller's transaction or in one of its own; a batch gives each message a savepoint.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from django.db import IntegrityError, transaction
from django.db import connection as database

from common.models import Connection
from logistics.models import Customer, Shipment
from tickets.choices import Audience, Kind, Priority
from tickets.models import Message, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import AutomaticKind, InboundMessage, InboundReceipt
from tickets.policies.personal_data import mask
from tickets.policies.reading import Reading, read, summarise
from tickets.policies.text import safe
from tickets.services.aside import keep_automatic, replace_text
from tickets.services.conversations import add_note, refuse_unless_may
from tickets.services.entering import Entering
from tickets.services.escalation.answers import StaffAnswer
from tickets.services.escalation.reach import is_code, take_code
from tickets.services.identities import Sender, find_sender, is_mail, know_sender
from tickets.services.journal import opening
from tickets.services.linking import new_ticket
from tickets.services.notice_stops import take_stop
from tickets.services.receipts import note_receipt
from tickets.services.relations import convert_ticket
from tickets.services.surveys.replies import take_reply
from tickets.services.versions import another_message
from tickets.services.words import word_lists

ONCE_PER_CONNECTION: Final = "message_once_per_connection"
Outcome = Literal["message", "duplicate", "bounce", "auto_reply", "ignored"]

_OUTCOME_OF: dict[AutomaticKind, Outcome] = {
    AutomaticKind.BOUNCE: "bounce",
    AutomaticKind.AUTO_REPLY: "auto_reply",
    AutomaticKind.LIST: "ignored",
    AutomaticKind.OWN: "ignored",
}


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message. ``message`` is None when nothing was kept of it beside the raw event."""

    message: Message | None
    ticket: Ticket | None
    outcome: Outcome


def receive_message(*, connection: Connection, message: InboundMessage, now: datetime) -> Received:
    """Take a message in. The same one a second time changes nothing; an edit replaces the text it names.

    Messages of one sender must be given in their order; of several at once the identity's row makes a queue. Inside a
    transaction, whoever began it gives each message a savepoint and tries it again after an IntegrityError.
    """
    if database.in_atomic_block:
        return _receive(connection, message, now=now)
    try:
        with transaction.atomic():
            return _receive(connection, message, now=now)
    except IntegrityError as error:
        # The same message was stored while we waited for its sender's row.
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != ONCE_PER_CONNECTION:
            raise
        with transaction.atomic():
            return _receive(connection, message, now=now)


def _receive(connection: Connection, message: InboundMessage, *, now: datetime) -> Received:
    if message.automatic is not AutomaticKind.NONE:
        kept, known = keep_automatic(connection=connection, inbound=message, now=now)
        return Received(kept, kept.ticket if kept else None, "duplicate" if known else _OUTCOME_OF[message.automatic])
    if message.edits_external_id:
        edited = replace_text(connection=connection, inbound=message, now=now)
        if edited is not None:
            return Received(edited[0], edited[0].ticket, edited[1])
    if is_code(message.text) and not is_mail(connection):
        return Received(take_code(connection=connection, inbound=message, now=now), None, "ignored")
    sender = find_sender(connection=connection, message=message)
    if sender is not None and sender.already_received is not None and not is_mail(connection):
        return _duplicate(sender.already_received)
    known_language = sender.identity.customer.language if sender and sender.identity.customer else ""
    reading = read(message, word_lists=word_lists(), language_hint=known_language or connection.language)
    if sender is None:
        sender = know_sender(connection=connection, message=message, language=reading.language, now=now)
    if sender.already_received is not None:
        other = another_message(connection=connection, sender=sender, message=message, reading=reading)
        if other.already_received is not None:
            return _duplicate(other.already_received)
        sender, message = other, replace(message, external_id=other.message_id)
    return _known_sender(connection, message, reading, sender, now=now)


def _known_sender(
    connection: Connection, message: InboundMessage, reading: Reading, sender: Sender, *, now: datetime
) -> Received:
    """Put a new message where its sender's messages go."""
    if sender.identity.user_id is not None:
        return Received(StaffAnswer(connection, message, reading, sender, now).take(), None, "message")
    stop = take_stop(connection=connection, inbound=message, reading=reading, sender=sender, now=now)
    if stop is not None:
        return Received(stop, None, "message")
    survey = take_reply(connection=connection, inbound=message, reading=reading, sender=sender, now=now)
    if survey is not None:
        return Received(survey, survey.ticket, "message")
    entering = Entering(connection, message, reading, sender, now)
    place = entering.place()
    if is_mail(connection) and place.conversation is not None and place.conversation.audience == Audience.INTERNAL:
        # A work e-mail that is known as a customer's, answering a call.
        return Received(StaffAnswer(connection, message, reading, sender, now).take(), None, "message")
    entered = entering.enter(place)
    return Received(entered, entered.ticket, "message")


def _duplicate(message_id: int) -> Received:
    earlier = Message.objects.select_related("ticket").get(pk=message_id)
    return Received(earlier, earlier.ticket, "duplicate")


def receive_receipt(*, connection: Connection, receipt: InboundReceipt, now: datetime) -> Message | None:
    """Note how far a message of ours came, forward only. None when we sent no such message."""
    return note_receipt(connection=connection, receipt=receipt, now=now)


def correct_kind(*, ticket_id: int, kind: str, actor: Actor, now: datetime) -> Ticket:
    """Set a first guess right: the ticket goes on as one of ``kind``. Raises TransitionRefused, PermissionRefused."""
    return convert_ticket(ticket_id=ticket_id, kind=Kind(kind), actor=actor, now=now)


def open_by_hand(
    *,
    kind: str,
    actor: Actor,
    now: datetime,
    customer_id: int | None = None,
    shipment_id: int | None = None,
    customer: Customer | None = None,
    shipment: Shipment | None = None,
    summary: str = "",
    text: str = "",
    priority: int = Priority.NORMAL,
) -> Ticket:
    """Open a ticket that no message and no scan asked for; ``text`` becomes its first note, numbers in it masked.

    Customer and parcel are given by their numbers, or as rows that were read already.
    Raises TransitionRefused (``already_open``) when the parcel has an open ticket of that kind, PermissionRefused.
    """
    refuse_unless_may(actor)
    shipment = Shipment.objects.get(pk=shipment_id) if shipment_id is not None else shipment
    customer = Customer.objects.get(pk=customer_id) if customer_id is not None else customer
    text = safe(text).strip()
    ticket = new_ticket(
        kind=Kind(kind),
        now=now,
        customer=customer,
        shipment=shipment,
        summary=mask(safe(summary)).text.strip()[:200] or summarise("", mask(text).text),
        priority=Priority(priority),
    )
    # Only a parcel's ticket can meet another one, which callers tell apart inside their own transaction.
    with opening(ticket, actor=actor, now=now, savepoint=ticket.shipment_id is not None) as change:
        if text:
            add_note(change, text=text)
    return ticket
