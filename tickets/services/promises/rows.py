"""The rows of clocks as they are read and written: few columns, fixed statements, no trip of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from tickets.models import Breach, Clock
from tickets.services.rows import Statement, insertion

COLUMNS = tuple(one.attname for one in Clock._meta.concrete_fields)
_LISTED = ", ".join(COLUMNS)
RUNNING = f"SELECT {_LISTED} FROM tickets_clock WHERE ticket_id = %s AND ended_at IS NULL"  # noqa: S608 - our own names
RUNNING_OF_MANY = f"SELECT {_LISTED} FROM tickets_clock WHERE ticket_id = ANY(%s) AND ended_at IS NULL"  # noqa: S608
_NEW = tuple(name for name in COLUMNS if name != "id")
_KEPT = ("id", "ticket_id", "target", "started_at")
_CHANGING = tuple(name for name in COLUMNS if name not in _KEPT)
_UPDATE = f"UPDATE tickets_clock SET {', '.join(f'{name} = %s' for name in _CHANGING)} WHERE id = %s"  # noqa: S608
_LATE = "UPDATE tickets_breach SET late_by = greatest(%s - due_at, interval '0') WHERE clock_id = %s"


@dataclass(slots=True)
class Written:
    """What a ticket's promises want written: clocks that end or change, breaches, new clocks."""

    new: list[Clock] = field(default_factory=list)
    changed: list[Clock] = field(default_factory=list)
    ended: list[Clock] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    late: list[Clock] = field(default_factory=list)

    def statements(self) -> list[Statement]:
        """The statements in their order: a clock that begins anew may not meet the one before it."""
        statements = [_update(clock) for clock in (*self.ended, *self.changed)]
        statements += [insertion(breach) for breach in self.breaches]
        statements += [(_LATE, [clock.ended_at, clock.pk]) for clock in self.late]
        if self.new:
            statements.append(_insertion(self.new))
        return statements

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.ended)


def clock_of(row: Sequence[Any]) -> Clock:
    """A clock from a row of ``RUNNING``."""
    return Clock.from_db(connection.alias, COLUMNS, row)


def running_of(ticket_ids: Sequence[int]) -> dict[int, list[Clock]]:
    """The running clocks of these tickets; read them while the tickets are locked."""
    found: dict[int, list[Clock]] = {ticket_id: [] for ticket_id in ticket_ids}
    with connection.cursor() as cursor:
        cursor.execute(RUNNING_OF_MANY, [list(ticket_ids)])
        for row in cursor.fetchall():
            clock = clock_of(row)
            found[clock.ticket_id].append(clock)
    return found


def earliest(clocks: Sequence[Clock]) -> datetime | None:
    """The deadline that comes first, or is longest overdue."""
    return min((clock.due_at for clock in clocks if clock.due_at is not None), default=None)


def _update(clock: Clock) -> Statement:
    return _UPDATE, [*(getattr(clock, name) for name in _CHANGING), clock.pk]


@lru_cache(maxsize=64)
def _insert(count: int) -> str:
    row = f"({', '.join(['%s'] * len(_NEW))})"
    return f"INSERT INTO tickets_clock ({', '.join(_NEW)}) VALUES {', '.join([row] * count)}"  # noqa: S608


def _insertion(clocks: Sequence[Clock]) -> Statement:
    return _insert(len(clocks)), [getattr(clock, name) for clock in clocks for name in _NEW]
