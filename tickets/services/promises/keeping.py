"""Keeping a ticket's promises in line with each change of it, in the change's own transaction and trip.

A new ticket costs no read. A change knows its running clocks from the trip that locked it; what lies further back is
read only when a pause ends, a promise begins whose start is not at hand, or another policy fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tickets.choices import ENDED_PHASES
from tickets.policies.actor import Actor
from tickets.services.promises.breaching import BREACHED, breaches_of, told_of
from tickets.services.promises.history import History
from tickets.services.promises.planning import Happened, Plan
from tickets.services.promises.policies import Promises, promises
from tickets.services.promises.rows import Written, earliest
from tickets.services.rows import Statement

if TYPE_CHECKING:
    from tickets.services.journal import Change

BY_CLOCK = Actor.clock("promises")


def keep(change: Change, facts: Mapping[str, Any], *, is_new: bool, phase_before: str = "") -> list[Statement]:
    """Bring a changed ticket's clocks and ``next_due_at`` in line; what is to be written with the ticket.

    ``facts`` are those that hold from now on. A promise that was missed and that this change ends or moves gets its
    breach here, whether or not the clock has looked at it yet.
    """
    ticket, running = change.ticket, change.clocks
    if not running and not ticket.is_open:
        ticket.next_due_at = None
        return []
    policies = promises()
    due = {
        clock.pk: clock.due_at
        for clock in running
        if clock.due_at is not None and clock.due_at <= change.now and clock.breached_at is None
    }
    happened = Happened(
        answered=change.answered,
        told=change.told,
        opened=is_new,
        reopened=phase_before in ENDED_PHASES and ticket.is_open,
    )
    plan = Plan(policies, ticket, facts, History([ticket.pk]), change.now, happened)
    written = plan.make(running)
    if due:
        _breach(change, written, due, policies)
    still = [clock for clock in running if clock.ended_at is None]
    ticket.next_due_at = earliest([*still, *written.new])
    return written.statements()


def _breach(change: Change, written: Written, due: Mapping[int, datetime], policies: Promises) -> None:
    missed = [clock for clock in (*written.ended, *written.changed) if clock.pk in due]
    if not missed:
        return
    by_clock = {clock.pk: clock for clock in missed}
    for breach in breaches_of(missed, due=due, promises=policies, now=change.now):
        by_clock[breach.clock_id].breached_at = change.now
        by_clock[breach.clock_id].warn_at = None
        written.breaches.append(breach)
        change.record(BREACHED, told_of(breach), actor=BY_CLOCK)
