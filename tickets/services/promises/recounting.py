"""After a policy, a calendar or a team's hours changed: the deadlines of all open tickets again, in batches.

What the deadlines were computed for is stored as a version; when the policies have another one, the clock walks along
the open tickets by their numbers and remembers with each batch how far it came. Killed in between, it goes on from
there; changed in between, it begins again. Only what differs is written, and only tickets that differ are locked.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tickets.choices import OPEN_PHASES
from tickets.models import Clock, PromiseRecount, Ticket, TicketFacts
from tickets.services.journal_many import changing_many
from tickets.services.promises.history import History
from tickets.services.promises.keeping import BY_CLOCK
from tickets.services.promises.planning import Plan
from tickets.services.promises.policies import Promises, promises
from tickets.services.promises.rows import Written, earliest, running_of
from tickets.services.rows import run_together

NAME = "promises"
BATCH = 200
SLICE_SECONDS = 1.5
"""How long one call works: the clock has other things to do in between."""


def recount(*, now: datetime, seconds: float | None = SLICE_SECONDS) -> int:
    """Go on with the recount that is due, if one is, for about so many seconds (None: to its end).

    Returns how many tickets were looked at; 0 says that every deadline is as the policies have it.
    """
    policies = promises()
    version = policies.version
    state = _state(version)
    if state.finished_at is not None:
        return 0
    until = None if seconds is None else time.monotonic() + seconds
    count = 0
    while True:
        ids = list(
            Ticket.objects.filter(pk__gt=state.through, phase__in=OPEN_PHASES)
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        )
        if not ids:
            _note(version, finished_at=now)
            return count
        recount_tickets(ids, now=now, policies=policies)
        _note(version, through=ids[-1])
        state.through = ids[-1]
        count += len(ids)
        if until is not None and time.monotonic() >= until:
            return count


def recount_tickets(ticket_ids: Sequence[int], *, now: datetime, policies: Promises | None = None) -> int:
    """Compute the clocks of these tickets anew. Returns how many tickets differed."""
    policies = policies or promises()
    differing = _differing(ticket_ids, policies, now)
    if not differing:
        return 0
    with changing_many(differing, actor=BY_CLOCK, now=now) as many:
        _write(many.locked, policies, now, many.set_next_due)
    for ticket_id in sorted(set(differing) - set(many.locked)):  # somebody has it; wait for that one alone
        with changing_many([ticket_id], actor=BY_CLOCK, now=now, wait=True) as one:
            _write(one.locked, policies, now, one.set_next_due)
    return len(differing)


def _state(version: str) -> PromiseRecount:
    """Where the recount for this version stands; it begins anew when the stored one is another."""
    with transaction.atomic():
        state, _is_new = PromiseRecount.objects.select_for_update().get_or_create(name=NAME)
        if state.version != version:
            state.version, state.through, state.finished_at = version, 0, None
            state.save()
    return state


def _note(version: str, **values: Any) -> None:
    """Remember how far it came, unless somebody began anew for another version."""
    PromiseRecount.objects.filter(name=NAME, version=version).update(**values)


def _differing(ticket_ids: Sequence[int], policies: Promises, now: datetime) -> list[int]:
    return [
        ticket.pk
        for ticket, written, due_at in _plans(ticket_ids, policies, now)
        if written or due_at != ticket.next_due_at
    ]


def _write(ticket_ids: Sequence[int], policies: Promises, now: datetime, set_next_due: Any) -> None:
    statements = []
    for ticket, written, due_at in _plans(ticket_ids, policies, now):
        statements += written.statements()
        set_next_due(ticket.pk, due_at)
    if statements:
        run_together(*statements)


def _plans(
    ticket_ids: Sequence[int], policies: Promises, now: datetime
) -> list[tuple[Ticket, Written, datetime | None]]:
    """What each ticket's clocks have to become, and its earliest deadline then."""
    if not ticket_ids:
        return []
    tickets = list(Ticket.objects.filter(pk__in=ticket_ids).order_by("pk"))
    facts = {row["ticket_id"]: row for row in _current_facts(ticket_ids)}
    running, history = running_of(ticket_ids), History(ticket_ids)
    plans = []
    for ticket in tickets:
        if ticket.pk not in facts:
            continue
        plan = Plan(policies, ticket, facts[ticket.pk], history, now, anew=True)
        written = plan.make(running[ticket.pk])
        still: list[Clock] = [clock for clock in running[ticket.pk] if clock.ended_at is None]
        plans.append((ticket, written, earliest([*still, *written.new])))
    return plans


def _current_facts(ticket_ids: Sequence[int]) -> list[Mapping[str, Any]]:
    return list(TicketFacts.objects.filter(ticket_id__in=ticket_ids, valid_to__isnull=True).values())
