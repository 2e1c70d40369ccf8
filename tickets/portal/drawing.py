"""How the customers' pages are drawn: their headers, their languages, the token of their forms."""

from __future__ import annotations

from typing import Any

from django.core.signing import TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from common.errors import DomainError, InvalidInput
from tickets.models import CustomerLink
from tickets.portal import limits
from tickets.portal.reader import LANGUAGES

FORM_LIFE_SECONDS = 24 * 60 * 60
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
}


def signer(link: CustomerLink) -> TimestampSigner:
    """What signs the forms of a link's page, and of no other's."""
    return TimestampSigner(salt=f"clearway.portal.{link.pk}.{bytes(link.token_hash).hex()}")


def sentences(error: DomainError) -> list[str]:
    """What an error says, field by field."""
    if isinstance(error, InvalidInput) and error.data:
        return [str(sentence) for sentences in error.data.values() for sentence in sentences]
    return [str(error)]


def query(request: HttpRequest) -> str:
    """The language picked on the page, to be kept in an address."""
    picked = request.GET.get("lang", "")
    return f"lang={picked}&" if picked in LANGUAGES else ""


def plain_page(request: HttpRequest, name: str, language: str, *, status: int) -> HttpResponse:
    """A page that tells nothing of any link."""
    with translation.override(language):
        return draw(request, name, language, {}, status=status)


def too_many_page(request: HttpRequest, language: str) -> HttpResponse:
    """To whoever asks too often."""
    response = plain_page(request, "too_many", language, status=429)
    response.headers["Retry-After"] = str(limits.WINDOW_SECONDS)
    return response


def draw(request: HttpRequest, name: str, language: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    """A page from its template."""
    languages = [(code, label, code == language) for code, label in LANGUAGES.items()]
    html_language = "zh-Hans" if language == "zh-hans" else language
    context = {**context, "languages": languages, "html_language": html_language}
    return with_headers(render(request, f"tickets/portal/{name}.html", context, status=status), language)


def with_headers(response: HttpResponse, language: str) -> HttpResponse:
    """The answer with what keeps a customer's page to themselves."""
    for header, value in _HEADERS.items():
        response.headers[header] = value
    response.headers["Content-Language"] = "zh-Hans" if language == "zh-hans" else language
    return response
