"""What the ways of a failed delivery do."""

from __future__ import annotations

from typing import Any

from tickets.choices import Kind, LinkPurpose
from tickets.models import RedeliveryBooking
from tickets.services.effects import wording
from tickets.services.effects.registry import effect
from tickets.services.effects.telling import link_for, tell_customer, tell_delivered
from tickets.services.journal import Change


@effect(Kind.FAILED_DELIVERY, "request_instructions")
def request_instructions(change: Change, inputs: dict[str, Any]) -> None:
    words = inputs["message"]
    link = link_for(change, LinkPurpose.INSTRUCTIONS)
    tell_customer(change, wording.instructions_asked(change.ticket, link=link, words=words), typed=bool(words))


@effect(Kind.FAILED_DELIVERY, "book_redelivery")
def book_redelivery(change: Change, inputs: dict[str, Any]) -> None:
    RedeliveryBooking.objects.create(
        ticket_id=change.ticket.pk, date=inputs["date"], window=inputs["window"], booked_at=change.now
    )
    tell_customer(change, wording.redelivery_booked(change.ticket, day=inputs["date"], window=inputs["window"]))


@effect(Kind.FAILED_DELIVERY, "fail_again")
def fail_again(change: Change, inputs: dict[str, Any]) -> None:
    """The booking is used up and one more attempt counted."""
    detail = change.ticket.failed_delivery_detail
    detail.attempts += 1
    detail.problem = inputs["problem"] or detail.problem
    detail.save(update_fields=["attempts", "problem"])
    RedeliveryBooking.objects.filter(ticket_id=change.ticket.pk, failed_at__isnull=True).update(
        failed_at=change.now, problem=inputs["problem"] or ""
    )


@effect(Kind.FAILED_DELIVERY, "hold_for_pickup")
def hold_for_pickup(change: Change, inputs: dict[str, Any]) -> None:
    link = link_for(change, LinkPurpose.INSTRUCTIONS)
    tell_customer(
        change,
        wording.ready_for_pickup(change.ticket, place=inputs["place"], last_day=inputs["last_day"], link=link),
        typed=True,
    )


@effect(Kind.FAILED_DELIVERY, "return_to_sender")
def return_to_sender(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.going_back(change.ticket))


@effect(Kind.FAILED_DELIVERY, "deliver")
def deliver(change: Change, inputs: dict[str, Any]) -> None:
    tell_delivered(change)


@effect(Kind.FAILED_DELIVERY, "arrive_back")
def arrive_back(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.arrived_back(change.ticket))
