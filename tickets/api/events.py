"""What happened to a ticket: to partners what is theirs to know, in their own numbering."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from common.api.documented import documented
from common.api.filters import Filters, NumberFilter, WordFilter
from common.api.views import ApiRequest, ListView, moment
from logistics.choices import Scope
from tickets.api.callers import READS, ticket_or_404
from tickets.choices import ActorKind, Via
from tickets.models import PartnerEvent, TicketEvent
from tickets.policies.partner_events import public_data
from tickets.services.partner_scope import visible_to


class EventRow(serializers.Serializer):  # type: ignore[type-arg]
    """Something that happened. `sequence` has no gap: whoever misses a number has missed an event."""

    sequence = serializers.IntegerField()
    type = serializers.CharField(help_text="For partners a public name like ticket.transitioned.")
    at = serializers.DateTimeField()
    actor = serializers.ChoiceField(choices=ActorKind.values, help_text="Who: not by name.")
    via = serializers.ChoiceField(choices=Via.values)
    data = serializers.DictField()  # type: ignore[assignment] # the metaclass takes fields out of the class


class EventFilters(Filters):
    """From where to go on, and what alone."""

    after = NumberFilter(field_name="sequence", lookup_expr="gt", label=_("Only what has a higher number."))
    type = WordFilter(field_name="type", max_length=40, label=_("Only events of this type."))


class TicketEvents(ListView):
    """A ticket's events."""

    scopes: ClassVar = {"GET": Scope.READ}
    permissions: ClassVar = {"GET": READS}
    row = EventRow
    orderings: ClassVar = {"sequence": ("sequence",), "-sequence": ("-sequence",)}
    filters = EventFilters

    def scoped(self, request: ApiRequest) -> QuerySet[Any]:
        """A partner's own events, which were written for them; all of them for whoever of ours sees the ticket."""
        ticket_id, caller = self.kwargs["ticket_id"], request.auth
        if caller.partner_id is not None:
            own = PartnerEvent.objects.filter(ticket_id=ticket_id, partner_id=caller.partner_id)
            return own.select_related("event")
        return TicketEvent.objects.filter(ticket_id=ticket_id, ticket__in=visible_to(caller))

    def row_of(self, row: Any) -> dict[str, Any]:
        """See ``EventRow``."""
        event: TicketEvent = row.event if isinstance(row, PartnerEvent) else row
        return {
            "sequence": row.sequence,
            "type": row.type,
            "at": moment(row.at),
            "actor": event.actor_kind,
            "via": event.via,
            "data": public_data(row.type, event.data) if isinstance(row, PartnerEvent) else event.data,
        }

    @documented(
        "tickets_events_list",
        answer=EventRow,
        many=True,
        answer_example={
            "results": [
                {
                    "sequence": 2,
                    "type": "ticket.transitioned",
                    "at": "2026-11-24T10:00:00Z",
                    "actor": "staff",
                    "via": "admin",
                    "data": {"way": "submit_to_broker", "from": "under_review", "to": "with_broker"},
                }
            ],
            "next": None,
        },
        tag="tickets",
    )
    def get(self, request: ApiRequest, ticket_id: int) -> Response:
        """What happened to the ticket, as far as it is yours to know. Webhooks carry the same numbers."""
        ticket_or_404(request, ticket_id)
        return self.page(request)
