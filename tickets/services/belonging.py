"""Where an incoming message belongs: which conversation, which ticket, which parcel.

A message never comes into a stranger's ticket. Message-IDs can be guessed and references read off an envelope, so they
count only for whoever takes part already; a tracking number stands on every parcel, so it counts only for a parcel and
a ticket that are nobody else's. Who names nothing writes of what is open alone: see ``_noticed_before``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Q

from common.models import Connection
from logistics.models import Shipment
from tickets.choices import Audience, Direction
from tickets.models import ChannelIdentity, Conversation, Message, Participant, Ticket
from tickets.policies.inbound import InboundMessage
from tickets.policies.kind_guess import FALLBACK_KIND
from tickets.policies.reading import Reading, fit_id
from tickets.services.identities import is_mail

BURST = timedelta(minutes=30)
"""Mails that somebody sends one after the other within this time are one matter, even when they are no answers."""
NAMES_ANOTHERS_PARCEL = "names-another-customers-parcel"
_MOST_KEYS = 30
# Where a message belongs is decided by these columns; the ticket it comes into is read again under its lock.
_TICKET = ("id", "kind", "state", "phase", "customer", "shipment__id", "shipment__carrier", "shipment__tracking_number")
_OF_TICKET = tuple(f"ticket__{name}" for name in _TICKET)


@dataclass(slots=True)
class Place:
    """Where a message belongs. ``conversation`` None: a new one with ``thread``. Only ``ended`` is no open ticket."""

    thread: str
    conversation: Conversation | None = None
    ticket: Ticket | None = None
    ended: Ticket | None = None
    shipment: Shipment | None = None
    tags: list[str] = field(default_factory=list)


def place_of(
    *,
    connection: Connection,
    message: InboundMessage,
    reading: Reading,
    identity: ChannelIdentity,
    is_new: bool,
    now: datetime,
) -> Place:
    """Find the place of a message. ``is_new``: the sender's first one. Locks the parcel that the message names."""
    if is_mail(connection):
        place = _in_mail(connection, message, reading, identity)
    else:
        place = _in_chat(connection, message, identity, is_new=is_new)
    if place.ticket is not None and not place.ticket.is_open:
        place.ticket, place.ended = None, place.ticket
    if place.ticket is None or place.ticket.shipment_id is None:
        _find_parcel(place, reading, identity)
    if place.ticket is None and is_mail(connection) and not is_new:
        place.ticket = _of_burst(place, reading, identity, now=now)
    if place.ticket is None and place.ended is None and not is_new:
        place.ticket = _noticed_before(reading, identity)
    if place.ended and place.shipment and place.ended.shipment_id not in (None, place.shipment.pk):
        place.ended = None  # they speak of another parcel now
    return place


def answered_message(
    *, connection: Connection, message: InboundMessage, identity: ChannelIdentity | None, only_ours: bool = False
) -> Message | None:
    """The nearest earlier message that this one answers, in a conversation its sender takes part in.

    ``only_ours``: one that we sent, whoever answers it; the ids of ours cannot be guessed.
    """
    keys = [fit_id(key) for key in message.thread_keys[:_MOST_KEYS]]
    if not keys:
        return None
    found = {
        earlier.external_id: earlier
        for earlier in Message.objects.filter(connection=connection, external_id__in=keys)
        .exclude(conversation=None)
        .select_related("conversation__identity", "ticket__shipment")
        .only(
            "id",
            "external_id",
            "direction",
            "conversation__audience",
            "conversation__ticket_id",
            "conversation__identity__customer_id",
            "conversation__identity__partner_id",
            *_OF_TICKET,
        )
    }
    for key in keys:
        earlier = found.get(key)
        if earlier is None:
            continue
        if only_ours:
            if earlier.direction == Direction.OUT:
                return earlier
        elif identity is not None and _takes_part(identity, earlier):
            return earlier
    return None


def may_join(ticket: Ticket, identity: ChannelIdentity) -> bool:
    """Whether somebody takes part in a ticket already."""
    if identity.customer_id is not None and ticket.customer_id == identity.customer_id:
        return True
    mine = Q(identity=identity)
    if identity.partner_id is not None:
        mine |= Q(partner_id=identity.partner_id) | Q(identity__partner_id=identity.partner_id)
    return Participant.objects.filter(mine, ticket=ticket).exists()


def joinable_ticket(shipment: Shipment, identity: ChannelIdentity) -> Ticket | None:
    """The parcel's open ticket that this sender may join: their own, or one that nobody has claimed."""
    tickets = Ticket.objects.open().filter(shipment=shipment)
    if identity.partner_id is None:
        tickets = tickets.filter(Q(customer=None) | Q(customer_id=identity.customer_id))
    in_order = tickets.order_by(F("customer_id").asc(nulls_last=True), "-id")
    return in_order.select_related("shipment").only(*_TICKET).first()


