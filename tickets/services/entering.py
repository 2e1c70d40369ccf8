"""A message on its way into a ticket: one that is open, one that is reopened, or a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile

from common.models import Connection
from logistics.choices import Tier
from logistics.models import Shipment
from tickets.choices import Audience, Direction, Kind, MessageStatus, Priority, Via
from tickets.errors import TransitionRefused
from tickets.models import Attachment, ChannelIdentity, Conversation, Message, Participant, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage
from tickets.policies.reading import Reading, fit_id, masked_line, priority_of, without_number
from tickets.policies.word_lists import ANGER
from tickets.services.attachments import attach, store_uploads
from tickets.services.belonging import Place, joinable_ticket, place_of
from tickets.services.call_endings import partner_answered
from tickets.services.conversations import search_vector, show_last
from tickets.services.ending import reopen_by_reply
from tickets.services.identities import Sender
from tickets.services.journal import Change, changing, opening
from tickets.services.linking import new_ticket, recent_tickets
from tickets.services.parties import partner_of
from tickets.services.partner_scope import admission
from tickets.services.rows import Statement, insertion, last_key, run_together
from tickets.services.transitions import apply_way, find_way

MENTIONS_SAFETY: Final = "mentions-safety"
_GOES_ON: Final = "UPDATE tickets_conversation SET last_message_at = %s, ticket_id = %s WHERE id = %s"


@dataclass(slots=True)
class Entering:
    """One message on its way into a ticket. ``uploads`` are files that its sender can still be asked to change."""

    connection: Connection
    inbound: InboundMessage
    reading: Reading
    sender: Sender
    now: datetime
    via: Via = Via.CHANNEL
    uploads: Sequence[UploadedFile[Any]] = ()

    @property
    def identity(self) -> ChannelIdentity:
        return self.sender.identity

    @property
    def is_partner(self) -> bool:
        return self.identity.partner_id is not None

    @property
    def actor(self) -> Actor:
        if self.identity.partner is not None:
            return Actor.partner(self.identity.partner.pk, self.identity.partner.name, via=self.via)
        return Actor.customer(self.identity.customer_id, via=self.via)

    def place(self) -> Place:
        """Where the message belongs."""
        return place_of(
            connection=self.connection,
            message=self.inbound,
            reading=self.reading,
            identity=self.identity,
            is_new=self.sender.is_new,
            now=self.now,
        )

    def enter(self, place: Place) -> Message:
        """Put the message into its place. Returns its row, whose ``ticket`` is the one it came into."""
        quiet = False
        if place.ticket is None and place.ended is not None:
            # Thanks are kept where they belong and wake nobody; partners do not reopen.
            quiet = self.reading.is_thanks or self.is_partner
            place.ticket = (
                place.ended if quiet else reopen_by_reply(ticket_id=place.ended.pk, actor=self.actor, now=self.now)
            )
        if place.ticket is None:
            try:
                return self._open(place)
            except TransitionRefused:
                place.ticket = joinable_ticket(place.shipment, self.identity) if place.shipment else None
                if place.ticket is None:  # somebody else's was quicker
                    place.shipment = None
                    return self._open(place)
        return self._join(place, quiet=quiet)

    def keep(self, place: Place) -> Message:
        """Put the message into the place's ticket and wake nobody, whether that has ended or not."""
        return self._join(place, quiet=True)

    def _open(self, place: Place) -> Message:
        customer, guess = self.identity.customer, self.reading.guess
        kind = Kind(guess.kind)
        ticket = new_ticket(
            kind=kind,
            now=self.now,
            customer=customer,
            shipment=place.shipment,
            summary=self.reading.summary,
            priority=priority_of(kind, is_vip=customer is not None and customer.tier == Tier.VIP),
            language=self.reading.language or (customer.language if customer else ""),
            channel=self.connection.provider[:40],
            recent_tickets=0 if self.sender.is_new or customer is None else recent_tickets(customer, now=self.now),
        )
        # Only a parcel's ticket can meet another one (``TransitionRefused``, which ``enter`` answers).
        with opening(ticket, actor=self.actor, now=self.now, savepoint=place.shipment is not None) as change:
            message = self._add(change, place)
        message.ticket = ticket
        return message

    def _join(self, place: Place, *, quiet: bool) -> Message:
        assert place.ticket is not None
        with changing(place.ticket.pk, actor=self.actor, now=self.now, savepoint=False) as change:
            ticket = change.ticket
            if ticket.customer_id is not None and ticket.customer_id == self.identity.customer_id:
                ticket.customer = self.identity.customer
            if ticket.shipment_id is not None and place.ticket.shipment_id == ticket.shipment_id:
                ticket.shipment = place.ticket.shipment
            if not quiet:
                self._tell(change, place)
            message = self._add(change, place, quiet=quiet)
            if self.identity.partner_id is not None:
                partner_answered(change, self.identity.partner_id)
        message.ticket = ticket
        return message

    def _tell(self, change: Change, place: Place) -> None:
        """Let the ticket know what the message adds to what is known."""
        ticket = change.ticket
        if ticket.customer_id is None and not self.is_partner:
            ticket.customer = self.identity.customer
            change.record("customer_known", {"customer": self.identity.customer_id})
        parcel = place.shipment
        if ticket.shipment_id is None and parcel is not None and not _would_collide(ticket, parcel):
            ticket.shipment = parcel
            ticket.summary = without_number(ticket.summary, parcel.tracking_number)
            ticket.origin = ticket.origin or parcel.origin_country
            ticket.destination = ticket.destination or parcel.destination_country
            change.record("shipment_known", {"shipment": parcel.pk})
        if not self.is_partner:
            ticket.language = ticket.language or self.reading.language
            ticket.channel = ticket.channel or self.connection.provider[:40]
        if self._answers_inquiry(ticket):
            apply_way(change, find_way(ticket, "receive_answer"), {})
        if ticket.snoozed_until is not None:
            ticket.snoozed_until = None
            change.record("woken", {"by": "message"})
        if self.reading.guess.kind == Kind.SAFETY != ticket.kind and MENTIONS_SAFETY not in ticket.tags:
            place.tags.append(MENTIONS_SAFETY)
            if ticket.priority != Priority.URGENT:
                change.record("priority_changed", {"from": ticket.priority, "to": Priority.URGENT})
                ticket.priority = Priority.URGENT

    def _answers_inquiry(self, ticket: Ticket) -> bool:
        """Whether an inquiry waits for just this word: the customer's, or that of the partner who was asked."""
        if ticket.kind != Kind.INQUIRY:
            return False
        if self.identity.partner_id is None:
            return bool(ticket.state == "waiting_customer")
        asked = partner_of(ticket, ticket.waiting_on) if ticket.state == "waiting_partner" else None
        return asked is not None and bool(asked.pk == self.identity.partner_id)

    def _add(self, change: Change, place: Place, *, quiet: bool = False) -> Message:
        """Put the message into the ticket: conversation, row, files, participant, event."""
        ticket, reading = change.ticket, self.reading
        message = self._message(ticket)
        self._insert(message, place, ticket)
        attach(message, self.inbound.attachments, whole_text=reading.whole_text, now=self.now)
        if self.uploads:
            stored = store_uploads(change, self.uploads)
            Attachment.objects.filter(pk__in=[file.pk for file in stored]).update(message=message)
        change.record(
            "message_received",
            {"message": message.pk, "audience": message.audience, "channel": self.connection.provider},
            personal={"text": message.text},
        )
        ticket.tags = list(dict.fromkeys([*ticket.tags, *place.tags]))
        ticket.word_hits = list(dict.fromkeys([*_marks(reading), *ticket.word_hits, *reading.word_hits]))[:60]
        answered = reading.is_thanks and ticket.last_message_direction == Direction.OUT
        if not quiet and not answered and ticket.unanswered_since is None:
            ticket.unanswered_since = self.now
        show_last(ticket, message)
        return message

    def _insert(self, message: Message, place: Place, ticket: Ticket) -> None:
        """Write message, conversation and participant in one trip."""
        statements: list[Statement] = []
        if place.conversation is None:
            statements.append(insertion(self._new_conversation(place, ticket)))
            message.conversation_id = last_key(Conversation)
        else:
            message.conversation_id = place.conversation.pk
            leads_on = place.conversation.ticket_id is None or place.ended is not None or place.ticket is None
            now_of = ticket.pk if leads_on else place.conversation.ticket_id
            statements.append((_GOES_ON, [self.now, now_of, place.conversation.pk]))
        if place.conversation is None or place.conversation.ticket_id != ticket.pk:
            participant = Participant(ticket_id=ticket.pk, identity=self.identity, joined_at=self.now)
            statements.append(insertion(participant, ignore_conflicts=True))
        if self.identity.partner_id is not None:
            statements.append(admission(ticket.pk, self.identity.partner_id, now=self.now))
        message.search = search_vector(message.subject, message.text)
        statements.append(insertion(message, returning="id, conversation_id"))
        message.pk, message.conversation_id = run_together(*statements)
        message._state.adding = False  # noqa: SLF001 - it was not saved by Django's own means
        del message.search  # read again when somebody asks

    def _new_conversation(self, place: Place, ticket: Ticket) -> Conversation:
        return Conversation(
            connection=self.connection,
            identity=self.identity,
            thread=place.thread,
            ticket_id=ticket.pk,
            audience=Audience.PARTNER if self.is_partner else Audience.CUSTOMER,
            subject=self.reading.subject,
            started_at=self.now,
            last_message_at=self.now,
        )

    def _message(self, ticket: Ticket) -> Message:
        inbound, reading = self.inbound, self.reading
        answered = next(iter(inbound.thread_keys), "")
        return Message(
            ticket_id=ticket.pk,
            connection=self.connection,
            identity=self.identity,
            partner_id=self.identity.partner_id,
            direction=Direction.IN,
            audience=Audience.PARTNER if self.is_partner else Audience.CUSTOMER,
            status=MessageStatus.RECEIVED,
            external_id=self.sender.message_id,
            reply_to_external_id=fit_id(answered),
            **written(inbound, reading, now=self.now),
        )


def written(inbound: InboundMessage, reading: Reading, *, now: datetime) -> dict[str, Any]:
    """The columns that say what was written."""
    place = inbound.location
    return {
        "subject": reading.subject,
        "text": reading.text,
        "quoted_text": reading.quoted_text,
        "html": reading.html,
        "language": reading.language,
        "sent_at": min(inbound.sent_at, now),
        "created_at": now,
        "tracking_numbers": list(reading.tracking_numbers),
        "masked": list(reading.masked),
        "word_hits": list(reading.word_hits),
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "place": masked_line(place.label, 200) if place else "",
    }


def _marks(reading: Reading) -> list[str]:
    """What rules ask for first, so that a long list of words cannot push it out."""
    return [hit for hit in reading.word_hits if hit == ANGER]


def _would_collide(ticket: Ticket, shipment: Shipment) -> bool:
    return (
        Ticket.objects.open()
        .filter(shipment=shipment, kind=ticket.kind, incident=ticket.incident_id)
        .exclude(pk=ticket.pk)
        .exists()
    )
