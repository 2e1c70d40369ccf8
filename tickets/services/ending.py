"""After the end: closing by the clock, waking the snoozed, and customers who write again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from tickets.choices import LinkType, Phase, Resolution
from tickets.models import Ticket
from tickets.policies.actor import Actor
from tickets.services.journal import changing
from tickets.services.linking import join
from tickets.services.relations import follow_up, successor
from tickets.services.transitions import apply_way, find_way

CLOSE_AFTER = timedelta(days=7)
REOPEN_WITHIN = timedelta(days=14)
BATCH = 200
"""Tickets that one call takes on: each is a small transaction, and the clock has other things to do."""


def close_old(now: datetime) -> int:
    """Close what was resolved seven days ago, the oldest first, at most a batch. Returns how many."""
    due = Ticket.objects.filter(phase=Phase.RESOLVED, resolved_at__lte=now - CLOSE_AFTER).order_by("resolved_at")
    count = 0
    for ticket_id in list(due.values_list("pk", flat=True)[:BATCH]):
        with changing(ticket_id, actor=Actor.clock("close"), now=now) as change:
            ticket = change.ticket
            if ticket.phase == Phase.RESOLVED and ticket.resolved_at and ticket.resolved_at <= now - CLOSE_AFTER:
                apply_way(change, find_way(ticket, "close"), {})
                count += 1
    return count


def wake_snoozed(now: datetime) -> int:
    """Wake what was snoozed until now, at most a batch. Returns how many."""
    due = Ticket.objects.filter(snoozed_until__lte=now).order_by("snoozed_until")
    count = 0
    for ticket_id in list(due.values_list("pk", flat=True)[:BATCH]):
        with changing(ticket_id, actor=Actor.clock("wake"), now=now) as change:
            if change.ticket.snoozed_until and change.ticket.snoozed_until <= now:
                change.ticket.snoozed_until = None
                change.record("woken")
                count += 1
    return count


def reopen_by_reply(*, ticket_id: int, actor: Actor, now: datetime) -> Ticket:
    """Where a customer's reply to an ended ticket belongs.

    Within 14 days of the end the ticket is reopened; later a new one follows it and takes over the conversation. A
    merged or converted ticket hands the reply on to the one it went into. An open ticket is returned as it is. Whether
    the reply is one at all (no thanks, no survey answer, nothing automatic) is the caller's to say.
    """
    with transaction.atomic():
        with changing(ticket_id, actor=actor, now=now) as change:
            ticket = change.ticket
            if ticket.is_open:
                return ticket
            heir = successor(ticket) if ticket.resolution in (Resolution.MERGED, Resolution.CONVERTED) else None
            if heir is None:
                if ticket.resolved_at is None or now - ticket.resolved_at > REOPEN_WITHIN:
                    return follow_up(change)
                heir = _open_sibling(ticket)
                if heir is not None and heir.customer_id not in (None, ticket.customer_id):
                    # Somebody else's ticket holds the parcel by now; nobody is let into a stranger's thread.
                    change.record("shipment_unlinked", {"shipment": ticket.shipment_id})
                    ticket.shipment, heir = None, None
                if heir is None:
                    apply_way(change, find_way(ticket, "reopen"), {})
                    return ticket
                join(change, heir, link=LinkType.FOLLOWS)
            ticket.conversations.update(ticket_id=heir.pk)
        return reopen_by_reply(ticket_id=heir.pk, actor=actor, now=now)


def _open_sibling(ticket: Ticket) -> Ticket | None:
    """The open ticket of the same kind for the same incident of the parcel: reopening would make it the second."""
    if ticket.shipment_id is None:
        return None
    return Ticket.objects.open().filter(shipment=ticket.shipment, kind=ticket.kind, incident=ticket.incident).first()
