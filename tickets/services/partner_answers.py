"""What a partner says and does by API or on their pages. A word of theirs does here what it does by mail."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from logistics.models import Partner
from tickets.choices import ActorKind, Direction, Via
from tickets.errors import CannotWrite
from tickets.models import Message, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage
from tickets.policies.reading import MAX_TEXT, read
from tickets.policies.text import safe
from tickets.services.belonging import Place
from tickets.services.call_endings import partner_answered
from tickets.services.entering import Entering
from tickets.services.identities import Sender
from tickets.services.journal import changing
from tickets.services.partner_desk import conversation_at
from tickets.services.partner_scope import messages_of, tickets_of
from tickets.services.words import word_lists


@transaction.atomic
def receive_answer(
    *,
    ticket_id: int,
    partner_id: int,
    text: str,
    files: Sequence[UploadedFile[Any]] = (),
    via: Via,
    now: datetime,
) -> Message:
    """Take a partner's words or files into their ticket: their calls are answered, the ball is ours, clocks follow.

    Into a ticket that has ended it is kept and wakes nobody. Card and identity numbers are masked. Raises
    Ticket.DoesNotExist for a ticket that is not theirs, CannotWrite for nothing or too much, AttachmentRefused.
    """
    text = safe(text).strip()
    if not text and not files:
        raise CannotWrite(_("Write something first."))
    if len(text) > MAX_TEXT:
        raise CannotWrite(_("The message is too long: at most %(count)d characters.") % {"count": MAX_TEXT})
    ticket = _locked(ticket_id, partner_id)
    partner = Partner.objects.get(pk=partner_id)
    conversation = conversation_at(ticket_id, partner, now=now)
    message_id = f"{via}-{uuid.uuid4()}"
    inbound = InboundMessage(
        external_id=message_id,
        sender_id=conversation.identity.external_id,
        sender_name=partner.name,
        text=text,
        sent_at=now,
        thread_id=conversation.thread,
    )
    entering = Entering(
        connection=conversation.connection,
        inbound=inbound,
        reading=read(inbound, word_lists=word_lists(), language_hint=partner.language),
        sender=Sender(conversation.identity, message_id),
        now=now,
        via=via,
        uploads=files,
    )
    place = Place(thread=conversation.thread, conversation=conversation)
    if ticket.is_open:
        place.ticket = ticket
    else:
        place.ended = ticket
    return entering.enter(place)


def acknowledge(*, ticket_id: int, partner_id: int, via: Via, now: datetime) -> Ticket:
    """A partner says that they have it: their calls are answered and nobody above them is called. Promises run on.

    Saying it twice of the same word of ours changes nothing. Raises Ticket.DoesNotExist when it is not theirs.
    """
    with transaction.atomic():
        partner = Partner.objects.get(pk=partner_id)
        _locked(ticket_id, partner_id)
        actor = Actor.partner(partner.pk, partner.name, via=via)
        with changing(ticket_id, actor=actor, now=now) as change:
            partner_answered(change, partner_id)
            if not _has_acknowledged(ticket_id, partner_id):
                change.record("acknowledged", {"partner": partner_id})
    return change.ticket


def _locked(ticket_id: int, partner_id: int) -> Ticket:
    """The partner's ticket under its lock, so that two answers at once share one conversation."""
    if not tickets_of(partner_id).filter(pk=ticket_id).exists():
        raise Ticket.DoesNotExist
    return Ticket.objects.for_update().select_related("shipment").get(pk=ticket_id)


def _has_acknowledged(ticket_id: int, partner_id: int) -> bool:
    """Whether they said so since we last wrote to them. Of events of one moment the log's order counts."""
    own = TicketEvent.objects.filter(
        ticket_id=ticket_id, type="acknowledged", actor_kind=ActorKind.PARTNER, actor_id=partner_id
    )
    last = own.order_by("-sequence").values_list("sequence", flat=True).first()
    if last is None:
        return False
    written = TicketEvent.objects.filter(ticket_id=ticket_id, type="message_queued", sequence__gt=last)
    keys = [data.get("message") for data in written.values_list("data", flat=True)]
    return not messages_of(partner_id).filter(pk__in=keys, direction=Direction.OUT).exists()
