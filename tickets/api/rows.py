"""Tickets as the API answers them: to partners what is theirs to know, to integrations of ours what the desk shows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Model, OuterRef, Subquery
from django.utils.functional import Promise
from rest_framework import serializers

from common.api.caller import Caller
from common.api.views import moment
from logistics.choices import TrackingStatus
from tickets.api.callers import first_name
from tickets.choices import Kind, Phase, Priority, Resolution, WaitingOn
from tickets.models import DETAILS, Clock, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.services.partner_scope import visible_to
from tickets.services.partner_steps import concerns

PRIORITIES: Final = {priority.value: priority.name.lower() for priority in Priority}
"""How priorities are written in the API."""
_RELATED = ("shipment__carrier", "team", "assignee")
_SHARED = (
    *("id", "kind", "state", "phase", "waiting_on", "resolution", "priority", "summary", "incident_id", "opened_at"),
    *("state_since", "resolved_at", "closed_at", "origin", "destination"),
    *("shipment__tracking_number", "shipment__status", "shipment__carrier__code"),
    *("team__name", "assignee__full_name"),
)
_OF_STAFF = (
    *("customer__name", "language", "country", "channel", "tags", "unanswered_since", "next_due_at", "snoozed_until"),
    *("last_message_at", "last_message_preview", "event_sequence"),
)
_TOLD_PARTNERS: dict[str, tuple[str, ...]] = {
    Kind.CLEARANCE: ("papers_due_at", "inspection_office", "inspection_kind", "terms", "refusal_reason"),
    Kind.DELAY: ("question", "answer_due_at", "answer", "new_from", "new_to"),
    Kind.LOSS: ("what", "carrier_reference", "trace_due_at", "found_where"),
    Kind.FAILED_DELIVERY: ("problem", "attempts", "instruction", "wished_date", "pickup_place", "pickup_last_day"),
    Kind.RETURN: ("return_tracking_number", "label_reference", "condition"),
    Kind.WAREHOUSE: ("item", "expected_units", "counted_units", "question", "explanation"),
    Kind.INQUIRY: ("topic", "question"),
}
"""Of a kind's own facts what the partner concerned is told: never money, never an address, never what others said."""


