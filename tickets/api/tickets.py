"""Tickets: listed, read, opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from common.api.documented import documented
from common.api.inputs import Input
from common.api.views import ApiRequest, ApiView, ListView
from common.errors import InvalidInput, PermissionRefused
from logistics.choices import Scope
from logistics.models import Customer, Shipment
from logistics.policies.tracking_number import normalise_tracking_number
from tickets.api.callers import READS, WORKS, actor_of, ticket_etag, ticket_or_404
from tickets.api.filters import PartnerTicketFilters, StaffTicketFilters
from tickets.api.rows import (
    EXAMPLE,
    PRIORITIES,
    TicketDetail,
    TicketRow,
    listed,
    new_ticket_detail,
    read_detail,
    ticket_row,
)
from tickets.choices import Kind
from tickets.models.ticket import TicketQuerySet
from tickets.services.intake import open_by_hand
from tickets.services.partner_scope import KEY, visible_to

_PRIORITY = {name: number for number, name in PRIORITIES.items()}
_OF_PARTNERS: Mapping[str, Sequence[str]] = {"-id": (f"-{KEY}",), "id": (KEY,)}


class NewTicket(Input):
    """A ticket that an integration of ours opens."""

    kind = serializers.ChoiceField(choices=Kind.values)
    summary = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    text = serializers.CharField(
        max_length=10_000, required=False, allow_blank=True, default="", help_text="Becomes a note of ours."
    )
    priority = serializers.ChoiceField(choices=list(PRIORITIES.values()), required=False, default="normal")
    customer = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)
    tracking_number = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class TicketList(ListView):
    """All tickets that are the caller's."""

    scopes: ClassVar = {"GET": Scope.READ, "POST": Scope.TICKETS}
    permissions: ClassVar = {"GET": READS, "POST": WORKS}
    row = TicketRow
    orderings: ClassVar = {"-id": ("-id",), "id": ("id",)}
    filters = StaffTicketFilters

    def scoped(self, request: ApiRequest) -> QuerySet[Any, Any]:
        """See ``partner_scope.visible_to``."""
        return listed(request.auth)

    def filters_for(self, request: ApiRequest) -> type[PartnerTicketFilters]:
        """Partners filter by what their rows show."""
        return PartnerTicketFilters if request.auth.is_partner else StaffTicketFilters

    def orderings_for(self, request: ApiRequest) -> Mapping[str, Sequence[str]]:
        """A partner's tickets are read along the index of whom they are shared with."""
        return _OF_PARTNERS if request.auth.is_partner else self.orderings

    def row_of(self, row: dict[str, Any]) -> dict[str, Any]:
        """See ``TicketRow``."""
        return ticket_row(row, self.request.auth)

    @documented(
        "tickets_list", answer=TicketRow, many=True, answer_example={"results": [EXAMPLE], "next": None}, tag="tickets"
    )
    def get(self, request: ApiRequest) -> Response:
        """Your tickets, the newest first.

        A partner gets the tickets that were addressed to them; an integration those that the person behind its key
        may see at the desk.
        """
        return self.page(request)

    @documented(
        "tickets_create",
        body=NewTicket,
        answer=TicketDetail,
        status=201,
        versioned=True,
        problems=("already_open", "transition_refused"),
        body_example={
            "kind": "delay",
            "summary": "Nothing for nine days",
            "tracking_number": "RB123456785CN",
            "customer": 1207,
            "priority": "normal",
        },
        answer_example=EXAMPLE | {"details": {}, "papers": []},
        tag="tickets",
    )
    def post(self, request: ApiRequest) -> Response:
        """Open a ticket. For keys of integrations.

        The parcel brings its customer along unless another one is named. A parcel has one open ticket of a kind.
        """
        caller = request.auth
        if caller.is_partner:
            raise PermissionRefused(_("This is for integrations of ours."))
        values = self.read(NewTicket)
        if values["kind"] == Kind.SAFETY and not caller.may("tickets.view_safety"):
            raise PermissionRefused(_("You may not do this here."))
        opened = open_by_hand(
            kind=values["kind"],
            summary=values["summary"],
            text=values["text"],
            priority=_PRIORITY[values["priority"]],
            customer=_customer(values["customer"]),
            shipment=_shipment(values["tracking_number"]),
            actor=actor_of(caller),
            now=self.now,
        )
        detail = new_ticket_detail(opened, caller)
        return self.created(detail, f"/api/v1/tickets/{opened.pk}/", etag=ticket_etag(opened, caller))


class TicketOne(ApiView):
    """One ticket."""

    scopes: ClassVar = {"GET": Scope.READ}
    permissions: ClassVar = {"GET": READS}

    def scoped(self, request: ApiRequest) -> TicketQuerySet:
        """See ``partner_scope``."""
        return visible_to(request.auth)

    @documented(
        "tickets_read",
        answer=TicketDetail,
        versioned=True,
        answer_example=EXAMPLE
        | {
            "details": {"papers_due_at": None, "inspection_office": ""},
            "papers": [{"type": "commercial_invoice", "state": "missing", "asked_of": "broker", "due_at": None}],
        },
        tag="tickets",
    )
    def get(self, request: ApiRequest, ticket_id: int) -> Response:
        """One ticket.

        Its `ETag` guards your next step: send it as `If-Match`, and the step is refused with 412 when the ticket has
        changed meanwhile.
        """
        ticket = ticket_or_404(request, ticket_id)
        etag = ticket_etag(ticket, request.auth)
        return self.answered(read_detail(ticket, request.auth), etag=etag)


def _customer(number: int | None) -> Customer | None:
    if number is None:
        return None
    found = Customer.objects.filter(pk=number).first()
    if found is None:
        raise InvalidInput(data={"customer": [_("There is no such customer.")]})
    return found


def _shipment(text: str) -> Shipment | None:
    if not text:
        return None
    number = normalise_tracking_number(text) or text.upper()
    found = Shipment.objects.select_related("customer", "carrier").filter(tracking_number=number).first()
    if found is None:
        raise InvalidInput(data={"tracking_number": [_("There is no such parcel.")]})
    return found
