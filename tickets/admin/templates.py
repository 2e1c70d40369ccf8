"""Templates on tickets: how a text reads on a real one, and what the composer offers to put in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.policies.reader import is_language
from knowledge_base.admin.templates import TemplateAdmin
from knowledge_base.models import TemplateAudience
from knowledge_base.policies.template_text import check, sentences
from knowledge_base.services import templates
from logistics.models import Partner
from tickets.admin import access
from tickets.choices import Audience
from tickets.models import Conversation, Ticket
from tickets.services import letters
from tickets.services.parties import partner_of

TemplateAdmin.preview_route = "admin:tickets_ticket_template_preview"

MAX_TEXT = 10_000


def preview_view(request: HttpRequest) -> HttpResponse:
    """A text that somebody writes just now, filled for a ticket that they may see. Stores nothing."""
    access.refuse_unless(request, "knowledge_base.view_messagetemplate")
    if request.method != "POST":
        return HttpResponse(status=405)
    ticket = access.readable(request).by_reference(request.POST.get("reference", "")[:40]).first()
    if ticket is None:
        return _problems([_("There is no such ticket that you may see.")])
    language, audience = request.POST.get("language", "")[:12], request.POST.get("audience", "")
    if not is_language(language) or audience not in TemplateAudience.values:
        return _problems([_("Choose the language and who reads it.")])
    subject, text = (request.POST.get(name, "")[:MAX_TEXT] for name in ("subject", "text"))
    found = [*check(subject, audience=audience), *check(text, audience=audience)]
    if found:
        return _problems(list(sentences(found)))
    ticket = ticket.typed()
    partner = partner_of(ticket, ticket.waiting_on) if audience == TemplateAudience.PARTNER else None
    template = templates.draft(language=language, subject=subject, text=text, audience=audience)
    rendered = letters.preview(template=template, ticket=ticket, partner=partner, now=timezone.now())
    return JsonResponse({"subject": rendered.subject, "text": rendered.text, "language": rendered.language})


def _problems(found: list[str]) -> JsonResponse:
    return JsonResponse({"problems": found}, status=400)


def offered() -> list[dict[str, Any]]:
    """What the composer offers: templates for customers and partners."""
    found = templates.in_use([TemplateAudience.CUSTOMER, TemplateAudience.PARTNER])
    rows = [
        {"key": one.key, "name": _(one.name) if one.is_shipped else one.name, "audience": one.audience} for one in found
    ]
    return sorted(rows, key=lambda row: (row["audience"], row["name"]))


def insert_view(request: HttpRequest, object_id: int, key: str) -> HttpResponse:
    """A template filled for a ticket, to be read and changed before somebody sends it. Sends nothing."""
    access.refuse_unless(request, "tickets.work_ticket")
    if request.method != "GET":
        return HttpResponse(status=405)
    ticket = access.ticket_or_404(request, object_id, "customer", "shipment__carrier", "team", "assignee")
    try:
        text = filled(ticket, key, request.GET.get("audience", ""))
    except DomainError as error:
        return JsonResponse({"error": access.sentence(error)}, status=409)
    return JsonResponse({"text": text})


def filled(ticket: Ticket, key: str, audience: str = "") -> str:
    """The text of a template for whom the composer writes to. Raises Http404, TemplateUnusable, ValuesMissing."""
    found = templates.template(key)
    if found.audience == TemplateAudience.STAFF:
        raise Http404
    partner = _partner(ticket, audience) if found.audience == TemplateAudience.PARTNER else None
    return letters.letter(key=key, ticket=ticket, partner=partner).text


def _partner(ticket: Ticket, audience: str) -> Partner | None:
    """Whom the composer writes to, else the partner the ticket waits on."""
    what, _colon, number = audience.partition(":")
    if number.isascii() and number.isdigit() and len(number) < 19:
        if what == "partner":
            return Partner.objects.filter(pk=int(number)).first()
        thread = Conversation.objects.filter(pk=int(number), ticket=ticket, audience=Audience.PARTNER)
        if chosen := thread.select_related("identity__partner").first():
            return chosen.identity.partner
    return partner_of(ticket, ticket.waiting_on)
