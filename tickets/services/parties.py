"""Which partner stands behind whom a ticket waits on."""

from __future__ import annotations

from logistics.models import Partner
from tickets.choices import Kind, WaitingOn
from tickets.models import Ticket

_PARTNER_OF: dict[tuple[str, str], str] = {
    (Kind.CLEARANCE, WaitingOn.BROKER): "broker",
    (Kind.RETURN, WaitingOn.WAREHOUSE): "warehouse",
    (Kind.WAREHOUSE, WaitingOn.WAREHOUSE): "warehouse",
    (Kind.INQUIRY, WaitingOn.BROKER): "partner",
    (Kind.INQUIRY, WaitingOn.WAREHOUSE): "partner",
    (Kind.INQUIRY, WaitingOn.CARRIER): "partner",
}


def partner_of(ticket: Ticket, party: str) -> Partner | None:
    """The partner a ticket waits on when it waits on ``party`` (a ``WaitingOn``); None when nobody is known.

    The kind's own detail names brokers and warehouses, the shipment's carrier the carrier.
    """
    name = _PARTNER_OF.get((ticket.kind, party))
    named: Partner | None = getattr(ticket.detail, name) if name else None
    if named is not None or party != WaitingOn.CARRIER:
        return named
    carrier = ticket.shipment.carrier if ticket.shipment else None
    return carrier.partner if carrier else None
