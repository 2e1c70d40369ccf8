"""Writing from the ticket's page: to the customer, to a partner, or an internal note."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from logistics.models import Partner
from tickets.admin import access
from tickets.admin.audiences import NOTE
from tickets.admin.ticket_page import ticket_view
from tickets.choices import Direction
from tickets.models import Message, Ticket
from tickets.services import conversations
from tickets.services.answering import answer
from tickets.services.journal import changing
from tickets.services.knowledge_use import note_template


def write_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Send a text or write a note. When the ticket moved meanwhile, the first try only says so and keeps the text."""
    access.refuse_unless(request, "tickets.work_ticket")
    ticket = access.ticket_or_404(request, object_id, "shipment")
    address = access.page_of(ticket.pk, request)
    if request.method != "POST":
        return access.go(request, address)
    text = request.POST.get("text", "")
    audience = request.POST.get("audience", "")
    draft: dict[str, Any] = {"text": text, "audience": audience}
    with transaction.atomic():
        # Locked before we look: of two people, or two clicks, at the same moment the second one sees the first.
        ticket = Ticket.objects.for_update().get_typed(ticket.pk)
        news = _news(ticket, request.POST.get("seen", "")) if audience != NOTE else ""
        if news:
            draft["warning"] = news
        else:
            try:
                message = _write(ticket, request, audience, text)
                if message is not None and audience != NOTE:
                    note_template(message=message, key=request.POST.get("template", "")[:60], now=timezone.now())
            except DomainError as error:
                draft["error"] = access.sentence(error)
    if "warning" in draft or "error" in draft:
        draft["seen"] = ticket.event_sequence
        return _again(model_admin, request, object_id, draft)
    messages.success(request, _("Noted.") if audience == NOTE else _("On its way."))
    return access.go(request, address)


def _again(model_admin: Any, request: HttpRequest, object_id: str, draft: dict[str, Any]) -> HttpResponse:
    if access.is_fetched(request):
        return JsonResponse({name: draft[name] for name in ("warning", "error", "seen") if name in draft}, status=409)
    return ticket_view(model_admin, request, object_id, draft=draft, status=409)


def _write(ticket: Ticket, request: HttpRequest, audience: str, text: str) -> Message | None:
    actor, now = access.actor(request), timezone.now()
    what, _colon, number = audience.partition(":")
    if audience == NOTE:
        if request.FILES:
            raise DomainError(_("A note takes no files."))
        return conversations.note(ticket_id=ticket.pk, text=text, actor=actor, now=now)
    if what == "partner" and number.isascii() and number.isdigit():
        partner = Partner.objects.filter(pk=int(number[:18]), is_active=True).first()
        if partner is None:
            raise DomainError(_("This partner is not there any more."))
        with changing(ticket.pk, actor=actor, now=now) as change:
            message = conversations.write_to_partner(change, partner=partner, text=text, subject=ticket.subject)
            if message is None:
                raise DomainError(_("This partner has no contact with an e-mail address."))
        return message
    if audience != "customer" and not (what == "thread" and number.isascii() and number.isdigit()):
        raise DomainError(_("Choose whom you write to."))
    return answer(
        ticket_id=ticket.pk,
        text=text,
        actor=actor,
        now=now,
        conversation_id=int(number[:18]) if what == "thread" else None,
        attachments=request.FILES.getlist("files"),
    )


def _news(ticket: Ticket, seen: str) -> str:
    """What came to the ticket since the page was opened; empty when nothing that matters did."""
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10) or int(seen) >= ticket.event_sequence:
        return ""
    types = set(ticket.events.filter(sequence__gt=int(seen)).values_list("type", flat=True)[:100])
    if "message_received" in types or _customer_wrote_after(ticket, int(seen)):
        return _("The customer wrote while you were writing. Read it, then send again.")
    if types & {"transition", "converted", "merged"}:
        return _("The ticket was moved while you were writing. Look at it, then send again.")
    if "message_queued" in types:
        return _("A colleague wrote while you were writing. Read it, then send again.")
    return ""


def _customer_wrote_after(ticket: Ticket, seen: int) -> bool:
    since = ticket.events.filter(sequence=seen).values_list("at", flat=True).first()
    if since is None:
        return False
    return Message.objects.filter(ticket=ticket, direction=Direction.IN, created_at__gt=since).exists()
