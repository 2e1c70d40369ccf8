"""How often one link and one address may ask: enough for people, too little for trying tokens or filling disks."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

WINDOW_SECONDS = 600
LOOKS_PER_ADDRESS = 600
WRONG_PER_ADDRESS = 60
SENDS_PER_LINK = 30
SENDS_PER_ADDRESS = 60


def too_many_looks(request: HttpRequest) -> bool:
    """Whether an address asks for more pages than a person, or an office behind one address, reads."""
    address = client_address(request)
    return _count(f"look:{address}") > LOOKS_PER_ADDRESS or cache.get(_key(f"wrong:{address}"), 0) > WRONG_PER_ADDRESS


def note_wrong(request: HttpRequest) -> None:
    """Count a link that does not exist against the address that tried it."""
    _count(f"wrong:{client_address(request)}")


def too_many_sends(request: HttpRequest, link_id: int) -> bool:
    """Whether one link, or one address, sends more than anybody has to send."""
    return (
        _count(f"send:{link_id}") > SENDS_PER_LINK or _count(f"send-from:{client_address(request)}") > SENDS_PER_ADDRESS
    )


def client_address(request: HttpRequest) -> str:
    """The address a request comes from; behind our own proxy, what that proxy says last."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.BEHIND_PROXY and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _count(what: str) -> int:
    key = _key(what)
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        return cache.incr(key)
    except ValueError:  # it ended between the two
        cache.set(key, 1, WINDOW_SECONDS)
        return 1


def _key(what: str) -> str:
    return "portal:" + hashlib.sha256(what.encode()).hexdigest()
