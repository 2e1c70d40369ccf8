"""A name for each request: in its answer, in every log line written meanwhile, in problems."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)
HEADER = "X-Request-Id"
_SOUND = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:=+/-]{0,127}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The name of the request that is being answered; empty outside of one."""
    return _current.get()


class RequestIdMiddleware:
    """Takes the caller's `X-Request-Id` when it is a plain word of at most 128 characters, else makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        name = given if _SOUND.fullmatch(given) else uuid.uuid4().hex
        token = _current.set(name)
        began = time.monotonic()
        try:
            response = self.get_response(request)
            if request.path_info.startswith("/api/v1/"):
                caller = getattr(request, "api_caller", None)
                # Without its query: what somebody searched for is nobody's business.
                logger.info(
                    "%s %s %d %.0f ms, key %s",
                    request.method,
                    request.path_info.encode("unicode_escape").decode()[:300],
                    response.status_code,
                    (time.monotonic() - began) * 1000,
                    caller.key_id if caller else "-",
                )
        finally:
            _current.reset(token)
        response.headers[HEADER] = name
        return response
