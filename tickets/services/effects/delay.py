"""What the ways of a delay do."""

from __future__ import annotations

from typing import Any

from tickets.choices import Kind, LinkType
from tickets.models import Ticket
from tickets.services.effects import wording
from tickets.services.effects.registry import effect
from tickets.services.effects.telling import carrier_name, carrier_partner, tell_customer, tell_delivered, tell_partner
from tickets.services.journal import Change
from tickets.services.linking import join, open_linked


@effect(Kind.DELAY, "ask_carrier")
def ask_carrier(change: Change, inputs: dict[str, Any]) -> None:
    partner = carrier_partner(change)
    letter = wording.typed_to_partner(change.ticket, partner, inputs["question"], due_at=inputs["answer_due"])
    tell_partner(change, partner, letter, whom=carrier_name(change))


@effect(Kind.DELAY, "revise_date")
def revise_date(change: Change, inputs: dict[str, Any]) -> None:
    detail = change.ticket.delay_detail
    detail.new_to = inputs["new_to"] or inputs["new_from"]
    detail.revised_at = change.now
    detail.informed_at = None
    detail.save(update_fields=["new_to", "revised_at", "informed_at"])


@effect(Kind.DELAY, "inform_customer")
def inform_customer(change: Change, inputs: dict[str, Any]) -> None:
    detail = change.ticket.delay_detail
    detail.informed_at = change.now
    detail.save(update_fields=["informed_at"])


@effect(Kind.DELAY, "declare_lost")
def declare_lost(change: Change, inputs: dict[str, Any]) -> None:
    """A loss ticket takes it up: the parcel's open one if there is one, else a new one."""
    shipment = change.ticket.shipment
    loss = Ticket.objects.open().filter(kind=Kind.LOSS, shipment=shipment).first() if shipment else None
    if loss is None:
        loss = open_linked(change, Kind.LOSS, link=LinkType.OPENED_BY)
    else:
        join(change, loss, link=LinkType.OPENED_BY)
    tell_customer(change, wording.lost(change.ticket, reference=loss.reference))


@effect(Kind.DELAY, "deliver")
def deliver(change: Change, inputs: dict[str, Any]) -> None:
    tell_delivered(change)
