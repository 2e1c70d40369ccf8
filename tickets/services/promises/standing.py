"""How promises stand now, for people who look at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.models import Clock


@dataclass(frozen=True, slots=True)
class Countdown:
    """One running promise of one ticket.

    Either ``due_at`` is set, or the clock is paused: ``paused_since`` then, while the ticket waits on ``waiting_on``.
    ``left`` is the time to the deadline, negative when it has passed. ``warned`` and ``breached`` say what was told.
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


def standing(ticket_ids: Iterable[int], now: datetime) -> dict[int, list[Countdown]]:
    """The running promises of each of these tickets, what is due first in front, paused ones last. One query."""
    found: dict[int, list[Countdown]] = {ticket_id: [] for ticket_id in ticket_ids}
    clocks = (
        Clock.objects.filter(ticket_id__in=list(found), ended_at__isnull=True)
        .order_by("due_at", "id")
        .values_list(
            "ticket_id",
            "pk",
            "target",
            "started_at",
            "due_at",
            "paused_since",
            "ticket__waiting_on",
            "warned_percent",
            "breached_at",
            "partner_id",
        )
    )
    for ticket_id, key, target, started_at, due_at, paused_since, waiting_on, warned, breached_at, partner in clocks:
        found[ticket_id].append(
            Countdown(
                clock_id=key,
                target=target,
                started_at=started_at,
                due_at=due_at,
                paused_since=paused_since,
                waiting_on=waiting_on,
                warned=bool(warned) or breached_at is not None,
                breached=breached_at is not None or (due_at is not None and due_at <= now),
                partner_id=partner,
                left=due_at - now if due_at is not None else None,
            )
        )
    return found
