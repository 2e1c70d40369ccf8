"""Keeping and removing views of a dashboard."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import DomainError
from tickets.admin import access
from tickets.admin.dashboards.asked import read_address
from tickets.admin.dashboards.page import board_of
from tickets.services.saved_views import remove_view, save_view


def keep_view(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the page as it is filtered now under a name."""
    board = board_of(request, name)
    access.refuse_unless(request, "tickets.work_ticket")  # auditors look, and leave nothing behind
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    now = timezone.now()
    asked = read_address(board, QueryDict(request.POST.get("query", "")[:4000]), now=now)
    query = urlencode(asked.pairs)
    is_shared = request.POST.get("is_shared") == "on"
    if is_shared and not request.user.has_perm("tickets.supervise"):
        raise PermissionDenied
    owner = access.actor(request).user
    assert owner is not None
    try:
        kept = save_view(
            owner=owner,
            board=board.name,
            name=request.POST.get("name", ""),
            query=query,
            is_shared=is_shared,
            now=now,
        )
    except DomainError as error:
        access.say(request, error)
    else:
        messages.success(request, _("“%(name)s” is kept.") % {"name": kept.name})
    return HttpResponseRedirect(f"{reverse('dashboards:board', args=[board.name])}?{query}")


def remove_kept_view(request: HttpRequest, name: str, view_id: int) -> HttpResponse:
    """Remove a kept view: one's own; a supervisor also a shared one."""
    board = board_of(request, name)
    access.refuse_unless(request, "tickets.work_ticket")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    may_remove = request.user.has_perm("tickets.supervise")
    if view_id < 2**63 and remove_view(view_id=view_id, user=request.user, may_remove_shared=may_remove):
        messages.success(request, _("The view is removed."))
    return HttpResponseRedirect(reverse("dashboards:board", args=[board.name]))
