"""What shifts handed over: the list, each with its tickets as they stand now, and the word that it was read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from common.admin import words
from common.admin.base import ReadOnlyAdmin
from common.errors import DomainError
from common.models import User
from tickets.admin import access
from tickets.models import Handover, Ticket
from tickets.services.routing.handover import confirm_handover, may_confirm

SHOWN = 300
ABOVE_QUEUE = 5


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin):
    """One row a pair of teams and shift."""

    list_display = (
        "from_team",
        "to_team",
        "shift_ended_at",
        "number_of_tickets",
        "confirmation",
    )
    list_display_links = ("from_team", "to_team")
    list_filter = ("to_team", ("confirmed_at", admin.EmptyFieldListFilter))
    ordering = ("-shift_ended_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("from_team", "to_team", "confirmed_by")
        counted: QuerySet[Any] = rows.annotate(tickets=Count("entries"))
        return counted

    def get_urls(self) -> list[URLPattern]:
        """The pages of every model and the confirmation."""
        confirm = self.admin_site.admin_view(require_POST(self.confirm))
        return [path("<int:object_id>/confirm/", confirm, name="tickets_handover_confirm"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The handover with its tickets."""
        if request.method == "POST":
            raise PermissionDenied
        handover = self._readable(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("From %(one)s to %(other)s") % {"one": handover.from_team, "other": handover.to_team},
            "opts": self.opts,
            "handover": handover,
            "ended": words.moment(handover.shift_ended_at),
            "confirmation": self.confirmation(handover),
            "may_confirm": handover.confirmed_at is None and may_confirm(handover, _person(request)),
            "rows": _rows(request, handover),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/tickets/handover.html", context)

    def confirm(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Say that one has read it."""
        handover = self._readable(request, str(object_id))
        access.refuse_unless(request, "tickets.work_ticket")
        try:
            confirmed = confirm_handover(handover_id=handover.pk, user=_person(request), now=timezone.now())
        except DomainError as error:
            access.say(request, error)
        else:
            messages.success(request, self.confirmation(confirmed))
        page = reverse("admin:tickets_handover_change", args=[handover.pk])
        return HttpResponseRedirect(access.back(request, page))

    def _readable(self, request: HttpRequest, object_id: str) -> Handover:
        access.refuse_unless(request, "tickets.view_handover")
        handover = self.get_object(request, object_id)
        if not isinstance(handover, Handover):
            raise Http404
        return handover

    @display(description=_("tickets"))
    def number_of_tickets(self, handover: Any) -> int:
        return int(handover.tickets)

    @display(description=_("read"))
    def confirmation(self, handover: Handover) -> str:
        if handover.confirmed_at is None:
            return gettext("Nobody has confirmed it yet.")
        return gettext("Confirmed by %(name)s, %(moment)s") % {
            "name": handover.confirmed_by or "—",
            "moment": words.moment(handover.confirmed_at),
        }


def waiting_for(request: HttpRequest) -> list[dict[str, str]]:
    """The handovers that the reader's own teams have not confirmed, for the head of their queue: one question."""
    if not request.user.has_perm("tickets.work_ticket"):
        return []
    rows = Handover.objects.filter(confirmed_at__isnull=True, to_team__memberships__user=_person(request))
    rows = rows.select_related("from_team", "to_team").annotate(tickets=Count("entries")).order_by("-id")
    return [
        {
            "text": gettext("%(one)s has handed over to %(other)s: %(count)d tickets, %(moment)s")
            % {
                "one": one.from_team,
                "other": one.to_team,
                "count": one.tickets,
                "moment": words.moment(one.shift_ended_at),
            },
            "address": reverse("admin:tickets_handover_change", args=[one.pk]),
            "confirm": reverse("admin:tickets_handover_confirm", args=[one.pk]),
        }
        for one in rows[:ABOVE_QUEUE]
    ]


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _rows(request: HttpRequest, handover: Handover) -> list[dict[str, Any]]:
    """The tickets that the reader may see, the most urgent first, as they stand now."""
    seen = Ticket.objects.visible_to(request.user) if request.user.has_perm("tickets.view_ticket") else None
    if seen is None:
        return []
    entries = handover.entries.filter(ticket__in=seen).select_related(
        "ticket__shipment", "ticket__assignee", "ticket__team", "ticket__incident"
    )
    return [
        {
            "ticket": one.ticket,
            "address": access.page_of(one.ticket_id),
            "why": one.get_why_display(),
            "due": words.moment(one.due_at) if one.due_at else "",
            "last_word": one.ticket.last_message_preview,
            "owner": str(one.ticket.assignee or "—"),
            "is_elsewhere": one.ticket.team_id != handover.to_team_id,
        }
        for one in entries.order_by("ticket__priority", "due_at", "ticket_id")[:SHOWN]
    ]
