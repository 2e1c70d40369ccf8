"""How promises stand now, for people who look at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from tickets.models import Clock


@dataclass(frozen=True, slots=True)
class Countdown:
    """One running promise of one ticket.

    Either ``due_at`` is set, or the clock is paused: ``paused_since`` then, while the ticket waits on ``waiting_on``.
    ``left`` is the time to the deadline, negative when it has passed. ``warned`` and ``breached`` say what was told;
    ``warn_at`` is when the next warning is due. ``duration`` counts in the hours of the calendar (None: all hours).
    """

    clock_id: int
    target: str
    started_at: datetime
    due_at: datetime | None
    paused_since: datetime | None
    waiting_on: str
    warned: bool
    breached: bool
    partner_id: int | None
    left: timedelta | None
    duration: timedelta
    calendar_id: int | None
    warn_at: datetime | None


def standing(ticket_ids: Iterable[int], now: datetime) -> dict[int, list[Countdown]]:
    """The running promises of each of these tickets, what is due first in front, paused ones last. One query."""
    found: dict[int, list[Countdown]] = {ticket_id: [] for ticket_id in ticket_ids}
    clocks = Clock.objects.filter(ticket_id__in=list(found), ended_at__isnull=True).order_by("due_at", "id")
    rows: Iterable[Any] = clocks.annotate(party=F("ticket__waiting_on"))
    for clock in rows:
        found[clock.ticket_id].append(countdown_of(clock, waiting_on=clock.party, now=now))
    return found


def countdown_of(clock: Clock, *, waiting_on: str, now: datetime) -> Countdown:
    """A running clock of a ticket that waits on this party."""
    due_at = clock.due_at
    return Countdown(
        clock_id=clock.pk,
        target=clock.target,
        started_at=clock.started_at,
        due_at=due_at,
        paused_since=clock.paused_since,
        waiting_on=waiting_on,
        warned=bool(clock.warned_percent) or clock.breached_at is not None,
        breached=clock.breached_at is not None or (due_at is not None and due_at <= now),
        partner_id=clock.partner_id,
        left=due_at - now if due_at is not None else None,
        duration=clock.duration,
        calendar_id=clock.calendar_id,
        warn_at=clock.warn_at,
    )
