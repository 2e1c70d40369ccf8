"""Tickets as the API answers them: to partners what is theirs to know, to integrations of ours what the desk shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from rest_framework import serializers

from common.api.caller import Caller
from common.api.views import moment
from logistics.choices import TrackingStatus
from logistics.policies.subjects import told
from tickets.api.callers import first_name
from tickets.choices import PREFIXES, Kind, Phase, Priority, Resolution, WaitingOn
from tickets.models import DETAILS, Clock, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.services.partner_facts import facts_for, papers_for
from tickets.services.partner_scope import KEY, tickets_of, visible_to

PRIORITIES: Final = {priority.value: priority.name.lower() for priority in Priority}
"""How priorities are written in the API."""
_SHARED = (
    *("id", "kind", "state", "phase", "waiting_on", "resolution", "priority", "summary", "incident_id", "opened_at"),
    *("state_since", "resolved_at", "closed_at", "origin", "destination"),
    *("shipment_id", "shipment__tracking_number", "shipment__status", "shipment__carrier__code"),
    *("team__name", "assignee__full_name"),
)
_OF_STAFF = (
    *(
        "customer_id",
        "customer__name",
        "assignee_id",
        "team_id",
        "language",
        "country",
        "channel",
        "tags",
        "unanswered_since",
        "next_due_at",
        "snoozed_until",
    ),
    *("last_message_at", "last_message_preview", "event_sequence"),
)


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


def listed(caller: Caller) -> QuerySet[Ticket, dict[str, Any]]:
    """The tickets a caller may see, as values for ``ticket_row``: one query a page, and no model made of each row."""
    if caller.partner_id is not None:
        return _listed_for(caller.partner_id).all()
    return _with_columns(visible_to(caller), _owed(), (*_SHARED, *_OF_STAFF))


@lru_cache(maxsize=256)
def _listed_for(partner_id: int) -> QuerySet[Ticket, dict[str, Any]]:
    """A partner's query, kept: putting it together costs as much as running it. It is narrowed, never run itself."""
    return _with_columns(tickets_of(partner_id), _owed().filter(partner_id=partner_id), (*_SHARED, KEY))


def _owed() -> QuerySet[Clock]:
    """Answers that somebody outside owes for the ticket of the query around it."""
    return Clock.objects.filter(
        ticket=OuterRef("pk"), target__in=("partner_answer", "carrier_answer"), ended_at__isnull=True
    )


def _with_columns(
    rows: TicketQuerySet, owed: QuerySet[Clock], columns: Sequence[str]
) -> QuerySet[Ticket, dict[str, Any]]:
    due = Subquery(owed.values("due_at").order_by("due_at")[:1])
    found: QuerySet[Ticket, dict[str, Any]] = rows.annotate(answer_due_at=due).values(*columns, "answer_due_at")
    return found


def ticket_row(values: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """A row of ``listed`` as its caller may see it."""
    staff = caller.partner_id is None
    owner = values["assignee__full_name"]
    row: dict[str, Any] = {
        "id": values["id"],
        "reference": f"{PREFIXES[values['kind']]}-{values['id']}",
        "kind": values["kind"],
        "state": values["state"],
        "phase": values["phase"],
        "waiting_on": values["waiting_on"],
        "resolution": values["resolution"] or None,
        "priority": PRIORITIES[values["priority"]],
        "summary": _summary(values, staff=staff),
        "origin": values["origin"],
        "destination": values["destination"],
        "shipment": None
        if values["shipment_id"] is None
        else {
            "id": values["shipment_id"],
            "tracking_number": values["shipment__tracking_number"],
            "carrier": values["shipment__carrier__code"],
            "status": values["shipment__status"],
        },
        "handled_by": (first_name(owner) if owner else "") or values["team__name"],
        "answer_due_at": moment(values["answer_due_at"]),
        "opened_at": moment(values["opened_at"]),
        "state_since": moment(values["state_since"]),
        "resolved_at": moment(values["resolved_at"]),
        "closed_at": moment(values["closed_at"]),
    }
    if staff:
        row["customer"] = _party(values["customer_id"], values["customer__name"])
        row["assignee"] = _party(values["assignee_id"], owner)
        row["team"] = _party(values["team_id"], values["team__name"])
        for name in ("language", "country", "channel", "tags"):
            row[name] = values[name]
        for name in ("unanswered_since", "next_due_at", "snoozed_until", "last_message_at"):
            row[name] = moment(values[name])
        row["last_message_preview"] = values["last_message_preview"]
        row["version"] = values["event_sequence"]
    return row


def _summary(values: Mapping[str, Any], *, staff: bool) -> str:
    """What a customer wrote is no partner's; what logistics noticed is, in the reader's language."""
    noticed = values["incident_id"] is not None
    return str(told(values["summary"], is_ours=noticed)) if staff or noticed else ""


def _party(number: int | None, name: str | None) -> dict[str, Any] | None:
    return None if number is None else {"id": number, "name": name}


def ticket_detail(ticket: Ticket, values: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """One ticket with its kind's facts. ``values`` is its row of ``listed``."""
    if caller.partner_id is None:
        facts = {name: getattr(ticket.detail, name) for name in _facts_of(ticket.detail)}
        papers = list(ticket.papers.all())
    else:
        facts, papers = facts_for(ticket, caller.partner_id), papers_for(ticket, caller.partner_id)
    return ticket_row(values, caller) | {
        "details": {name: plain(value) for name, value in facts.items()},
        "papers": [
            {"type": paper.type, "state": paper.state, "asked_of": paper.asked_of, "due_at": moment(paper.due_at)}
            for paper in papers
        ],
    }


def read_detail(ticket: Ticket, caller: Caller) -> dict[str, Any]:
    """One ticket as it stands now. Raises DoesNotExist when the caller may not see it (any more)."""
    return ticket_detail(ticket, listed(caller).get(pk=ticket.pk), caller)


def new_ticket_detail(ticket: Ticket, caller: Caller) -> dict[str, Any]:
    """A ticket of ours that was opened this moment: nobody outside was asked, and its facts are those of its kind."""
    parcel, customer = ticket.shipment, ticket.customer
    values = {field.attname: getattr(ticket, field.attname) for field in ticket._meta.concrete_fields} | {
        "shipment__tracking_number": parcel.tracking_number if parcel else None,
        "shipment__status": parcel.status if parcel else None,
        "shipment__carrier__code": parcel.carrier.code if parcel and parcel.carrier else None,
        "customer__name": customer.name if customer else None,
        "team__name": ticket.team.name if ticket.team else None,
        "assignee__full_name": ticket.assignee.full_name if ticket.assignee else None,
        "answer_due_at": None,
    }
    fresh = DETAILS[ticket.kind]()
    facts = {name: plain(getattr(fresh, name)) for name in _facts_of(fresh)}
    return ticket_row(values, caller) | {"details": facts, "papers": []}


def _facts_of(detail: Model) -> list[str]:
    return [field.name for field in detail._meta.concrete_fields if field.name != "ticket"]


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