def _takes_part(identity: ChannelIdentity, earlier: Message) -> bool:
    conversation = earlier.conversation
    if conversation is None:
        return False
    theirs = conversation.identity
    if theirs.pk == identity.pk:
        return True
    if identity.customer_id is not None and theirs.customer_id == identity.customer_id:
        return True
    if identity.partner_id is not None and theirs.partner_id == identity.partner_id:
        return True
    return earlier.ticket is not None and may_join(earlier.ticket, identity)


def _in_chat(connection: Connection, message: InboundMessage, identity: ChannelIdentity, *, is_new: bool) -> Place:
    place = Place(thread=fit_id(message.thread_id))
    if not is_new:
        place.conversation = (
            Conversation.objects.select_related("ticket__shipment")
            .filter(connection=connection, identity=identity, thread=place.thread)
            .only("id", *_OF_TICKET)
            .first()
        )
        place.ticket = place.conversation.ticket if place.conversation else None
    return place


def _in_mail(connection: Connection, message: InboundMessage, reading: Reading, identity: ChannelIdentity) -> Place:
    place = Place(thread=fit_id(message.external_id))
    earlier = answered_message(connection=connection, message=message, identity=identity)
    if earlier is not None and earlier.conversation is not None:
        place.ticket = earlier.ticket
        if place.ticket is None and earlier.conversation.ticket_id is not None:
            place.ticket = Ticket.objects.get(pk=earlier.conversation.ticket_id)
        if earlier.conversation.identity_id == identity.pk:
            place.conversation = earlier.conversation
        return place
    if reading.reference is not None:
        kind, number = reading.reference
        named = Ticket.objects.select_related("shipment").only(*_TICKET).filter(pk=number, kind=kind).first()
        if named is not None and may_join(named, identity):
            place.ticket = named
            place.conversation = (
                Conversation.objects.filter(ticket=named, identity=identity, connection=connection)
                .order_by("-last_message_at")
                .first()
            )
    return place


def _find_parcel(place: Place, reading: Reading, identity: ChannelIdentity) -> None:
    if not reading.tracking_numbers:
        return
    named = {
        shipment.tracking_number: shipment
        for shipment in Shipment.objects.select_for_update(no_key=True, of=("self",)).filter(
            tracking_number__in=reading.tracking_numbers
        )
    }
    in_order = [named[number] for number in reading.tracking_numbers if number in named]
    for shipment in in_order:
        if identity.partner_id is None and shipment.customer_id not in (None, identity.customer_id):
            continue
        if place.ticket is None:
            place.ticket = joinable_ticket(shipment, identity)
            if place.ticket is None and Ticket.objects.open().filter(shipment=shipment).exists():
                continue  # somebody else speaks for this parcel
        place.shipment = shipment
        return
    if in_order:
        place.tags.append(NAMES_ANOTHERS_PARCEL)


def _of_burst(place: Place, reading: Reading, identity: ChannelIdentity, *, now: datetime) -> Ticket | None:
    recent = (
        Ticket.objects.open()
        .filter(
            conversations__identity=identity,
            conversations__last_message_at__gt=now - BURST,
            conversations__audience=Audience.PARTNER if identity.partner_id else Audience.CUSTOMER,
        )
        .select_related("shipment")
        .only(*_TICKET)
        .order_by("-conversations__last_message_at")
        .first()
    )
    if recent is None or not reading.tracking_numbers:
        return recent
    if place.shipment is not None:
        return recent if recent.shipment_id in (None, place.shipment.pk) else None
    # They name a parcel we do not know: the same matter only when what they wrote before names it or none.
    earlier = Message.objects.filter(ticket=recent, direction=Direction.IN).values_list("tracking_numbers", flat=True)
    known = {number for numbers in earlier for number in numbers}
    return recent if not known or known & set(reading.tracking_numbers) else None


def _noticed_before(reading: Reading, identity: ChannelIdentity) -> Ticket | None:
    """The ticket that a scan opened before its customer wrote, when theirs can be about nothing else we know of.

    It must be the customer's only open ticket, and the message must name no parcel and no ticket and speak of the same
    kind, or of none at all. A ticket that the customer began themselves is found by its thread, not by this.
    """
    if identity.customer_id is None or identity.partner_id is not None:
        return None
    if reading.tracking_numbers or reading.reference is not None:
        return None
    unsure = reading.guess.kind == FALLBACK_KIND
    if unsure and reading.guess.hits:
        return None  # it speaks of several kinds
    tickets = Ticket.objects.open().filter(customer_id=identity.customer_id).select_related("shipment")
    found = list(tickets.only(*_TICKET, "incident")[:2])
    if len(found) != 1 or found[0].incident_id is None:
        return None
    return found[0] if unsure or found[0].kind == reading.guess.kind else None
