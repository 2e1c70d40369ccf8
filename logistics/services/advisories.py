"""Warning of a lane, and taking the warning back."""

from __future__ import annotations

from datetime import datetime

from common.jobs import nudge
from logistics.models import LaneAdvisory


def warn(advisory: LaneAdvisory, *, by: object, now: datetime) -> None:
    """Store a new advisory; whoever listens tells it."""
    advisory.created_by = by  # type: ignore[assignment]
    advisory.created_at = now
    advisory.save(force_insert=True)
    nudge("lane_warned")


def withdraw(*, advisory_id: int, now: datetime) -> bool:
    """Say that it does not hold any more: whoever has not been told is not told. Returns whether it still held."""
    return bool(LaneAdvisory.objects.filter(pk=advisory_id, withdrawn_at__isnull=True).update(withdrawn_at=now))
