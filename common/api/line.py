"""Requests to `/api/v1/` take a line of their own: no session, no cookie, no page's middleware has a part in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve
from django.utils.module_loading import import_string

PREFIX = "/api/v1/"

type Answer = Callable[[HttpRequest], HttpResponseBase]


class ApiLineMiddleware:
    """Answers requests to the API behind ``settings.API_MIDDLEWARE`` alone; everything else goes on down the line.

    What stands before it in ``settings.MIDDLEWARE`` holds for the API too. Of what follows, the API needs the headers
    and the language; who asks is told by a key, so neither sessions nor the guard against forged forms have work here.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        line = cast("Answer", convert_exception_to_response(_view))
        for name in reversed(settings.API_MIDDLEWARE):
            line = cast("Answer", convert_exception_to_response(import_string(name)(line)))
        self._line = line

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PREFIX):
            return self._line(request)
        return self.get_response(request)


def _view(request: HttpRequest) -> HttpResponseBase:
    match = request.resolver_match = resolve(request.path_info)
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response
