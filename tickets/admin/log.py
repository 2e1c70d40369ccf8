"""A ticket's log: who did what, when, through what, newest first, and whether its chain is whole."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from common.admin import words
from tickets.admin import access
from tickets.admin.event_details import content_details, event_details, named_in
from tickets.admin.event_words import event_title, event_who
from tickets.models import TicketEvent, TicketEventContent

PAGE = 100


def log_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """One page of the log, paged by sequence."""
    ticket = access.ticket_or_404(request, object_id, "customer", "shipment")
    events = TicketEvent.objects.filter(ticket=ticket).select_related("content").order_by("-sequence")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 10:
        events = events.filter(sequence__lt=int(before))
    found = list(events[: PAGE + 1])
    has_more, found = len(found) > PAGE, found[:PAGE]
    names = named_in(found)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Log of %(reference)s") % {"reference": ticket.reference},
        "opts": model_admin.opts,
        "is_fullwidth": "1",
        "ticket": ticket,
        "lines": [
            {
                "event": event,
                "when": words.moment(event.at),
                "exact": event.at.isoformat(),
                "title": event_title(event, ticket.kind),
                "who": event_who(event),
                "details": event_details(event, ticket.kind, names),
                "content": _content(event, ticket.kind),
                "hash": bytes(event.hash).hex(),
            }
            for event in found
        ],
        "earlier": found[-1].sequence if has_more else 0,
        "address": access.page_of(ticket.pk),
        "queue": request.GET.get("queue", ""),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/tickets/log.html", context)


def _content(event: TicketEvent, kind: str) -> list[tuple[str, str]]:
    try:
        return content_details(event, kind, event.content.content)
    except TicketEventContent.DoesNotExist:
        return [(_("content"), _("erased"))] if bytes(event.commitment) else []
