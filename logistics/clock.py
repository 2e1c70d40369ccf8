"""What the clock does for logistics."""

from __future__ import annotations

from datetime import datetime

from common.jobs import periodic
from logistics.services.detection import check_due


@periodic("late and stale parcels", seconds=30)
def look_at_parcels(now: datetime) -> int:
    """Notice parcels that are late or were not scanned for too long."""
    return check_due(now=now)
