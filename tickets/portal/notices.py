"""Whether a customer is told how their parcels move: one button on their page, on or off."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.models import Ticket
from tickets.services.notices import set_wish

FIELD = "notices"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page's button does: ``value`` is sent when it is pressed."""

    is_on: bool
    value: str


def choice_of(ticket: Ticket) -> Choice | None:
    """The button of a ticket's page; None when nobody is known who could be told, or there is no parcel."""
    customer = ticket.customer
    if customer is None or customer.erased_at is not None or ticket.shipment is None:
        return None
    return Choice(customer.wants_notices, "off" if customer.wants_notices else "on")


def choose(ticket: Ticket, value: str) -> bool:
    """Do what the button says. Returns whether it was a choice at all."""
    if value not in ("on", "off") or choice_of(ticket) is None:
        return False
    assert ticket.customer_id is not None
    set_wish(customer_id=ticket.customer_id, wants=value == "on")
    return True
