"""Shifts, as a calendar shows them: when one has ended, and when people are only at lunch. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from common.errors import DomainError
from common.policies.business_time import Hours

BREAK = timedelta(hours=2)
"""Closed for longer, and the shift has ended; lunch is shorter."""
NEVER = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
"""When a team is back that never works again."""
_LOOK_BACK = timedelta(days=60)


def back_at(hours: Hours, now: datetime) -> datetime:
    """When they are at work next: ``now`` itself when they are; ``NEVER`` when never."""
    try:
        return hours.next_open(now)
    except DomainError:
        return NEVER


def shift_end(hours: Hours, *, since: datetime, now: datetime) -> datetime | None:
    """The end, after ``since``, of the shift whose team is not back ``now``; None when there is none.

    Of several that were missed only the last counts: before the others' next opening nothing can be due any more.
    """
    if hours.is_open(now):
        return None
    spans = hours.spans(max(since, now - _LOOK_BACK), now)
    if not spans:
        return None
    ended_at = spans[-1][1]
    return ended_at if back_at(hours, now) - ended_at > BREAK else None


def is_at_work(hours: Hours, now: datetime) -> bool:
    """Whether they work or are only at lunch."""
    if hours.is_open(now):
        return True
    spans = hours.spans(now - BREAK, now)
    return bool(spans) and back_at(hours, now) - spans[-1][1] <= BREAK
