"""What the clock does for logistics."""

from __future__ import annotations

from datetime import datetime

from common.jobs import nudge, periodic
from logistics.services import scans
from logistics.services.detection import check_due
from logistics.services.warehouse import overdue


@periodic("late and stale parcels", seconds=30)
def look_at_parcels(now: datetime) -> int:
    """Notice parcels that are late or were not scanned for too long."""
    return check_due(now=now)


@periodic("overdue warehouse work", seconds=60)
def look_at_warehouse_work(now: datetime) -> int:
    """Notice bookings, counts and instructions whose partner should have acted."""
    return overdue.notice_overdue(now=now)


@periodic("missing stock reports", seconds=300)
def look_for_stock_reports(now: datetime) -> int:
    """Notice partners that have not reported their stock by the hour agreed."""
    return overdue.notice_missing_reports(now=now)


@periodic("pushed scans", seconds=10)
def record_scans(now: datetime) -> int:
    """Call a worker for what partners pushed and nobody took yet."""
    waits = scans.is_waiting()
    if waits:
        nudge(scans.TOPIC)
    return int(waits)


@periodic("refused scans", seconds=3_600)
def forget_refused_scans(now: datetime) -> int:
    """Forget scans that were of others' parcels."""
    return scans.forget_refused(now=now)
