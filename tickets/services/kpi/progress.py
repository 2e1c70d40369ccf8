"""How far the figures have come, and how a cursor goes along events without missing one that commits late.

Events get their numbers when they are written, not when they commit: number 7 may become visible after number 9. The
cursor therefore goes only as far as nobody can come below it any more. Whoever writes an event has locked or inserted
its ticket before, so its transaction has an id before the event has a number. So: note the last number given (H), then
the first transaction id not yet given (X). Once every transaction below X has ended, no event up to H can appear.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from tickets.models import KpiProgress, KpiTouched
from tickets.policies.kpi import histogram
from tickets.policies.kpi.measures import ALL_MARKS, BATCH

NAME = "figures"
LATE_AFTER = timedelta(seconds=60)
_PATIENCE_SECONDS = 0.5
_LOCK = 0x6B_7069  # "kpi": one of us counts at a time
_GIVEN = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('tickets_ticketevent', 'id')::regclass), 0)"
_FIRST_FREE = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

FORMULAS = hashlib.sha256(f"{BATCH}{ALL_MARKS}{histogram.SQL}".encode()).hexdigest()
"""What is counted, and how: rows that were counted by another text want a rebuild."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Events up to ``given`` had their numbers when we looked; ``is_safe``: none of them can appear later."""

    given: int
    is_safe: bool


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh figures are. ``through``: all that had committed by then is in them; None before the first count."""

    through: datetime | None
    lag: timedelta | None
    is_late: bool
    is_rebuilding: bool
    needs_rebuild: bool


def horizon() -> Horizon:
    """How far the cursor may go. Waits a moment for transactions under way, not for long ones."""
    given = _one(_GIVEN)
    free = _one(_FIRST_FREE)
    until = time.monotonic() + _PATIENCE_SECONDS
    while (is_safe := _one(_OLDEST) >= free) is False and time.monotonic() < until:
        if connection.in_atomic_block:  # our own transaction never ends while we wait for it
            break
        time.sleep(0.02)
    return Horizon(given, is_safe)


def freshness(now: datetime) -> Freshness:
    """How fresh the figures are; whoever shows them says so when they are late or being counted anew."""
    row = KpiProgress.objects.filter(name=NAME).first()
    through = row.through_at if row else None
    lag = max(now - through, timedelta(0)) if through else None
    return Freshness(
        through=through,
        lag=lag,
        is_late=lag is None or lag > LATE_AFTER,
        is_rebuilding=row is not None and row.rebuilding_since is not None,
        needs_rebuild=row is None or row.formulas != FORMULAS,
    )


def locked() -> KpiProgress | None:
    """How far we are, with the right to count until the transaction ends; None when somebody else counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return None
    return KpiProgress.objects.get_or_create(name=NAME)[0]


@contextmanager
def alone() -> Iterator[None]:
    """Let nobody else count for as long as this lasts; waits for whoever does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def touch(ticket_ids: Sequence[int]) -> None:
    """Say that these tickets' figures changed without an event of theirs, in the transaction of the change."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("touch() belongs into the transaction of the change")
    KpiTouched.objects.bulk_create([KpiTouched(ticket_id=ticket_id) for ticket_id in ticket_ids])


def _one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def begin_here(*, now: datetime) -> None:
    """Leave out all that is there by now: for data that was loaded, whose figures ``rebuild`` counts."""
    KpiProgress.objects.update_or_create(name=NAME, defaults={"event_id": _one(_GIVEN), "through_at": now})
