"""What of the tickets a caller from outside may see: one queryset a model, for the API, the portal and the webhooks.

A ticket is a partner's when a ``Participant`` row says so. Whoever addresses a partner writes that row in the same
change (``admit``): a message to them, a way that names them, a state in which the ticket waits for them, a mail of
theirs. Of such a ticket a partner sees what was said between them and us; never notes, never the customer's words,
never another partner's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Protocol

from django.db import connection
from django.db.models import F, Q, QuerySet

from tickets.choices import Audience, WaitingOn
from tickets.models import Attachment, Message, Participant, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.services.parties import partner_of
from tickets.services.rows import Statement, insertion

KEY: Final = "shared_id"
"""By what ``tickets_of`` is paged: the ticket's number, as the index of the partner's tickets has it."""
OUTSIDE: Final = frozenset({WaitingOn.CARRIER, WaitingOn.BROKER, WaitingOn.WAREHOUSE})
"""Whom a ticket may wait on that can be a partner."""

# Everybody who was addressed before these rows were kept; running it again changes nothing.
ADMIT_KNOWN: Final = """
INSERT INTO tickets_participant (ticket_id, partner_id, joined_at)
SELECT known.ticket_id, known.partner_id, min(known.at) FROM (
    SELECT ticket_id, partner_id, created_at AS at FROM tickets_message
    WHERE partner_id IS NOT NULL AND ticket_id IS NOT NULL
    UNION ALL
    SELECT one.ticket_id, who.partner_id, one.joined_at FROM tickets_participant AS one
    JOIN tickets_channelidentity AS who ON who.id = one.identity_id WHERE who.partner_id IS NOT NULL
    UNION ALL
    SELECT ticket_id, broker_id, now() FROM tickets_clearancedetail WHERE broker_id IS NOT NULL
    UNION ALL
    SELECT ticket_id, warehouse_id, now() FROM tickets_returndetail WHERE warehouse_id IS NOT NULL
    UNION ALL
    SELECT ticket_id, warehouse_id, now() FROM tickets_warehousedetail WHERE warehouse_id IS NOT NULL
    UNION ALL
    SELECT ticket_id, partner_id, now() FROM tickets_inquirydetail WHERE partner_id IS NOT NULL
    UNION ALL
    SELECT ticket.id, carrier.partner_id, ticket.state_since FROM tickets_ticket AS ticket
    JOIN logistics_shipment AS parcel ON parcel.id = ticket.shipment_id
    JOIN logistics_carrier AS carrier ON carrier.id = parcel.carrier_id
    WHERE ticket.waiting_on = 'carrier' AND carrier.partner_id IS NOT NULL
) AS known GROUP BY known.ticket_id, known.partner_id
ON CONFLICT DO NOTHING
"""


class Reader(Protocol):
    """Whoever asks: a partner's key or contact, or one of ours (``common.api.caller.Caller`` is one)."""

    @property
    def partner_id(self) -> int | None: ...

    @property
    def user(self) -> Any: ...


def tickets_of(partner_id: int) -> TicketQuerySet:
    """The tickets a partner takes part in. Ordered and paged by ``KEY`` it reads along one index."""
    rows = Ticket.objects.filter(participants__partner_id=partner_id)
    return rows.annotate(**{KEY: F("participants__ticket_id")})


def messages_of(partner_id: int) -> QuerySet[Message]:
    """What a partner and we wrote to each other about tickets."""
    return Message.objects.filter(partner_id=partner_id, audience=Audience.PARTNER, ticket__isnull=False)


def attachments_of(partner_id: int) -> QuerySet[Attachment]:
    """Files that came with those messages, and those that the partner handed in otherwise."""
    return Attachment.objects.filter(
        Q(message__partner_id=partner_id, message__audience=Audience.PARTNER) | Q(partner_id=partner_id),
        ticket__isnull=False,
    )


def visible_to(reader: Reader) -> TicketQuerySet:
    """The tickets a caller may read: a partner's own; of ours, what the desk shows that person."""
    if reader.partner_id is not None:
        return tickets_of(reader.partner_id)
    user = reader.user
    if user is None or not user.is_active or not user.has_perm("tickets.view_ticket"):
        return Ticket.objects.none()
    return Ticket.objects.visible_to(user)


def messages_visible_to(reader: Reader) -> QuerySet[Message]:
    """The messages of tickets a caller may read."""
    if reader.partner_id is not None:
        return messages_of(reader.partner_id)
    return Message.objects.filter(ticket__in=visible_to(reader))


def attachments_visible_to(reader: Reader) -> QuerySet[Attachment]:
    """The files of tickets a caller may read."""
    if reader.partner_id is not None:
        return attachments_of(reader.partner_id)
    return Attachment.objects.filter(ticket__in=visible_to(reader))


def partners_in(ticket_id: int) -> list[int]:
    """The partners who take part in a ticket."""
    rows = Participant.objects.filter(ticket_id=ticket_id, partner__isnull=False)
    return list(rows.values_list("partner_id", flat=True).order_by("id"))


def admission(ticket_id: int, partner_id: int, *, now: datetime) -> Statement:
    """The statement that lets a partner take part in a ticket; nothing when they do already."""
    row = Participant(ticket_id=ticket_id, partner_id=partner_id, joined_at=now)
    return insertion(row, ignore_conflicts=True)


def admit(ticket_id: int, partner_ids: Iterable[int | None], *, now: datetime) -> None:
    """Let partners take part in a ticket from now on; those who do already stay as they are."""
    wanted = sorted({partner_id for partner_id in partner_ids if partner_id is not None})
    if wanted:
        Participant.objects.bulk_create(
            [Participant(ticket_id=ticket_id, partner_id=partner_id, joined_at=now) for partner_id in wanted],
            ignore_conflicts=True,
        )


def admit_awaited(ticket: Ticket, *, now: datetime, named: Iterable[int | None] = ()) -> None:
    """Let those partners take part whom a step named, and the one whom the ticket waits for since that step."""
    awaited = partner_of(ticket, ticket.waiting_on) if ticket.waiting_on in OUTSIDE else None
    admit(ticket.pk, [*named, awaited.pk if awaited else None], now=now)


def admit_known() -> int:
    """Write the rows of partners who were addressed before such rows were kept. Returns how many were missing."""
    with connection.cursor() as cursor:
        cursor.execute(ADMIT_KNOWN)
        return int(cursor.rowcount)
