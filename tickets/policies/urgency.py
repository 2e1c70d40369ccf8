"""How pressing a promise is: in time, soon, now, or overdue. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from common.policies.business_time import Hours, NeverOpen

NOW_SHARE = 0.25
"""With less than this share of the time left a promise is pressing now."""
NOW_LEFT = timedelta(minutes=15)
"""With less than this left it is, however long it was."""


class Urgency(StrEnum):
    """How pressing, as pages name it."""

    IN_TIME = "green"
    SOON = "amber"
    NOW = "red"
    OVERDUE = "over"


def pressing_from(hours: Hours, *, due: datetime, duration: timedelta) -> datetime:
    """The moment from which a promise is pressing now: what is left of its time is counted in its own hours."""
    try:
        share = hours.subtract(due, duration * NOW_SHARE)
    except NeverOpen:
        share = due - duration * NOW_SHARE
    return min(share, due - NOW_LEFT)


def urgency(now: datetime, *, due: datetime, red_at: datetime, amber_at: datetime | None) -> Urgency:
    """How pressing a promise is at a moment."""
    if now >= due:
        return Urgency.OVERDUE
    if now >= red_at:
        return Urgency.NOW
    if amber_at is not None and now >= amber_at:
        return Urgency.SOON
    return Urgency.IN_TIME
