"""When a status notice is still worth telling."""

from __future__ import annotations

from datetime import datetime, timedelta

from logistics.choices import TrackingReason, TrackingStatus

OLDEST = timedelta(days=3)
"""Scans older than this are history that was filled in, no news."""

_S = TrackingStatus
_STILL_TRUE: dict[str, frozenset[str]] = {
    _S.PICKED_UP: frozenset((_S.PICKED_UP, _S.INFO_RECEIVED, _S.IN_TRANSIT, _S.UNKNOWN)),
    _S.CUSTOMS: frozenset((_S.CUSTOMS, _S.UNKNOWN)),
    _S.OUT_FOR_DELIVERY: frozenset((_S.OUT_FOR_DELIVERY, _S.UNKNOWN)),
    _S.DELIVERED: frozenset((_S.DELIVERED,)),
}
_LEFT_CUSTOMS = (TrackingReason.CUSTOMS_RELEASED, TrackingReason.CUSTOMS_REFUSED)


def is_superseded(what: str, *, status: str, reason: str) -> bool:
    """Whether a parcel that stands at ``status`` for ``reason`` has moved on from what the notice says."""
    if status not in _STILL_TRUE[what]:
        return True
    return what == _S.CUSTOMS and reason in _LEFT_CUSTOMS


def is_too_old(happened_at: datetime, *, now: datetime) -> bool:
    """Whether it happened too long ago to be news."""
    return now - happened_at > OLDEST
