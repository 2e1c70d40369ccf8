"""How a partner's page is drawn, and what its browser is told."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation

from common.admin.words import span
from tickets.portal.reader import zone_label

LANGUAGES = {"en": "English", "zh-hans": "简体中文"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Draw the template of that name, in the language and the hours that hold for this request."""
    language = translation.get_language() or "en"
    now = timezone.now()
    zone = timezone.get_current_timezone()
    framed = {
        "reader": getattr(request, "partner_reader", None),
        "html_language": "zh-Hans" if language == "zh-hans" else language,
        "languages": [(code, label, code == language) for code, label in LANGUAGES.items()],
        "zone": zone_label(zone, now=now),
        "now": now,
        "place": name,
        "span_words": json.dumps(_span_words()),
        **context,
    }
    response = render(request, f"tickets/partner/{name}.html", framed, status=status)
    response.headers["Content-Language"] = framed["html_language"]
    return with_headers(response)  # type: ignore[return-value]


def _span_words() -> dict[str, str]:
    """How lengths of time are written, for the countdown that goes on while a page is open."""
    return {
        "minutes": span(59 * 60).replace("59", "{m}"),
        "hours_minutes": span(9 * 3_600 + 58 * 60).replace("58", "{m}").replace("9", "{h}"),
        "hours": span(11 * 3_600).replace("11", "{h}"),
        "day": span(86_400),
        "days": span(7 * 86_400).replace("7", "{d}"),
    }


def with_headers(response: HttpResponseBase) -> HttpResponseBase:
    """Headers of all partners' pages; a file that is served keeps its own stricter policy."""
    for header, value in _HEADERS.items():
        response.headers.setdefault(header, value)
    return response