class PartyRow(serializers.Serializer):  # type: ignore[type-arg]
    """Somebody by number and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ParcelRow(serializers.Serializer):  # type: ignore[type-arg]
    """The parcel a ticket is about."""

    id = serializers.IntegerField()
    tracking_number = serializers.CharField()
    carrier = serializers.CharField(allow_null=True, help_text="The carrier's code.")
    status = serializers.ChoiceField(choices=TrackingStatus.values)


class TicketRow(serializers.Serializer):  # type: ignore[type-arg]
    """A ticket in a list. Fields from `customer` on are for keys of integrations alone."""

    id = serializers.IntegerField()
    reference = serializers.CharField(help_text="What people call it: CLR-2041.")
    kind = serializers.ChoiceField(choices=Kind.values)
    state = serializers.CharField(help_text="A state of the kind; docs/workflows lists them.")
    phase = serializers.ChoiceField(choices=Phase.values)
    waiting_on = serializers.ChoiceField(choices=WaitingOn.values)
    resolution = serializers.ChoiceField(choices=[value for value in Resolution.values if value], allow_null=True)
    priority = serializers.ChoiceField(choices=list(PRIORITIES.values()))
    summary = serializers.CharField(
        allow_blank=True, help_text="In partners' answers only what logistics noticed, never a customer's words."
    )
    origin = serializers.CharField(allow_blank=True, help_text="ISO 3166-1 alpha-2.")
    destination = serializers.CharField(allow_blank=True, help_text="ISO 3166-1 alpha-2.")
    shipment = ParcelRow(allow_null=True)
    handled_by = serializers.CharField(allow_null=True, help_text="First name or team of whoever works on it.")
    answer_due_at = serializers.DateTimeField(
        allow_null=True, help_text="By when an answer of a partner is owed; for a partner, of their own."
    )
    opened_at = serializers.DateTimeField()
    state_since = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    customer = PartyRow(required=False, allow_null=True)
    assignee = PartyRow(required=False, allow_null=True)
    team = PartyRow(required=False, allow_null=True)
    language = serializers.CharField(required=False, allow_blank=True)
    country = serializers.CharField(required=False, allow_blank=True)
    channel = serializers.CharField(required=False, allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField(), required=False)
    unanswered_since = serializers.DateTimeField(required=False, allow_null=True)
    next_due_at = serializers.DateTimeField(required=False, allow_null=True)
    snoozed_until = serializers.DateTimeField(required=False, allow_null=True)
    last_message_at = serializers.DateTimeField(required=False, allow_null=True)
    last_message_preview = serializers.CharField(required=False, allow_blank=True)
    version = serializers.IntegerField(required=False, help_text="Grows with each change.")


class PaperRow(serializers.Serializer):  # type: ignore[type-arg]
    """A paper that was asked for."""

    type = serializers.CharField()
    state = serializers.CharField()
    asked_of = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)


class TicketDetail(TicketRow):
    """One ticket."""

    details = serializers.DictField(help_text="The kind's own facts; a partner gets those that concern them.")
    papers = PaperRow(many=True)


EXAMPLE: Final[dict[str, Any]] = {
    "id": 2041,
    "reference": "CLR-2041",
    "kind": "clearance",
    "state": "with_broker",
    "phase": "waiting",
    "waiting_on": "broker",
    "resolution": None,
    "priority": "high",
    "summary": "Held at customs",
    "origin": "CN",
    "destination": "ES",
    "shipment": {"id": 88, "tracking_number": "RB123456785CN", "carrier": "correos", "status": "customs"},
    "handled_by": "Alice",
    "answer_due_at": "2026-11-25T10:00:00Z",
    "opened_at": "2026-11-24T09:30:00Z",
    "state_since": "2026-11-24T10:00:00Z",
    "resolved_at": None,
    "closed_at": None,
}


def listed(caller: Caller) -> TicketQuerySet:
    """The tickets a caller may see, with what a row needs: one query a page."""
    due = Clock.objects.filter(
        ticket=OuterRef("pk"), target__in=("partner_answer", "carrier_answer"), ended_at__isnull=True
    )
    if caller.partner_id is not None:
        due = due.filter(partner_id=caller.partner_id)
        rows, columns = visible_to(caller).select_related(*_RELATED), _SHARED
    else:
        rows = visible_to(caller).select_related(*_RELATED, "customer")
        columns = (*_SHARED, *_OF_STAFF)
    return rows.only(*columns).annotate(answer_due_at=Subquery(due.values("due_at").order_by("due_at")[:1]))


def ticket_row(ticket: Ticket, caller: Caller) -> dict[str, Any]:
    """A ticket of ``listed`` as its caller may see it."""
    parcel, carrier = ticket.shipment, ticket.shipment.carrier if ticket.shipment else None
    staff = caller.partner_id is None
    row: dict[str, Any] = {
        "id": ticket.pk,
        "reference": ticket.reference,
        "kind": ticket.kind,
        "state": ticket.state,
        "phase": ticket.phase,
        "waiting_on": ticket.waiting_on,
        "resolution": ticket.resolution or None,
        "priority": PRIORITIES[ticket.priority],
        "summary": ticket.told_summary if staff or ticket.incident_id is not None else "",
        "origin": ticket.origin,
        "destination": ticket.destination,
        "shipment": parcel
        and {
            "id": parcel.pk,
            "tracking_number": parcel.tracking_number,
            "carrier": carrier.code if carrier else None,
            "status": parcel.status,
        },
        "handled_by": (first_name(ticket.assignee) if ticket.assignee else "")
        or (ticket.team.name if ticket.team else None),
        "answer_due_at": moment(ticket.answer_due_at),  # type: ignore[attr-defined]
        "opened_at": moment(ticket.opened_at),
        "state_since": moment(ticket.state_since),
        "resolved_at": moment(ticket.resolved_at),
        "closed_at": moment(ticket.closed_at),
    }
    return row | _for_staff(ticket) if staff else row


def _for_staff(ticket: Ticket) -> dict[str, Any]:
    return {
        "customer": ticket.customer and {"id": ticket.customer.pk, "name": ticket.customer.name},
        "assignee": ticket.assignee and {"id": ticket.assignee.pk, "name": ticket.assignee.full_name},
        "team": ticket.team and {"id": ticket.team.pk, "name": ticket.team.name},
        "language": ticket.language,
        "country": ticket.country,
        "channel": ticket.channel,
        "tags": list(ticket.tags),
        "unanswered_since": moment(ticket.unanswered_since),
        "next_due_at": moment(ticket.next_due_at),
        "snoozed_until": moment(ticket.snoozed_until),
        "last_message_at": moment(ticket.last_message_at),
        "last_message_preview": ticket.last_message_preview,
        "version": ticket.event_sequence,
    }


def ticket_detail(ticket: Ticket, caller: Caller) -> dict[str, Any]:
    """One ticket with its kind's facts."""
    if caller.partner_id is None:
        names = [field.name for field in ticket.detail._meta.concrete_fields if field.name != "ticket"]
        papers = list(ticket.papers.all())
    elif concerns(ticket, caller.partner_id):
        names = list(_TOLD_PARTNERS.get(ticket.kind, ()))
        papers = list(ticket.papers.all())
    else:
        names, papers = [], []
    return ticket_row(ticket, caller) | {
        "details": {name: plain(getattr(ticket.detail, name)) for name in names},
        "papers": [
            {"type": paper.type, "state": paper.state, "asked_of": paper.asked_of, "due_at": moment(paper.due_at)}
            for paper in papers
        ],
    }


def new_ticket_detail(ticket: Ticket, caller: Caller) -> dict[str, Any]:
    """A ticket of ours that was opened this moment: nobody outside was asked, and its facts are those of its kind."""
    ticket.answer_due_at = None  # type: ignore[attr-defined]
    fresh = DETAILS[ticket.kind]()
    names = [field.name for field in fresh._meta.concrete_fields if field.name != "ticket"]
    return ticket_row(ticket, caller) | {"details": {name: plain(getattr(fresh, name)) for name in names}, "papers": []}


def plain(value: Any) -> Any:
    """A column's value as JSON has it: amounts as text, moments in UTC, rows by number and name."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Model):
        return {"id": value.pk, "name": str(value)}
    return str(value) if isinstance(value, Promise) else value
