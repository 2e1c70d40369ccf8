"""What waits for a partner: what is due first, first; and finding a ticket by what is in hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from common.admin.words import span
from logistics.models import Shipment
from logistics.policies.tracking_number import normalise_tracking_number
from logistics.services.shipment_scope import shipments_of
from tickets.choices import ENDED_PHASES, OPEN_PHASES, Target
from tickets.models import Clock, Ticket
from tickets.portal.partner.pages import page
from tickets.portal.partner.reader import Reader, for_partner
from tickets.services.partner_facts import told_summary
from tickets.services.partner_scope import KEY, tickets_of

LISTED = 50
_TABS = ("waiting", "open", "ended")
_ANSWERS = (Target.PARTNER_ANSWER, Target.CARRIER_ANSWER)


@dataclass(frozen=True, slots=True)
class Due:
    """By when an answer is owed, and how much time is left or gone, in words."""

    at: datetime
    is_late: bool
    span: str


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of the list."""

    ticket: Ticket
    summary: str
    due: Due | None


@require_safe
@for_partner
def queue(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """The partner's tickets: those it owes an answer, all open ones, or those that have ended."""
    sought = request.GET.get("q", "").strip()[:80]
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else _TABS[0]
    if sought:
        found = _found(reader, sought)
        if len(found) == 1:
            return HttpResponseRedirect(reverse("partner_ticket", args=[found[0].pk]))
        parcel = _parcel(reader, sought) if not found else None
        if parcel is not None:
            return HttpResponseRedirect(reverse("partner_parcel", args=[parcel.pk]))
        return page(request, "queue", {"sought": sought, "rows": _rows(reader, found), "tab": ""})
    place = request.GET.get("after", "")
    after = int(place) if place.isascii() and place.isdigit() and len(place) < 19 else 0
    tickets = list(_listed(reader, tab, after)[: LISTED + 1])
    context: dict[str, Any] = {"sought": "", "tab": tab, "rows": _rows(reader, tickets[:LISTED])}
    if len(tickets) > LISTED:
        context["next"] = after + LISTED if tab == "waiting" else tickets[LISTED - 1].pk
    return page(request, "queue", context)


def due_of(reader: Reader, ticket: Ticket) -> Due | None:
    """By when this partner owes an answer about a ticket; None when it owes none."""
    clocks = Clock.objects.filter(
        ticket=ticket.pk, partner=reader.partner_id, target__in=_ANSWERS, ended_at__isnull=True, due_at__isnull=False
    )
    return next((_due(clock, reader.now) for clock in clocks.order_by("due_at")[:1]), None)


def _listed(reader: Reader, tab: str, after: int) -> QuerySet[Ticket]:
    """The tickets of a tab. ``after`` counts rows where deadlines order them, else it is the last ticket seen."""
    tickets = tickets_of(reader.partner_id).select_related("shipment")
    if tab == "waiting":
        owed = tickets.filter(
            clocks__partner_id=reader.partner_id, clocks__target__in=_ANSWERS, clocks__ended_at__isnull=True
        )
        return owed.order_by("clocks__due_at", "pk")[min(after, 5_000) :]
    tickets = tickets.filter(phase__in=OPEN_PHASES if tab == "open" else ENDED_PHASES).order_by(f"-{KEY}")
    return tickets.filter(**{f"{KEY}__lt": after}) if after else tickets


def _found(reader: Reader, sought: str) -> list[Ticket]:
    tickets = tickets_of(reader.partner_id).select_related("shipment")
    named = list(tickets.by_reference(sought)[:1])
    if named:
        return named
    number = normalise_tracking_number(sought)
    return list(tickets.filter(shipment__tracking_number=number).order_by(f"-{KEY}")[:LISTED]) if number else []


def _parcel(reader: Reader, sought: str) -> Shipment | None:
    """The partner's own parcel of that number."""
    number = normalise_tracking_number(sought)
    return shipments_of(reader.caller).filter(tracking_number=number).first() if number else None


def _rows(reader: Reader, tickets: list[Ticket]) -> list[Row]:
    clocks = {
        clock.ticket_id: clock
        for clock in Clock.objects.filter(
            ticket__in=[ticket.pk for ticket in tickets],
            partner=reader.partner_id,
            target__in=_ANSWERS,
            ended_at__isnull=True,
            due_at__isnull=False,
        ).order_by("-due_at")
    }
    return [
        Row(ticket, told_summary(ticket), _due(clocks[ticket.pk], reader.now) if ticket.pk in clocks else None)
        for ticket in tickets
    ]


def _due(clock: Clock, now: datetime) -> Due:
    assert clock.due_at is not None
    return Due(clock.due_at, clock.due_at <= now, span(abs((clock.due_at - now).total_seconds())))
