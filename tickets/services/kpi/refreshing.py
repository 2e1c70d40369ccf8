"""Figures kept up to date: the clock calls ``refresh``, which counts what happened since it looked last.

A ticket is always counted as a whole, from all it has: doing it twice changes nothing, and what came late (an event of
a transaction that took long, a conversion that goes back to the first word) is put right wherever it belongs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from tickets.models import KpiParcelDay, KpiProgress, KpiTouched, TicketEvent
from tickets.services.kpi.marking import mark, with_followers
from tickets.services.kpi.parcels import roll_parcels, take_days
from tickets.services.kpi.progress import FORMULAS, NAME, Horizon, horizon, locked
from tickets.services.kpi.rolling import roll_delta

EVENTS = 4_000
"""Events that one transaction works off: a minute of a storm takes some of them, a night's backlog many."""
TICKETS = 1_000
SECONDS = 20.0
"""How long one call works; the clock asks for the next one."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a call did. ``is_done``: nothing is left; ``was_busy``: somebody else counts right now."""

    tickets: int = 0
    is_done: bool = False
    was_busy: bool = False


def refresh(*, now: datetime, seconds: float | None = SECONDS) -> Refreshed:
    """Bring the figures up to what has committed by now (``seconds`` None: however long that takes)."""
    reach = horizon()
    until = None if seconds is None else time.monotonic() + seconds
    tickets, after = 0, None
    while True:
        step = _step(reach, after, now)
        if step is None:
            return Refreshed(tickets, was_busy=True)
        after = step.through
        tickets += step.tickets
        if step.is_last:
            return Refreshed(tickets, is_done=True)
        if until is not None and time.monotonic() >= until:
            return Refreshed(tickets)


def has_work(*, now: datetime) -> bool:
    """Whether anything happened that is not counted yet. When nothing did, the figures are as fresh as now."""
    progress = KpiProgress.objects.filter(name=NAME).first()
    if progress is None or KpiTouched.objects.exists() or KpiParcelDay.objects.exists():
        return True
    if TicketEvent.objects.filter(pk__gt=progress.event_id).exists():
        return True
    KpiProgress.objects.filter(name=NAME, through_at__lt=now).update(through_at=now)
    return False


@dataclass(frozen=True, slots=True)
class _Step:
    through: int
    tickets: int
    is_last: bool


@transaction.atomic
def _step(reach: Horizon, after: int | None, now: datetime) -> _Step | None:
    """Work off some events. ``after`` is how far this call came: past the cursor while a transaction keeps it back."""
    progress = locked()
    if progress is None:
        return None
    if not progress.formulas:
        progress.formulas = FORMULAS  # the first count there ever was
    begin = max(progress.event_id, after or 0)
    rows = list(TicketEvent.objects.filter(pk__gt=begin).order_by("pk").values_list("pk", "ticket_id")[:EVENTS])
    through = rows[-1][0] if rows else begin
    is_last = len(rows) < EVENTS
    touched = {ticket_id for _, ticket_id in rows} | _take_touched()
    wanted = with_followers(sorted(touched)) if touched else []
    for start in range(0, len(wanted), TICKETS):
        if mark(wanted[start : start + TICKETS]):
            roll_delta()
    if after is None and (days := take_days()):
        roll_parcels(days)
    if reach.is_safe:
        progress.event_id = max(progress.event_id, min(max(through, reach.given) if is_last else through, reach.given))
    if is_last:
        progress.through_at = now
    progress.save()
    return _Step(through, len(wanted), is_last)


def _take_touched() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tickets_kpitouched RETURNING ticket_id")
        return {row[0] for row in cursor.fetchall()}
