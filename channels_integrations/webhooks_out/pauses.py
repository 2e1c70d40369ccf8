"""When a delivery is tried again: a pure calculation."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# About the schedule that the specification proposes: dense at first, then over three days.
_PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=20),
)
TRIES = len(_PAUSES) + 1
LONGEST_WISH = timedelta(hours=24)
"""An address that asks for more is asked again after a day all the same."""


def next_try(
    *,
    attempts: int,
    now: datetime,
    retry_after: timedelta | None = None,
    spread: Callable[[float, float], float] = random.uniform,
) -> datetime | None:
    """When to try again after ``attempts`` tries that failed; None when it is given up.

    Pauses are spread by a fifth up and down, so that what failed together does not come back together. A wish of the
    address (``retry_after``) only ever makes a pause longer.
    """
    if attempts >= TRIES:
        return None
    pause = _PAUSES[attempts - 1] * spread(0.8, 1.2)
    return now + max(pause, min(retry_after or timedelta(), LONGEST_WISH))


def wish_of(value: str, *, now: datetime) -> timedelta | None:
    """How long a Retry-After header asks us to wait: seconds or a date (RFC 9110, 10.2.3). None without."""
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return timedelta(seconds=int(value))
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(until - now, timedelta())
