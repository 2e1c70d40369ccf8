"""What the clock does for the foundation."""

from __future__ import annotations

from datetime import datetime

from common import visits
from common.jobs import periodic


@periodic("forget who asked long ago", seconds=300)
def forget_visits(now: datetime) -> int:
    """Remove counters of visits that have ended."""
    return visits.forget_ended(now=now)
