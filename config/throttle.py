"""Slowing down whoever tries passwords: per name and address (django-axes), and per address over all names."""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from common.visits import UNKNOWN_NETWORK


class SignInGuard(AxesDatabaseHandler):  # type: ignore[misc] # the library has no types
    """Counts failures of a name at an address, and those of the address with whatever names.

    The second limit is wide: people of one office share an address. A success takes back one's own failures only, so
    that an account of one's own does not buy further attempts at others.
    """

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """Failures of the name at the address; as many as lock it when the address has failed too often."""
        of_name = int(super().get_failures(request, credentials))
        if of_address(request) < settings.SIGN_IN_FAILURES_PER_ADDRESS:
            return of_name
        return max(of_name, int(get_failure_limit(request, credentials)))


def of_address(request: Any) -> int:
    """Failures of a request's address within the cool-off, 0 when its address is not known."""
    if request.axes_ip_address == UNKNOWN_NETWORK:
        return 0
    return int(_recent(request).aggregate(total=Sum("failures_since_start"))["total"] or 0)


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """429 in words, with the seconds after which trying again makes sense, whether or not there is such a name."""
    attempts = _recent(request)
    if of_address(request) < settings.SIGN_IN_FAILURES_PER_ADDRESS:
        attempts = attempts.filter(username=get_client_username(request, credentials))
    last = attempts.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    seconds = max(1, round((last + get_cool_off(request) - timezone.now()).total_seconds()))
    page = render(
        request, "config/locked_out.html", {"minutes": -(-seconds // 60)}, status=settings.AXES_HTTP_RESPONSE_CODE
    )
    page.headers["Retry-After"] = str(seconds)
    return page


def _recent(request: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = AccessAttempt.objects.filter(
        ip_address=request.axes_ip_address, attempt_time__gte=get_cool_off_threshold(request)
    )
    return found
