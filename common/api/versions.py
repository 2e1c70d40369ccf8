"""Against lost updates and needless answers: `ETag`, `If-Match`, `If-None-Match` (RFC 9110, 8.8.3 and 13.1)."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.errors import PreconditionFailed

_TAGS = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def etag_of(*state: object) -> str:
    """A strong tag of whatever tells one state of a row from another: its key and version, or all of its fields."""
    return f'"{hashlib.sha256(repr(state).encode()).hexdigest()[:24]}"'


def check_match(request: Request, etag: str) -> None:
    """Raise PreconditionFailed when `If-Match` names another state. Call it with the row locked.

    Weak tags never match here (RFC 9110, 13.1.1). Without the header nothing is asked.
    """
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return
    if etag not in {f'"{tag}"' for weak, tag in _TAGS.findall(given) if not weak}:
        raise PreconditionFailed(_("It was changed meanwhile; this is no longer the state that If-Match names."))


def is_unchanged(request: Request, etag: str) -> bool:
    """Whether `If-None-Match` names the present state: the answer is 304 then."""
    given = request.headers.get("If-None-Match")
    if given is None:
        return False
    return given.strip() == "*" or etag in {f'"{tag}"' for _weak, tag in _TAGS.findall(given)}


def with_etag(request: Request, body: Any, etag: str, **answer: Any) -> Response:
    """An answer with its ETag; 304 without a body to a reader who has it already."""
    if request.method in {"GET", "HEAD"} and is_unchanged(request, etag):
        return Response(status=304, headers={"ETag": etag})
    headers = {**answer.pop("headers", {}), "ETag": etag}
    return Response(body, headers=headers, **answer)
