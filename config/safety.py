"""What browsers are told: which content a page may use, and where it finds its event streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse


def content_security_policy(
    *, hosts: Iterable[str], streams_port: int, streams_url: str, upgrade: bool
) -> dict[str, Any]:
    """Settings for django-csp: no inline script, nothing from other sites, frames of our own attachments only.

    `unsafe-eval` is what Unfold's build of Alpine needs; inline styles are what its charts and widths need.
    """
    # A policy cannot name an IPv6 address (CSP 3, host-source); such a page is told of changes when it is loaded anew.
    names = [host for host in hosts if host != "*" and host[:1] not in {".", "["}]
    streams = [streams_url] if streams_url else [f"http://{name}:{streams_port}" for name in names]
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            "script-src": [SELF, UNSAFE_EVAL],
            "style-src": [SELF, UNSAFE_INLINE],
            "img-src": [SELF, "data:", "blob:"],
            "font-src": [SELF, "data:"],
            "connect-src": [SELF, *streams],
            "frame-src": [SELF],
            "frame-ancestors": [NONE],
            "form-action": [SELF],
            "base-uri": [SELF],
            "object-src": [NONE],
            "upgrade-insecure-requests": upgrade,
        },
    }


def streams_address(request: HttpRequest) -> dict[str, str]:
    """Template context: `streams_url`, the address that `/streams/…` of this page's host is found under."""
    if settings.STREAMS_URL:
        return {"streams_url": settings.STREAMS_URL}
    host, separator, port = request.get_host().rpartition(":")
    name = host if separator and port.isdigit() else request.get_host()
    return {"streams_url": f"{request.scheme}://{name}:{settings.STREAMS_PORT}"}


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Whom a sign-in names, one spelling for all cases: throttling must not be dodged by capitals."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    return str(name).strip().lower()[:255]


class SafetyHeadersMiddleware:
    """Refuses requests that are too large or whose address holds a NUL; switches off what no page of ours uses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413 to a request whose declared length is beyond MAX_REQUEST_BYTES, 400 to one that makes no sense."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            response = _refused(request, 400, "The length of the request is not a number.")
        elif "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            # No page of ours takes it, PostgreSQL takes it nowhere, and lists would hand it on.
            response = _refused(request, 400, "The address holds a NUL.")
        elif int(length) > settings.MAX_REQUEST_BYTES:
            response = _refused(request, 413, "The request is too large.")
        else:
            response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response


def _refused(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """In words; for programs that use the API as a problem."""
    if request.path_info.startswith("/api/"):
        # Settings import this module, and REST framework wants settings.
        from common.api.errors import refusal

        return refusal("too_large" if status == 413 else "malformed", detail=sentence)
    return HttpResponse(sentence, status=status, content_type="text/plain")
