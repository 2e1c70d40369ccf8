"""Promises missed: why, as the facts tell, and the row that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from tickets.choices import BreachCause
from tickets.models import Breach, Clock
from tickets.policies.promises import RESPONSES, AtTheDeadline, cause_of
from tickets.services.promises.policies import Promises

WARNED = "promise_warned"
BREACHED = "promise_breached"

# The facts that held at the deadline; where it lies before all of them, the first ones.
_STOOD = """
SELECT c.id, f.assignee_id, f.team_id, f.is_snoozed, c.target = ANY(%s) AND EXISTS (
    SELECT 1 FROM tickets_ticketevent e WHERE e.ticket_id = c.ticket_id AND e.at >= c.started_at AND e.at <= c.due_at
    AND e.type IN ('delivery_failed', 'delivery_in_doubt') AND e.data->>'audience' = 'customer'
)
FROM tickets_clock c LEFT JOIN LATERAL (
    SELECT * FROM tickets_ticketfacts WHERE ticket_id = c.ticket_id
    ORDER BY (valid_from <= c.due_at) DESC, CASE WHEN valid_from <= c.due_at THEN valid_from END DESC, valid_from
    LIMIT 1
) f ON true
WHERE c.id = ANY(%s)
"""


def breaches_of(
    clocks: Sequence[Clock], *, due: Mapping[int, datetime], promises: Promises, now: datetime
) -> list[Breach]:
    """The breach of each of these clocks, in their order.

    Their rows hold the deadline that was missed, and ``due`` has it by clock: a clock at hand may have been moved or
    paused meanwhile.
    """
    stood = _stood(clocks, due, promises)
    return [
        Breach(
            clock_id=clock.pk,
            ticket_id=clock.ticket_id,
            target=clock.target,
            due_at=due[clock.pk],
            noticed_at=now,
            cause=cause_of(clock.target, stood[clock.pk]),
            assignee_id=stood[clock.pk].assignee_id,
            team_id=stood[clock.pk].team_id,
            partner_id=clock.partner_id,
        )
        for clock in clocks
    ]


def told_of(breach: Breach) -> dict[str, Any]:
    """What the event of a breach says."""
    return {
        "target": str(breach.target),
        "due_at": breach.due_at,
        "clock": breach.clock_id,
        "cause": str(BreachCause(breach.cause)),
    }


def _stood(clocks: Sequence[Clock], due: Mapping[int, datetime], promises: Promises) -> dict[int, AtTheDeadline]:
    with connection.cursor() as cursor:
        cursor.execute(_STOOD, [list(RESPONSES), [clock.pk for clock in clocks]])
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    found = {}
    for clock in clocks:
        assignee_id, team_id, is_snoozed, delivery_failed = rows.get(clock.pk, (None, None, False, False))
        found[clock.pk] = AtTheDeadline(
            assignee_id=assignee_id,
            team_id=team_id,
            is_snoozed=bool(is_snoozed),
            delivery_failed=delivery_failed,
            nobody_at_work=_nobody_at_work(clock.started_at, due[clock.pk], team_id, promises),
        )
    return found


def _nobody_at_work(start: datetime, due: datetime, team_id: int | None, promises: Promises) -> bool:
    """Whether the team, or without one every team, was closed from the start to the deadline."""
    teams = [promises.of_team(team_id)] if team_id is not None else promises.of_all_teams()
    return bool(teams) and not any(hours.between(start, due) for hours in teams)
