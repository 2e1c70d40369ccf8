"""Periods of dashboards: local days of any zone, as whole quarter hours of UTC.

No zone of today is off UTC by anything but whole quarter hours, so a day in Kathmandu (+05:45) or on Lord Howe (whose
summer time is half an hour) is a whole number of them, of 23, 24, 23.5 or 25 hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common.policies.business_time import first_instant
from tickets.errors import KpiRefused

Step = Literal["hour", "day", "week", "month"]
STEPS: tuple[Step, ...] = ("hour", "day", "week", "month")
QUARTER = timedelta(minutes=15)
A_DAY = timedelta(days=1)
QUARTERS_A_DAY = 96
MOST_STEPS = 24 * 400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` until before ``until``, looked at in a zone; snapped outward to whole quarter hours.

    Raises KpiRefused (``bad_period``) when it is empty or without a zone.
    """

    since: datetime
    until: datetime
    zone: tzinfo

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None:
            raise KpiRefused(_("A period ends after it begins, and both have a zone."), code="bad_period")
        # In UTC: two moments of one zone are compared by their wall clocks, which come twice when summer ends.
        since, until = self.since.astimezone(UTC), self.until.astimezone(UTC)
        if since >= until:
            raise KpiRefused(_("A period ends after it begins, and both have a zone."), code="bad_period")
        since -= (since - _EPOCH) % QUARTER
        until += (_EPOCH - until) % QUARTER
        object.__setattr__(self, "since", since.astimezone(self.zone))
        object.__setattr__(self, "until", until.astimezone(self.zone))

    @classmethod
    def days(cls, count: int, *, until: datetime, zone: ZoneInfo) -> Period:
        """The last ``count`` local days, the day of ``until`` among them, to its midnight."""
        if count < 1:
            raise KpiRefused(_("A period has at least one day."), code="bad_period")
        today = until.astimezone(zone).date()
        return cls.between(today - timedelta(days=count - 1), today, zone=zone)

    @classmethod
    def between(cls, first: date, last: date, *, zone: ZoneInfo) -> Period:
        """From a local day to another, both included."""
        if last < first:
            raise KpiRefused(_("A period ends after it begins, and both have a zone."), code="bad_period")
        return cls(midnight(first, zone), midnight(last + A_DAY, zone), zone)

    @property
    def before(self) -> Period:
        """As many local days (or as much time) just before it."""
        first, last = _wall(self.since), _wall(self.until)
        earlier = first - (last - first)
        since = first_instant(earlier.date(), earlier.time(), self.zone)
        return Period(min(since, self.since.astimezone(UTC) - QUARTER), self.since, self.zone)

    def starts(self, step: Step) -> list[datetime]:
        """Where the period's hours, days, weeks (from Monday) or months begin, in local time; the first with it."""
        if step not in STEPS:
            raise KpiRefused(_("A series goes by hour, day, week or month."), code="bad_period")
        found, until = [self.since], self.until.astimezone(UTC)
        for moment in self._next(step):
            if moment.astimezone(UTC) >= until:
                break
            found.append(moment)
            if len(found) > MOST_STEPS:
                raise KpiRefused(_("The period is too long for so small steps."), code="bad_period")
        return found

    def _next(self, step: Step) -> Iterator[datetime]:
        if step == "hour":
            # Whole hours of the zone's own clock; where it jumps by half an hour, so do they.
            at = self.since
            while True:
                at = (at.astimezone(UTC) + QUARTER).astimezone(self.zone)
                if at.minute == 0:
                    yield at
        day = _wall(self.since).date()
        while True:
            day += A_DAY
            if (step == "week" and day.weekday()) or (step == "month" and day.day != 1):
                continue
            if (moment := midnight(day, self.zone)).astimezone(UTC) > self.since.astimezone(UTC):
                yield moment


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first instant of a local day, in its zone."""
    return first_instant(day, time(0), zone).astimezone(zone)


def quarter_of(moment: datetime) -> int:
    """The number of the quarter hour (UTC, from 1970) that a moment lies in."""
    return (moment - _EPOCH) // QUARTER


def _wall(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
