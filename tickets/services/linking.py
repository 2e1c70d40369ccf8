"""Opening tickets, alone or from one another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from logistics.models import Customer, Incident, Shipment
from tickets.choices import LinkType, Priority, Resolution
from tickets.models import Ticket, TicketLink
from tickets.policies.actor import Actor
from tickets.policies.reading import without_number
from tickets.policies.states import initial_state
from tickets.services.journal import Change, opening

RECENT = timedelta(days=7)
MANY = 20
_NOT_THEIRS = (Resolution.MERGED, Resolution.CONVERTED, Resolution.DUPLICATE)
# Written out, since it runs for every ticket. Column by column as the index has them, and no further than MANY.
_EARLIER = """
SELECT count(*) FROM (
    SELECT FROM tickets_ticket WHERE customer_id = %s AND opened_at > %s AND opened_at <= %s
    AND resolution NOT IN (%s, %s, %s) LIMIT %s
) AS earlier
"""
_CARRIED_OVER = (
    "language",
    "country",
    "channel",
    "origin",
    "destination",
    "tags",
    "team_id",
    "assignee_id",
    "priority",
)
"""What a ticket passes on to one that is opened from it."""


def new_ticket(
    *,
    kind: str,
    now: datetime,
    customer: Customer | None = None,
    shipment: Shipment | None = None,
    incident: Incident | None = None,
    summary: str = "",
    priority: int = Priority.NORMAL,
    **fields: Any,
) -> Ticket:
    """An unsaved ticket at the beginning of its kind, for ``journal.opening``.

    Language, country and lane come from customer and shipment unless given.
    """
    state = initial_state(kind)
    if shipment is not None:
        summary = without_number(summary, shipment.tracking_number)
    customer = customer or (shipment.customer if shipment else None)
    if customer is not None and "recent_tickets" not in fields:
        fields["recent_tickets"] = recent_tickets(customer, now=now)
    known: dict[str, Any] = {
        "language": customer.language if customer else "",
        "country": customer.country if customer else "",
        "origin": shipment.origin_country if shipment else "",
        "destination": shipment.destination_country if shipment else "",
        "opened_at": now,
    }
    return Ticket(
        kind=kind,
        state=state.name,
        phase=state.phase,
        waiting_on=state.waiting_on[0],
        customer=customer,
        shipment=shipment,
        incident=incident,
        summary=summary[:200],
        priority=priority,
        state_since=now,
        **{**known, **fields},
    ).typed()


def recent_tickets(customer: Customer, *, now: datetime) -> int:
    """How many tickets a customer had opened within the last seven days, up to MANY."""
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER, [customer.pk, now - RECENT, now, *_NOT_THEIRS, MANY])
        return int(cursor.fetchone()[0])


def open_ticket(*, kind: str, actor: Actor, now: datetime, **fields: Any) -> Ticket:
    """Open a ticket (fields as in ``new_ticket``). Raises TransitionRefused (``already_open``)."""
    with opening(new_ticket(kind=kind, now=now, **fields), actor=actor, now=now) as change:
        pass
    return change.ticket


def open_linked(change: Change, kind: str, *, link: LinkType, from_new: bool = False, **fields: Any) -> Ticket:
    """Open a ticket of ``kind`` for the customer and the parcel of the one being changed, and link the two.

    The link runs from the changed ticket to the new one, with ``from_new`` the other way round. Both tell of it in
    their events. Raises TransitionRefused (``already_open``) when the parcel has an open ticket of that kind already.
    """
    old = change.ticket
    values = {name: getattr(old, name) for name in _CARRIED_OVER}
    values |= {"customer": old.customer, "shipment": old.shipment, "summary": old.summary, "tags": list(old.tags)}
    values |= {"recent_tickets": old.recent_tickets}
    new = new_ticket(kind=kind, now=change.now, **{**values, **fields})
    with opening(new, actor=change.actor, now=change.now) as opened:
        opened.record("linked", {"type": link, "ticket": old.pk})
    join(change, new, link=link, from_new=from_new)
    return new


def join(change: Change, other: Ticket, *, link: LinkType, from_new: bool = False) -> None:
    """Link the changed ticket with another; linking the same two twice is one link."""
    ends = (other.pk, change.ticket.pk) if from_new else (change.ticket.pk, other.pk)
    _link, is_new = TicketLink.objects.get_or_create(
        from_ticket_id=ends[0], to_ticket_id=ends[1], type=link, defaults={"created_at": change.now}
    )
    if is_new:
        change.record("linked", {"type": link, "ticket": other.pk})
