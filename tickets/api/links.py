"""Signed links for customers, made by integrations of ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.response import Response

from common.api.documented import documented
from common.api.inputs import Input
from common.api.views import STAFF, ApiRequest, ApiView, moment
from logistics.choices import Scope
from tickets.api.callers import WORKS, ticket_or_404
from tickets.choices import LinkPurpose
from tickets.models import Ticket
from tickets.services.customer_links import make_link, revoke_links
from tickets.services.partner_scope import visible_to

_LONGEST_DAYS = 30


class NewLink(Input):
    """What the link is for, and how long it works."""

    purpose = serializers.ChoiceField(choices=LinkPurpose.values)
    days = serializers.IntegerField(min_value=1, max_value=_LONGEST_DAYS, required=False, default=14)
    language = serializers.RegexField(
        r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", max_length=12, required=False, help_text="BCP 47; else the ticket's."
    )


class LinkRow(serializers.Serializer):  # type: ignore[type-arg]
    """The link. Its address is shown this once: we keep its hash alone."""

    url = serializers.CharField()
    purpose = serializers.ChoiceField(choices=LinkPurpose.values)
    expires_at = serializers.DateTimeField()


class Ended(serializers.Serializer):  # type: ignore[type-arg]
    """How many links ended."""

    ended = serializers.IntegerField()


class TicketLinks(ApiView):
    """Customers' links to a ticket."""

    scopes: ClassVar = {"POST": Scope.TICKETS, "DELETE": Scope.TICKETS}
    permissions: ClassVar = {"POST": WORKS, "DELETE": WORKS}
    open_to = frozenset({STAFF})

    def scoped(self, request: ApiRequest) -> QuerySet[Ticket]:
        """See ``partner_scope.visible_to``."""
        return visible_to(request.auth)

    @documented(
        "tickets_links_create",
        body=NewLink,
        answer=LinkRow,
        status=201,
        body_example={"purpose": "documents", "days": 14},
        answer_example={
            "url": "https://desk.example/t/Zk3v…/",
            "purpose": "documents",
            "expires_at": "2026-12-08T10:00:00Z",
        },
        tag="tickets",
    )
    def post(self, request: ApiRequest, ticket_id: int) -> Response:
        """Make a link by which the ticket's customer does one thing without signing in."""
        ticket = ticket_or_404(request, ticket_id)
        values = self.read(NewLink)
        life = timedelta(days=values["days"])
        url = make_link(
            ticket=ticket, purpose=values["purpose"], now=self.now, language=values.get("language", ""), life=life
        )
        row: dict[str, Any] = {"url": url, "purpose": values["purpose"], "expires_at": moment(self.now + life)}
        return self.created(row, f"/api/v1/tickets/{ticket_id}/")

    @documented("tickets_links_delete", answer=Ended, answer_example={"ended": 2}, tag="tickets")
    def delete(self, request: ApiRequest, ticket_id: int) -> Response:
        """End all links to the ticket that still work."""
        ticket = ticket_or_404(request, ticket_id)
        return self.answered({"ended": revoke_links(ticket_id=ticket.pk, now=self.now)})
