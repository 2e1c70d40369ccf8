"""Sessions that end, and pages in the language of whoever signed in."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

_BEGAN, _RENEWED = "session_began", "session_renewed"


def note_beginning(request: HttpRequest | None, **_: Any) -> None:
    """Receiver of `user_logged_in`: from now on the session's age counts."""
    if request is not None:
        request.session[_BEGAN] = request.session[_RENEWED] = _now()


def _now() -> int:
    return int(timezone.now().timestamp())


class SessionsEndMiddleware:
    """Renews a session while it is used and ends it SESSION_LONGEST_SECONDS after signing in all the same.

    Renewing is a write, so it happens once per SESSION_RENEW_SECONDS and not with every request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End or renew the session before anybody asks who it belongs to; a key that none can have is left out."""
        if "\0" in request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
            request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            session, now = request.session, _now()
            if now - session.get(_BEGAN, 0) > settings.SESSION_LONGEST_SECONDS:
                session.flush()
            elif now - session.get(_RENEWED, 0) > settings.SESSION_RENEW_SECONDS:
                session[_RENEWED] = now
        return self.get_response(request)


class OwnLanguageMiddleware:
    """Shows pages in the signed-in person's language, unless they chose another one in this browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Switch to the person's language for this request."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            language = getattr(request.user, "language", "")
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = language
        return self.get_response(request)
