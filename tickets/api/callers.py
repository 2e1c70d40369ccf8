"""Who calls, as services know them, and the ticket that an address names."""

from __future__ import annotations

from django.http import Http404

from common.api.caller import Caller
from common.api.versions import etag_of
from common.api.views import ApiRequest
from tickets.choices import Via
from tickets.models import PartnerEvent, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.policies.actor import Actor
from tickets.services.partner_scope import visible_to

READS = "tickets.view_ticket"
WORKS = "tickets.work_ticket"


def actor_of(caller: Caller) -> Actor:
    """The caller as an actor: a partner, or the person of ours behind an integration."""
    if caller.partner_id is not None:
        return Actor.partner(caller.partner_id, caller.name, via=Via.API)
    return Actor.staff(caller.user, via=Via.API)


def ticket_or_404(request: ApiRequest, ticket_id: int, *related: str, lock: bool = False) -> Ticket:
    """A ticket that the caller may see, as its kind. Raises Http404, for a foreign one as for none."""
    rows: TicketQuerySet = visible_to(request.auth)
    rows = rows.for_update() if lock else rows.select_related(*related) if related else rows
    ticket = rows.filter(pk=ticket_id).first()
    if ticket is None:
        raise Http404
    return ticket.typed()


def version_of(ticket: Ticket, caller: Caller) -> int:
    """A number that grows with each change which the caller can see.

    For partners that is the number of their last event: what else happened to the ticket is not theirs to count.
    """
    if caller.partner_id is None:
        return ticket.event_sequence
    own = PartnerEvent.objects.filter(ticket_id=ticket.pk, partner_id=caller.partner_id)
    return own.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def ticket_etag(ticket: Ticket, caller: Caller) -> str:
    """The ticket's tag for this caller."""
    return etag_of("ticket", ticket.pk, version_of(ticket, caller), caller.partner_id)


def first_name(name: str) -> str:
    """What partners are told of a person of ours: the first name, never an address."""
    name = name.strip()
    return name.split()[0] if name and "@" not in name else ""
