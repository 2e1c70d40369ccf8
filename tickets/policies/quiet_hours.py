"""The hours in which nobody is written to by a program: wall clock of whoever reads, whatever their clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from common.errors import DomainError

NIGHT_FROM, NIGHT_UNTIL = time(21), time(8)
"""What holds where no rule says otherwise."""


def is_quiet(local: time, *, start: time, end: time) -> bool:
    """Whether a wall clock shows a time from ``start`` to before ``end``; over midnight when the end is earlier."""
    return start <= local < end if start <= end else local >= start or local < end


def held_until(*, zone: ZoneInfo, now: datetime, start: time = NIGHT_FROM, end: time = NIGHT_UNTIL) -> datetime | None:
    """When the quiet hours end that ``now`` (aware) lies in; None outside them. In UTC.

    An end that the clocks skip that day (they go forward) is the moment of the jump; one that they show twice is the
    next of the two. Raises DomainError when both ends are the same.
    """
    if start == end:
        raise DomainError("Quiet hours need a beginning and another end.", code="quiet_hours")
    local = now.astimezone(zone)
    if not is_quiet(local.time(), start=start, end=end):
        return None
    day = local.date()
    showings = (
        showing for ahead in range(3) for showing in _showings(datetime.combine(day + timedelta(days=ahead), end), zone)
    )
    return next(showing for showing in showings if showing > now)


def _showings(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """The moments, in UTC, at which the zone's clocks show ``wall``: two when they go back, else one.

    Where they skip it: the moment of the jump. It lies between the two readings that PEP 495 gives such a time.
    """
    readings = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    shown = [one for one in readings if one.astimezone(zone).replace(tzinfo=None) == wall]
    if shown:
        return sorted(set(shown))
    low, high = min(readings), max(readings)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            low = middle
        else:
            high = middle
    return [high]
