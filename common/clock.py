"""What the clock does for the foundation."""

from __future__ import annotations

from datetime import datetime

from common import visits
from common.api import idempotency
from common.jobs import periodic


@periodic("forget who asked long ago", seconds=300)
def forget_visits(now: datetime) -> int:
    """Remove counters of visits that have ended."""
    return visits.forget_ended(now=now)


@periodic("forget answers of writes", seconds=3600)
def forget_answers(now: datetime) -> int:
    """Remove answers of the API that nobody may ask for again."""
    return idempotency.forget_old(now=now)
