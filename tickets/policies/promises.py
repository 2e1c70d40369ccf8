"""Promises as calculation: which clocks a ticket owes, from when, what pauses them, and how they end.

The rules (design, section 5):

* *First and next response* run while a customer waits for an answer (``unanswered_since``), from their word on. It is
  the first as long as nobody of us has written to them.
* *Next update* runs from the opening until the end, whoever has the ball; each message that tells the customer
  something begins it anew.
* *Resolution* runs from the opening, and is paused while the ticket waits on somebody else. A snooze pauses nothing.
* *Partner's and carrier's answer* run while the ticket waits on them, from the step that asked.

The end of a ticket ends all; reopening begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.policies.business_time import Hours, NeverOpen
from tickets.choices import BreachCause, ClockOutcome, Resolution, Target, WaitingOn

RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)
ASKED: dict[str, Target] = {
    WaitingOn.BROKER: Target.PARTNER_ANSWER,
    WaitingOn.WAREHOUSE: Target.PARTNER_ANSWER,
    WaitingOn.CARRIER: Target.CARRIER_ANSWER,
}
"""Whose answer runs while a ticket waits on whom. Customs offices promise nothing, so nothing runs against them."""
PUBLIC_MENTION = "public-mention"
"""The tag of a ticket that began in public: everybody sees how long an answer takes."""

type Interval = tuple[datetime, datetime | None, str]
"""From, to (None: until now), whom the ticket waited on."""
type Pause = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides which promises a ticket owes."""

    is_open: bool
    has_customer: bool
    waiting_on: str
    state_since: datetime
    unanswered_since: datetime | None

    @property
    def targets(self) -> tuple[Target, ...]:
        """What may run now; of the two responses the first stands for both."""
        if not self.is_open:
            return ()
        targets: list[Target] = [Target.RESOLUTION]
        if self.unanswered_since is not None:
            targets.append(Target.FIRST_RESPONSE)
        if self.has_customer:
            targets.append(Target.NEXT_UPDATE)
        if asked := ASKED.get(self.waiting_on):
            targets.append(asked)
        return tuple(targets)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a clock is due, or since when it is paused."""

    due_at: datetime | None
    paused_since: datetime | None
    warn_at: datetime | None = None


def is_paused(target: str, waiting_on: str) -> bool:
    """Whether a clock stands still while the ticket waits on this party."""
    return target == Target.RESOLUTION and waiting_on != WaitingOn.US


def pauses(intervals: Iterable[Interval], *, start: datetime, now: datetime, paused_now: bool) -> list[Pause]:
    """When a resolution stood still, from the facts in their order; the last pause is open when it lasts.

    The open interval of the facts counts until ``now``: what holds from now on is ``paused_now``.
    """
    found: list[Pause] = []
    for valid_from, valid_to, waiting_on in intervals:
        since, until = max(valid_from, start), now if valid_to is None else min(valid_to, now)
        if waiting_on == WaitingOn.US or until <= since:
            continue
        if found and found[-1][1] == since:
            since = found.pop()[0]
        found.append((since, until))
    if paused_now:
        since = found.pop()[0] if found and found[-1][1] == now else max(now, start)
        found.append((since, None))
    return found


def deadline(
    hours: Hours,
    *,
    start: datetime,
    duration: timedelta,
    stood_still: Sequence[Pause] = (),
    warn_at: Sequence[int] = (),
    warned: int = 0,
    now: datetime,
) -> Deadline:
    """When it is due, and its next warning (``warn_at`` in percent of the time, those up to ``warned`` were given).

    A pause that began after the time was up changes nothing. Hours that are never open count around the clock: a
    promise must not be lost by a calendar that somebody emptied.
    """
    try:
        due = hours.due(start, duration, stood_still)
    except NeverOpen:
        hours = Hours.always()
        due = hours.due(start, duration, stood_still)
    if due is None:
        return Deadline(None, stood_still[-1][0])
    return Deadline(due, None, next_warning(hours, due=due, duration=duration, warn_at=warn_at, warned=warned, now=now))


def next_warning(
    hours: Hours, *, due: datetime, duration: timedelta, warn_at: Sequence[int], warned: int, now: datetime
) -> datetime | None:
    """The moment of the next warning; one in the past when several have been passed: they are given as one.

    Counted back from the deadline, so that pauses need not be known. None when the deadline has passed, too.
    """
    if due <= now:
        return None
    passed = None
    for percent in warn_at:
        if percent <= warned:
            continue
        moment = _before(hours, due, duration * (100 - percent) / 100)
        if moment > now:
            return passed or moment
        passed = moment
    return passed


def percent_reached(
    hours: Hours, *, due: datetime, duration: timedelta, warn_at: Sequence[int], now: datetime
) -> int | None:
    """The highest share at which a warning is due by now."""
    reached = [percent for percent in warn_at if _before(hours, due, duration * (100 - percent) / 100) <= now]
    return max(reached, default=None)


def _before(hours: Hours, due: datetime, left: timedelta) -> datetime:
    try:
        return hours.subtract(due, left)
    except NeverOpen:
        return due - left


def is_fulfilled(target: str, after: Standing, *, resolution: str, answered: bool, told: bool) -> bool:
    """Whether a clock that ends was kept in substance, early or late; else nobody owes it any more."""
    if target in RESPONSES:
        return answered
    if target == Target.NEXT_UPDATE:
        return told
    if target == Target.RESOLUTION:
        return not after.is_open and resolution in (Resolution.SOLVED, Resolution.NONE)
    return after.is_open and ASKED.get(after.waiting_on) != target


def outcome(*, is_missed: bool, fulfilled: bool) -> ClockOutcome:
    """How a clock ended. One that was missed stays so, whether or not it was kept afterwards."""
    if is_missed:
        return ClockOutcome.MISSED
    return ClockOutcome.KEPT if fulfilled else ClockOutcome.CANCELLED


@dataclass(frozen=True, slots=True)
class AtTheDeadline:
    """How a ticket stood when its promise fell due."""

    assignee_id: int | None = None
    team_id: int | None = None
    is_snoozed: bool = False
    delivery_failed: bool = False
    nobody_at_work: bool = False


_SILENT: Mapping[str, BreachCause] = {
    Target.PARTNER_ANSWER: BreachCause.PARTNER_SILENT,
    Target.CARRIER_ANSWER: BreachCause.CARRIER_SILENT,
}


def cause_of(target: str, stood: AtTheDeadline) -> BreachCause:
    """Why a promise was missed, as far as facts tell: what explains most comes first."""
    if target in _SILENT:
        return _SILENT[Target(target)]
    if stood.delivery_failed:
        return BreachCause.NOT_DELIVERED
    if stood.is_snoozed:
        return BreachCause.SNOOZED
    if stood.nobody_at_work:
        return BreachCause.OUT_OF_HOURS
    return BreachCause.OWNER if stood.assignee_id is not None else BreachCause.NO_OWNER
