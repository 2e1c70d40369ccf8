"""Keys in the `Authorization` header (RFC 6750)."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, Throttled
from rest_framework.request import Request

from common import visits
from common.api.caller import Caller, KeyReader
from common.models import User

FAILURES_PER_NETWORK = 60
FAILURES_SECONDS = 600
LONGEST_KEY = 200
_readers: list[KeyReader] = []


def read_keys_with(reader: KeyReader) -> None:
    """Say who knows keys. One floor does."""
    _readers[:] = [reader]


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer cw_live_…`. Every key that does not work is refused in the same way.

    Keys that do not work are counted by network; beyond the limit such requests are answered 429. A working key is
    never refused for what its neighbours try: its secret has 256 bits, trying them is noise, not a danger.
    """

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Caller]:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _blank, text = header.partition(" ")
        text = text.strip()
        if not header or scheme.lower() != "bearer" or not text:
            raise NotAuthenticated(_("Send a key: “Authorization: Bearer cw_live_…”."))
        now = timezone.now()
        address = visits.client_host(cast("HttpRequest", request))
        caller = _readers[0](text[:LONGEST_KEY], address, now) if _readers else None
        if caller is None:
            self._count_failure(request)
            raise AuthenticationFailed(_("This key does not work."))
        return caller.user or AnonymousUser(), caller

    def authenticate_header(self, request: Request) -> str:
        """What makes the answer 401 (RFC 9110, 11.6.1)."""
        return 'Bearer realm="clearway"'

    @staticmethod
    def _count_failure(request: Any) -> None:
        network, now = visits.client_network(request), timezone.now()
        tried = visits.take(f"api failures {network}", seconds=FAILURES_SECONDS, now=now)
        if tried.count > FAILURES_PER_NETWORK:
            raise Throttled(wait=max(1, round((tried.ends_at - now).total_seconds())))
