"""Sets of configuration that processes keep compiled in memory, and how they learn of a change.

Whoever changes a calendar, a rule, a promise or a template calls ``bump``; whoever keeps something made from them asks
``Kept.get``. One query a second and process tells whether anything changed, so another process follows within a second
and the one that made the change at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection, transaction

from common.models import Revision

CALENDARS = "calendars"
PROMISES = "promises"
RULES = "rules"
ROUTING = "routing"
TEMPLATES = "templates"
WORDS = "words"

LOOK_EVERY_SECONDS = 1.0

_BUMP = """
INSERT INTO common_revision (name, number) VALUES (%s, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
ON CONFLICT (name) DO UPDATE SET number =
    greatest(common_revision.number + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
"""
# Microseconds and not a count: a number that was rolled back never comes again for another content.
_lock = threading.Lock()
_seen: dict[str, int] = {}
_looked_at = float("-inf")


def bump(name: str) -> None:
    """Say that a set has changed; call it in the transaction that changes it."""
    with connection.cursor() as cursor:
        cursor.execute(_BUMP, [name])
    look_again()
    transaction.on_commit(look_again)


def look_again() -> None:
    """Let this process look at the database at the next question (tests do, after they went back in time)."""
    global _looked_at  # noqa: PLW0603 - what a process knows
    with _lock:
        _looked_at = float("-inf")


def current(*names: str) -> tuple[int, ...]:
    """The numbers of these sets as this process knows them, not older than ``LOOK_EVERY_SECONDS``."""
    global _looked_at  # noqa: PLW0603
    with _lock:
        is_old = time.monotonic() - _looked_at >= LOOK_EVERY_SECONDS
    if is_old:
        numbers = dict(Revision.objects.values_list("name", "number"))
        with _lock:
            _seen.clear()
            _seen.update(numbers)
            # Inside a transaction that changed a set, what is seen may still be undone.
            _looked_at = float("-inf") if _changed_here() else time.monotonic()
    with _lock:
        return tuple(_seen.get(name, 0) for name in names)


def _changed_here() -> bool:
    return any(entry[1] is look_again for entry in connection.run_on_commit)


class Kept[T]:
    """Something made from sets, made anew when one of them changed.

    _hours = Kept(load_hours, CALENDARS)
    _hours.get()
    """

    def __init__(self, make: Callable[[], T], *names: str) -> None:
        self._make = make
        self._names = names
        self._made: tuple[tuple[int, ...], T] | None = None

    def get(self) -> T:
        numbers = current(*self._names)
        made = self._made
        if made is None or made[0] != numbers:
            made = self._made = (numbers, self._make())
        return made[1]

    def forget(self) -> None:
        self._made = None
