"""The promises of one ticket beside its conversation: what runs, what was missed and why, what has ended."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from common.admin import words
from tickets.admin.countdowns import Counting, Promise
from tickets.choices import BreachCause, ClockOutcome, Target
from tickets.models import Breach, Clock, Ticket
from tickets.services.promises import countdown_of

ENDED_SHOWN = 12
_TOLD = timedelta(minutes=1)
"""Less is late all the same, but not worth a figure."""


@dataclass(frozen=True, slots=True)
class Line:
    """One promise. ``chip`` counts down while it runs; ``missed`` says why and how late; times are ready to print."""

    label: str
    policy: str
    policy_address: str
    started: str
    due: str
    chip: Promise | None = None
    outcome: str = ""
    color: str = ""
    cause: str = ""
    late_by: str = ""
    partner: str = ""


def promises_of(
    request: HttpRequest, ticket: Ticket, *, now: datetime, zone: zoneinfo.ZoneInfo | None
) -> dict[str, Any]:
    """What the card and the page's head show. Two queries."""
    clocks = Clock.objects.filter(ticket=ticket).select_related("policy", "partner", "breach")
    running = list(clocks.filter(ended_at__isnull=True).order_by(F("due_at").asc(nulls_last=True), "id"))
    ended = list(clocks.filter(ended_at__isnull=False).order_by("-ended_at", "-id")[:ENDED_SHOWN])
    counted = [countdown_of(clock, waiting_on=ticket.waiting_on, now=now) for clock in running]
    counting = Counting(counted, now)
    chips = {one.clock_id: counting.chip(one) for one in counted}
    may_see = request.user.has_perm("tickets.view_promisepolicy")

    def line(clock: Clock) -> Line:
        return _line(clock, chips.get(clock.pk), may_see=may_see, zone=zone)

    return {
        "running_promises": [line(clock) for clock in running],
        "missed_promises": [line(clock) for clock in ended if clock.outcome == ClockOutcome.MISSED],
        "ended_promises": [line(clock) for clock in ended if clock.outcome != ClockOutcome.MISSED],
        "next_promise": chips[running[0].pk] if running else None,
        "paused_promise": next(
            (chips[clock.pk] for clock in running[1:] if clock.target == Target.RESOLUTION and clock.due_at is None),
            None,
        ),
    }


def _line(clock: Clock, chip: Promise | None, *, may_see: bool, zone: zoneinfo.ZoneInfo | None) -> Line:
    breach: Breach | None = getattr(clock, "breach", None)
    due_at = breach.due_at if breach and clock.ended_at else clock.due_at
    is_missed = clock.outcome == ClockOutcome.MISSED
    return Line(
        label=str(Target(clock.target).label),
        policy=gettext(clock.policy.name),
        policy_address=reverse("admin:tickets_promisepolicy_change", args=[clock.policy_id]) if may_see else "",
        started=words.moment(clock.started_at),
        due=words.both_times(due_at, zone) if due_at else "",
        chip=chip,
        outcome=str(ClockOutcome(clock.outcome).label) if clock.outcome else "",
        color="red" if is_missed else "green" if clock.outcome == ClockOutcome.KEPT else "",
        cause=str(BreachCause(breach.cause).label) if breach else "",
        late_by=words.span(breach.late_by.total_seconds())
        if breach and breach.late_by and breach.late_by >= _TOLD
        else "",
        partner=str(clock.partner) if clock.partner else "",
    )
