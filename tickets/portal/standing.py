"""How a customer's matter stands, in plain words: what happens, whose turn it is, when they hear next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from logistics.models import Shipment
from tickets.choices import Kind, PaperState, Phase, WaitingOn
from tickets.models import PaperRequest, Ticket

Words = str | Promise
MOST_SCANS = 30

_HEADLINES: dict[str, Words] = {
    Kind.CLEARANCE: _("Your parcel is at customs"),
    Kind.DELAY: _("Your parcel is late"),
    Kind.LOSS: _("Your lost or damaged parcel"),
    Kind.FAILED_DELIVERY: _("Your parcel could not be delivered"),
    Kind.RETURN: _("Your return"),
    Kind.PAYMENT: _("Your payment"),
    Kind.SAFETY: _("Your report"),
    Kind.WAREHOUSE: _("Your goods in our warehouse"),
    Kind.INQUIRY: _("Your question"),
}
_TURNS: dict[str, Words] = {
    WaitingOn.US: _("It is our turn: we are working on it."),
    WaitingOn.CUSTOMER: _("It is your turn: we need something from you."),
    WaitingOn.SHIPPER: _("We have asked the sender and are waiting for the answer."),
    WaitingOn.CARRIER: _("We are waiting for the carrier."),
    WaitingOn.BROKER: _("The customs broker is working on it."),
    WaitingOn.CUSTOMS: _("Customs are working on it."),
    WaitingOn.WAREHOUSE: _("We are waiting for the warehouse."),
    WaitingOn.FINANCE: _("Our finance team is working on it."),
}
_NOW: dict[tuple[str, str], Words] = {
    (Kind.CLEARANCE, "documents_requested"): _("Customs need papers before they let the parcel go."),
    (Kind.CLEARANCE, "documents_received"): _("We have the papers and check them."),
    (Kind.CLEARANCE, "under_inspection"): _("Customs are inspecting the parcel."),
    (Kind.CLEARANCE, "duties_requested"): _("Duties have to be paid before customs let the parcel go."),
    (Kind.CLEARANCE, "awaiting_release"): _("Everything is with customs. The parcel is about to be released."),
    (Kind.CLEARANCE, "refused"): _("Customs have refused the parcel. We decide what can be done."),
    (Kind.DELAY, "investigating"): _("We have asked the carrier where the parcel is."),
    (Kind.LOSS, "tracing"): _("The carrier is searching for the parcel."),
    (Kind.LOSS, "evidence_requested"): _("To settle the matter we need evidence from you."),
    (Kind.LOSS, "evidence_received"): _("We have what you sent and check it."),
    (Kind.LOSS, "found"): _("The parcel has been found."),
    (Kind.FAILED_DELIVERY, "attempted"): _("The carrier tried to deliver the parcel and could not."),
    (Kind.FAILED_DELIVERY, "instructions_requested"): _("Please tell us what to do with the parcel."),
    (Kind.FAILED_DELIVERY, "instructions_received"): _("We have your instructions and pass them to the carrier."),
    (Kind.FAILED_DELIVERY, "redelivery_booked"): _("The carrier will try again."),
    (Kind.FAILED_DELIVERY, "held_for_pickup"): _("The parcel is waiting for you to pick it up."),
    (Kind.RETURN, "papers_requested"): _("Before the return can begin we need papers from you."),
    (Kind.RETURN, "label_sent"): _("Please put the label on the parcel and hand it in."),
    (Kind.RETURN, "in_transit"): _("Your return is on its way to the warehouse."),
    (Kind.PAYMENT, "retry_requested"): _("Please pay once more with the link we sent you."),
}
_ENDS: dict[str, Words] = {
    "released": _("Customs have released the parcel."),
    "delivered": _("The parcel has been delivered."),
    "returned": _("The parcel is back at the sender."),
    "abandoned": _("The parcel was left to customs."),
    "destroyed": _("The parcel was destroyed."),
    "disposed": _("The parcel was disposed of."),
    "declared_lost": _("The parcel is lost. We settle the matter with you in a case of its own."),
    "settled": _("The matter is settled."),
    "refunded": _("The money has been refunded."),
    "exchanged": _("The exchange is on its way."),
    "paid": _("The payment has arrived."),
    "cancelled": _("The matter was cancelled."),
}


@dataclass(frozen=True, slots=True)
class Scan:
    """One line of the parcel's way. ``at`` is aware; without ``is_exact`` only its day is worth showing."""

    at: datetime
    is_exact: bool
    what: Words
    why: Words
    place: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the top of the page says. ``due_at``/``due_day``: until when we need something; ``next_at``/``next_day``:
    when the customer hears from us or when the parcel comes."""

    headline: Words
    now: Words
    turn: Words
    is_over: bool
    is_theirs: bool
    due_at: datetime | None = None
    due_day: date | None = None
    next_at: datetime | None = None
    next_day: date | None = None
    pickup_place: str = ""
    pickup_last_day: date | None = None


def standing_of(ticket: Ticket, papers: list[PaperRequest], *, now: datetime) -> Standing:
    """How the ticket stands for its customer."""
    headline = _HEADLINES[ticket.kind]
    if ticket.phase in (Phase.RESOLVED, Phase.CLOSED):
        return Standing(headline, _ENDS.get(ticket.state, _("This matter is closed.")), "", True, False)
    is_theirs = ticket.waiting_on == WaitingOn.CUSTOMER
    asked = [paper.due_at for paper in papers if paper.due_at and paper.state == PaperState.MISSING]
    due_at = min(asked, default=None) if is_theirs else None
    due_day = next_day = pickup_last_day = None
    pickup_place = ""
    detail = ticket.detail
    if ticket.kind == Kind.DELAY:
        next_day = getattr(detail, "new_to", None)
    elif ticket.kind == Kind.FAILED_DELIVERY:
        if ticket.state == "held_for_pickup":
            pickup_place, pickup_last_day = (
                getattr(detail, "pickup_place", ""),
                getattr(detail, "pickup_last_day", None),
            )
        elif ticket.state == "redelivery_booked":
            booking = ticket.bookings.filter(failed_at=None).order_by("-id").first()
            next_day = booking.date if booking else None
    elif ticket.kind == Kind.CLEARANCE and ticket.state == "duties_requested" and is_theirs:
        due_day = getattr(detail, "duties_due_date", None)
    next_at = ticket.next_due_at if ticket.next_due_at and ticket.next_due_at > now and not is_theirs else None
    return Standing(
        headline,
        _NOW.get((ticket.kind, ticket.state), ""),
        _TURNS[ticket.waiting_on],
        is_over=False,
        is_theirs=is_theirs,
        due_at=due_at,
        due_day=due_day,
        next_at=next_at,
        next_day=next_day,
        pickup_place=pickup_place,
        pickup_last_day=pickup_last_day,
    )


def scans_of(shipment: Shipment | None) -> list[Scan]:
    """The parcel's way, the latest first."""
    if shipment is None:
        return []
    return [
        Scan(
            at=event.at,
            is_exact=event.time_exact,
            what=event.get_status_display() if event.status != "unknown" else pgettext_lazy("scan", "On its way"),
            why=event.get_reason_display() if event.reason else "",
            place=event.location,
        )
        for event in shipment.events.order_by("-at", "-id")[:MOST_SCANS]
    ]
