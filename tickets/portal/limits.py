"""How often one link and one address may ask: enough for people, too little for trying tokens or filling disks."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from common.visits import client_network, count, counted

WINDOW_SECONDS = 600
LOOKS_PER_ADDRESS = 600
WRONG_PER_ADDRESS = 60
SENDS_PER_LINK = 30
SENDS_PER_ADDRESS = 60


def too_many_looks(request: HttpRequest, *, now: datetime) -> bool:
    """Whether an address asks for more pages than a person, or an office behind one address, reads."""
    address = client_network(request)
    return (
        counted(f"portal wrong {address}", now=now) > WRONG_PER_ADDRESS
        or _count(f"look {address}", now) > LOOKS_PER_ADDRESS
    )


def note_wrong(request: HttpRequest, *, now: datetime) -> None:
    """Count a link that does not exist against the address that tried it."""
    _count(f"wrong {client_network(request)}", now)


def too_many_sends(request: HttpRequest, link_id: int, *, now: datetime) -> bool:
    """Whether one link, or one address, sends more than anybody has to send."""
    return (
        _count(f"send {link_id}", now) > SENDS_PER_LINK
        or _count(f"send from {client_network(request)}", now) > SENDS_PER_ADDRESS
    )


def _count(what: str, now: datetime) -> int:
    return count(f"portal {what}", seconds=WINDOW_SECONDS, now=now)
