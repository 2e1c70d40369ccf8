"""What the clock does about promises: deadlines that passed become breaches, warnings are given, each once.

A sweep walks along the index of deadlines, hundreds a transaction, and looks again at each clock once its ticket is
locked: two sweeps at once, or one that was killed, neither lose nor double anything. A ticket that somebody is changing
is left to the next sweep; that change, if it touches the promise, writes the breach itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from tickets.models import Breach, Clock
from tickets.policies.promises import next_warning, percent_reached
from tickets.services.journal_many import Many, changing_many
from tickets.services.promises.breaching import BREACHED, WARNED, breaches_of, told_of
from tickets.services.promises.keeping import BY_CLOCK
from tickets.services.promises.policies import Promises, promises
from tickets.services.promises.rows import running_of

BATCH = 1_000

_DUE = """
SELECT ticket_id, due_at, id FROM tickets_clock
WHERE ended_at IS NULL AND breached_at IS NULL AND due_at <= %s AND (due_at, id) > (%s, %s)
ORDER BY due_at, id LIMIT %s
"""
_TO_WARN = """
SELECT ticket_id, warn_at, id FROM tickets_clock
WHERE ended_at IS NULL AND warn_at <= %s AND (warn_at, id) > (%s, %s)
ORDER BY warn_at, id LIMIT %s
"""
_BREACHED = "UPDATE tickets_clock SET breached_at = %s, warn_at = NULL WHERE id = ANY(%s)"
_WARNED = """
UPDATE tickets_clock c SET warn_at = n.warn_at, warned_percent = n.percent
FROM unnest(%s::bigint[], %s::timestamptz[], %s::smallint[]) AS n (id, warn_at, percent) WHERE c.id = n.id
"""
_BREACHES = """
INSERT INTO tickets_breach (clock_id, ticket_id, target, due_at, noticed_at, cause, assignee_id, team_id, partner_id)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[],
    %s::bigint[], %s::bigint[], %s::bigint[])
"""
_OF_BREACH = (
    "clock_id",
    "ticket_id",
    "target",
    "due_at",
    "noticed_at",
    "cause",
    "assignee_id",
    "team_id",
    "partner_id",
)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: promises it found missed, warnings it gave."""

    breached: int
    warned: int


def sweep(*, now: datetime) -> Swept:
    """Write a breach for each deadline that has passed and an event for each warning that is due, whenever it was."""
    return Swept(breached=_walk(_DUE, _breach, now=now), warned=_walk(_TO_WARN, _warn, now=now))


def _walk(sql: str, do: object, *, now: datetime) -> int:
    """Walk along an index once, a batch a transaction. What is skipped stays for the next sweep."""
    count, after = 0, (_LONG_AGO, 0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, [now, *after, BATCH])
            rows = cursor.fetchall()
        if not rows:
            return count
        after = rows[-1][1:]
        with changing_many({row[0] for row in rows}, actor=BY_CLOCK, now=now) as many:
            keys = {row[2] for row in rows}
            clocks = [clock for some in running_of(many.locked).values() for clock in some if clock.pk in keys]
            count += do(many, clocks)  # type: ignore[operator]


def _breach(many: Many, clocks: Sequence[Clock]) -> int:
    missed = sorted(
        (one for one in clocks if one.breached_at is None and one.due_at is not None and one.due_at <= many.now),
        key=lambda one: (one.due_at, one.pk),
    )
    if not missed:
        return 0
    due = {clock.pk: clock.due_at for clock in missed if clock.due_at is not None}
    breaches = breaches_of(missed, due=due, promises=promises(), now=many.now)
    for breach in breaches:
        many.record(breach.ticket_id, BREACHED, told_of(breach))
    with connection.cursor() as cursor:
        cursor.execute(_BREACHED, [many.now, [clock.pk for clock in missed]])
        _insert(cursor, breaches)
    return len(breaches)


def _insert(cursor: object, breaches: Sequence[Breach]) -> None:
    columns = [[getattr(breach, name) for breach in breaches] for name in _OF_BREACH]
    columns[2], columns[5] = [str(one) for one in columns[2]], [str(one) for one in columns[5]]
    cursor.execute(_BREACHES, columns)  # type: ignore[attr-defined]


def _warn(many: Many, clocks: Sequence[Clock]) -> int:
    policies = promises()
    given: list[tuple[int, datetime | None, int]] = []
    count = 0
    for clock in clocks:
        if clock.warn_at is None or clock.warn_at > many.now:
            continue
        percent, warn_at = _next(clock, policies, many.now)
        if percent is not None:
            data = {"target": clock.target, "due_at": clock.due_at, "clock": clock.pk, "percent": percent}
            many.record(clock.ticket_id, WARNED, data)
            count += 1
        given.append((clock.pk, warn_at, percent or clock.warned_percent))
    with connection.cursor() as cursor:
        cursor.execute(_WARNED, [[one[place] for one in given] for place in range(3)])
    return count


def _next(clock: Clock, policies: Promises, now: datetime) -> tuple[int | None, datetime | None]:
    """The share to warn of now (None: it is too late or too early for that) and when the next warning comes."""
    if clock.due_at is None or clock.due_at <= now or clock.breached_at is not None:
        return None, None
    hours = policies.of_clock(clock.policy_id, calendar_id=clock.calendar_id, partner_id=clock.partner_id)
    warn_at = policies.warn_at(clock.policy_id)
    percent = percent_reached(hours, due=clock.due_at, duration=clock.duration, warn_at=warn_at, now=now)
    if percent is None or percent <= clock.warned_percent:
        percent = None
    following = next_warning(
        hours,
        due=clock.due_at,
        duration=clock.duration,
        warn_at=warn_at,
        warned=max(percent or 0, clock.warned_percent),
        now=now,
    )
    return percent, following
