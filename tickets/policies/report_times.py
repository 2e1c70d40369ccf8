"""When a report is due next: by the wall clock of a zone, whatever summer time does to it."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from common.policies.business_time import first_instant

_A_DAY = timedelta(days=1)


def next_moment(
    *, every: str, at: time, zone: tzinfo, after: datetime, weekday: int = 0, month_day: int = 1
) -> datetime:
    """The first moment (UTC) later than ``after`` at which the zone's clocks show ``at`` on a day that counts.

    ``every`` is "day", "week" (``weekday``, Monday 0) or "month" (``month_day``, else its last day). A time that the
    clocks skip is the moment of their jump; one that they show twice counts once, the first time.
    """
    for day in _days(after.astimezone(zone).date(), every=every, weekday=weekday, month_day=month_day):
        if (moment := first_instant(day, at, zone)) > after:
            return moment
    raise AssertionError("unreachable")


def _days(first: date, *, every: str, weekday: int, month_day: int) -> Iterator[date]:
    day = first
    while True:
        last = calendar.monthrange(day.year, day.month)[1]
        counts = {"day": True, "week": day.weekday() == weekday, "month": day.day == min(month_day, last)}
        if counts[every]:
            yield day
        day += _A_DAY
