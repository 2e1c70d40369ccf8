"""Who may see and do what at the desk. A refusal says little and changes nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from common.errors import DomainError, InvalidInput
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.policies.actor import Actor


def readable(request: HttpRequest) -> TicketQuerySet:
    """The tickets this person may read. Raises PermissionDenied for whoever may read none."""
    if not request.user.has_perm("tickets.view_ticket"):
        raise PermissionDenied
    return Ticket.objects.visible_to(request.user)


def ticket_or_404(request: HttpRequest, object_id: str | int, *related: str) -> Ticket:
    """The ticket as its kind. One that may not be seen is as good as none: 404."""
    if not str(object_id).isascii() or not str(object_id).isdigit() or len(str(object_id)) > 18:
        raise Http404
    ticket = readable(request).select_related(*related).filter(pk=int(object_id)).first()
    if ticket is None:
        raise Http404
    return ticket.typed()


def refuse_unless(request: HttpRequest, permission: str) -> None:
    """Raise PermissionDenied without the permission."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def actor(request: HttpRequest) -> Actor:
    """Whoever sits at the desk."""
    return Actor.staff(request.user)


def is_fetched(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which wants a part of the page instead of the whole."""
    return request.headers.get("X-Requested-With") == "fetch"


def page_of(ticket_id: int, request: HttpRequest | None = None) -> str:
    """The ticket's page, in the queue the reader came from."""
    address = reverse("admin:tickets_ticket_change", args=[ticket_id])
    query = request.GET.urlencode() if request else ""
    return f"{address}?{query}" if query else address


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser on; a script is told where to."""
    return JsonResponse({"location": address}) if is_fetched(request) else HttpResponseRedirect(address)


def back(request: HttpRequest, fallback: str) -> str:
    """The address the form wants to return to, if it is one of ours."""
    wanted = request.POST.get("return_to", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted.startswith("/") and safe else fallback


def say(request: HttpRequest, error: DomainError) -> None:
    """Show an expected failure as a sentence."""
    messages.error(request, sentence(error))


def sentence(error: DomainError) -> str:
    """What an expected failure says, with the fields it names."""
    details: list[Any] = []
    if isinstance(error, InvalidInput):
        details = [text for texts in error.data.values() for text in (texts if isinstance(texts, list) else [texts])]
    return " ".join([str(error) or _("This is not possible."), *map(str, details)])
