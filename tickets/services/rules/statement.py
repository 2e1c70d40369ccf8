"""One statement that tells for many moments at once which of many conditions hold there.

Live verdicts, backtests and time rules run this same text. It is prepared on the server: a hundred rules cost a
parse and a plan once a connection, not once a ticket.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import psycopg
from django.db import connection

from tickets.policies.conditions import Expression

MOST_KEYS = 2_000
"""Keys of one execution; more are asked in several."""


class Key(NamedTuple):
    """A moment of a ticket. ``event_id`` when something happened then; ``message_id`` when it is about a message.

    The message of an event that names one needs no ``message_id``.
    """

    ticket_id: int
    at: datetime
    event_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to hold: an expression, and for a rule about events which types of event it listens to."""

    expression: Expression
    events: tuple[str, ...] | None = None


# The arrays stand in sub-selects so that the planner sees as little of them with their values as without: else a plan
# for "about ten keys" looks dearer to it than planning anew for each single key, and it plans all rules each time.
_KEYS = """
FROM unnest((SELECT %s::bigint[]), (SELECT %s::timestamptz[]), (SELECT %s::bigint[]), (SELECT %s::bigint[]))
    WITH ORDINALITY AS k(ticket_id, at, event_id, message_id, place)
JOIN LATERAL (
    SELECT * FROM tickets_ticketfacts WHERE ticket_id = k.ticket_id AND valid_from <= k.at
    ORDER BY valid_from DESC LIMIT 1
) f ON true
"""
_BEFORE = """
LEFT JOIN LATERAL (
    SELECT * FROM tickets_ticketfacts
    WHERE ticket_id = k.ticket_id AND valid_from < f.valid_from AND f.valid_from = k.at
    ORDER BY valid_from DESC LIMIT 1
) p ON true
"""
_EVENT = """
LEFT JOIN tickets_ticketevent e ON e.id = k.event_id
"""
_MESSAGE = """
LEFT JOIN tickets_message m ON m.id = coalesce(
    k.message_id, CASE WHEN jsonb_typeof(e.data->'message') = 'number' THEN (e.data->'message')::bigint END
)
"""
_TICKET = """
JOIN tickets_ticket t ON t.id = k.ticket_id
"""


@dataclass(frozen=True)
class Statement:
    """The text and its parameters, made once. ``verdicts`` runs it."""

    conditions: tuple[Condition, ...]
    sql: bytes = field(init=False)
    params: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        tests, params = [], []
        for place, condition in enumerate(self.conditions):
            test = condition.expression.sql
            if condition.events is not None:
                test = f"e.type = ANY(%s::text[]) AND {test}"
                params.append(list(condition.events))
            params += condition.expression.params
            tests.append(f"CASE WHEN {test} THEN {place} END")
        text = f"SELECT k.place, array_remove(ARRAY[{', '.join(tests)}]::int[], NULL)"
        text += _KEYS + self._joins(text)
        # Numbered and as text, each is adapted once here and not at each execution: they are many.
        object.__setattr__(self, "sql", numbered(text).encode())
        object.__setattr__(self, "params", tuple(_as_text(value) for value in params))

    @staticmethod
    def _joins(text: str) -> str:
        """Only what is asked for is looked up."""
        parts = (
            ("p.", _BEFORE),
            ("e.", _EVENT),
            ("m.", _EVENT + _MESSAGE),
            ("t.", _TICKET),
        )
        used = "".join(join for alias, join in parts if f" {alias}" in text or f"({alias}" in text)
        # A message needs its event, which then stands there once.
        return used.replace(_EVENT + _EVENT, _EVENT)

    def verdicts(self, keys: Sequence[Key]) -> list[list[int]]:
        """For each key the places of the conditions that hold, in order. A ticket without facts then: none.

        Errors of the database come as Django's.
        """
        found: list[list[int]] = []
        for start in range(0, len(keys), MOST_KEYS):
            found += self._run(keys[start : start + MOST_KEYS])
        return found

    def _run(self, keys: Sequence[Key]) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in keys]
        for place, holding in execute_prepared(self.sql, [*self.params, *columns(keys)]):
            found[place - 1] = holding
        return found


def columns(keys: Iterable[Key]) -> list[str]:
    """The keys as four array literals. As text, because the types of lists vary with the size of their numbers."""
    rows = list(keys)
    return [
        _array(str(key.ticket_id) for key in rows),
        _array(f'"{key.at.astimezone(UTC).isoformat()}"' for key in rows),
        _array("NULL" if key.event_id is None else str(key.event_id) for key in rows),
        _array("NULL" if key.message_id is None else str(key.message_id) for key in rows),
    ]


def _array(items: Iterable[str]) -> str:
    return "{" + ",".join(items) + "}"


def numbered(sql: str) -> str:
    """The same text with $1, $2 … in place of each %s."""
    parts = sql.split("%s")
    return parts[0] + "".join(f"${place}{part}" for place, part in enumerate(parts[1:], 1))


def _as_text(value: Any) -> str:
    """A value as PostgreSQL reads it; each stands before a cast that says its type."""
    if isinstance(value, list):
        return _array(_quoted(one) if isinstance(one, str) else _as_text(one) for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def execute_prepared(sql: bytes, params: Sequence[str]) -> list[tuple[Any, ...]]:
    """Run a statement with $1, $2 … that the server keeps parsed and planned for this connection; all its rows.

    Django's own cursors put parameters into the text, so each statement is new to the server; this one does not.
    """
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    threshold, raw.prepare_threshold = raw.prepare_threshold, 1
    try:
        with connection.wrap_database_errors, psycopg.RawCursor(raw) as cursor:
            cursor.execute(sql, params, prepare=True)
            return cursor.fetchall()
    finally:
        raw.prepare_threshold = threshold
