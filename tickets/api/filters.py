"""By what tickets are filtered: columns that an index finds, or that a page of the index before shows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.api.filters import ChoicesFilter, Filters, FlagFilter, MomentFilter, NumberFilter, WordFilter
from logistics.models import Shipment
from logistics.policies.tracking_number import normalise_tracking_number
from tickets.api.rows import PRIORITIES
from tickets.choices import OPEN_PHASES, Kind, Phase, WaitingOn
from tickets.models import Ticket
from tickets.policies.states import STATES

_STATES = sorted({name for states in STATES.values() for name in states})
_PRIORITY = {name: number for number, name in PRIORITIES.items()}


class PartnerTicketFilters(Filters):
    """What a partner can filter by: only what a partner's row shows."""

    kind = ChoicesFilter(field_name="kind", choices=Kind.choices, label=_("Kinds, separated by commas."))
    state = ChoicesFilter(field_name="state", choices=[(one, one) for one in _STATES], label=_("States."))
    phase = ChoicesFilter(field_name="phase", choices=Phase.choices, label=_("Phases."))
    waiting_on = ChoicesFilter(field_name="waiting_on", choices=WaitingOn.choices, label=_("Who has the ball."))
    priority = ChoicesFilter(choices=[(one, one) for one in _PRIORITY], method="by_priority", label=_("Priorities."))
    open = FlagFilter(method="by_open", label=_("Whether it is open."))
    reference = WordFilter(method="by_reference", max_length=40, label=_("What people call it, like CLR-2041."))
    tracking_number = WordFilter(method="by_tracking_number", max_length=80, label=_("The parcel's number."))
    origin = WordFilter(field_name="origin", max_length=2, label=_("ISO 3166-1 alpha-2."))
    destination = WordFilter(field_name="destination", max_length=2, label=_("ISO 3166-1 alpha-2."))
    opened_from = MomentFilter(field_name="opened_at", lookup_expr="gte", label=_("Opened then or later."))
    opened_before = MomentFilter(field_name="opened_at", lookup_expr="lt", label=_("Opened before."))

    def by_priority(self, rows: QuerySet[Ticket], name: str, value: list[str]) -> QuerySet[Ticket]:
        """By the word of a priority."""
        return rows.filter(priority__in=[_PRIORITY[word] for word in value]) if value else rows

    def by_open(self, rows: QuerySet[Ticket], name: str, value: bool | None) -> QuerySet[Ticket]:
        """Open or ended."""
        if value is None:
            return rows
        return rows.filter(phase__in=OPEN_PHASES) if value else rows.exclude(phase__in=OPEN_PHASES)

    def by_reference(self, rows: Any, name: str, value: str) -> Any:
        """The one ticket that a reference names."""
        return rows.by_reference(value)

    def by_tracking_number(self, rows: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        """The tickets of one parcel; looked up first, so that the index of the parcel's tickets is used."""
        number = normalise_tracking_number(value) or value.upper()
        parcel = Shipment.objects.filter(tracking_number=number).values_list("pk", flat=True).first()
        return rows.filter(shipment_id=parcel) if parcel is not None else rows.none()


class StaffTicketFilters(PartnerTicketFilters):
    """What integrations of ours can filter by besides."""

    customer = NumberFilter(field_name="customer_id", label=_("The customer's number; for integrations alone."))
    assignee = NumberFilter(field_name="assignee_id", label=_("The owner's number; for integrations alone."))
    team = NumberFilter(field_name="team_id", label=_("The team's number; for integrations alone."))
    unanswered = FlagFilter(
        field_name="unanswered_since", method="by_unanswered", label=_("A customer waits; for integrations alone.")
    )

    def by_unanswered(self, rows: QuerySet[Ticket], name: str, value: bool | None) -> QuerySet[Ticket]:
        """Whether a customer waits for an answer."""
        return rows if value is None else rows.filter(unanswered_since__isnull=not value)
