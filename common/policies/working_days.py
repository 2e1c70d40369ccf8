"""What a calendar says on paper, the checks on it, and the hours that follow from it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from common.errors import InvalidInput
from common.policies.business_time import Hours, Interval
from common.policies.public_holidays import holidays_of, make_up_days

_MINUTES_A_DAY = 24 * 60
_MINUTES_A_WEEK = 7 * _MINUTES_A_DAY
_PART = re.compile(r"(\d{1,2})[:.：](\d{2})\s*(?:-|–|—|~|至|to)\s*(\d{1,2})[:.：](\d{2})")


@dataclass(frozen=True)
class OwnDay:
    """A day that differs: closed, open as usual (a holiday is worked), like a weekday, or with hours of its own."""

    day: date
    is_open: bool = False
    works_like: int | None = None
    own_hours: tuple[Interval, ...] = ()


@dataclass(frozen=True)
class CalendarDefinition:
    """A calendar as administrators write it. Equal definitions share their compiled hours."""

    zone: str
    is_always_open: bool = False
    weekly: tuple[tuple[Interval, ...], ...] = ((),) * 7
    country: str = ""
    subdivision: str = ""
    works_make_up_days: bool = True
    days: tuple[OwnDay, ...] = ()

    def hours(self) -> Hours:
        """The hours; the same object for an equal definition as long as it is remembered."""
        return _hours(self)

    def hours_of_own(self, own: OwnDay) -> tuple[Interval, ...]:
        """What is open on a day of its own."""
        if not own.is_open:
            return ()
        if own.own_hours:
            return own.own_hours
        return self.weekly[own.day.weekday() if own.works_like is None else own.works_like]

    def days_of(self, year: int) -> Mapping[date, Sequence[Interval]]:
        """The days of a year that differ from their weekday: holidays, days that make up for them, own days."""
        different: dict[date, Sequence[Interval]] = {}
        if self.country:
            different.update(dict.fromkeys(holidays_of(self.country, self.subdivision, year), ()))
            if self.works_make_up_days:
                for day, weekday in make_up_days(self.country, self.subdivision, year).items():
                    different[day] = self.weekly[weekday]
        for own in self.days:
            if own.day.year == year:
                different[own.day] = self.hours_of_own(own)
        return different


@lru_cache(maxsize=512)
def _hours(definition: CalendarDefinition) -> Hours:
    if definition.is_always_open:
        return Hours.always()
    weekly = dict(enumerate(definition.weekly))
    return Hours(ZoneInfo(definition.zone), weekly, days_of=definition.days_of)


def parse_hours(text: str) -> tuple[Interval, ...]:
    """Intervals as people write them: ``9:00-12:00, 13:00-18:00``; 24:00 is midnight.

    Raises InvalidInput with code ``unreadable``, ``empty_interval`` or ``overlap``; data has the part.
    """
    found = []
    for part in re.split(r"[,;，；、]", text):
        if not part.strip():
            continue
        match = _PART.fullmatch(part.strip())
        try:
            interval = Interval(time(int(match[1]), int(match[2])), _closing(match[3], match[4])) if match else None
        except ValueError:
            interval = None
        if match is None or interval is None:
            raise InvalidInput(f"unreadable: {part}", code="unreadable", data={"part": part.strip()})
        if interval.opens == interval.closes != time(0):
            raise InvalidInput(f"no length: {part}", code="empty_interval", data={"part": str(interval)})
        found.append(interval)
    found.sort()
    for earlier, later in itertools.pairwise(found):
        if _minutes(later.opens) < _minutes(earlier.opens) + _length(earlier):
            raise InvalidInput("overlap", code="overlap", data={"part": f"{earlier}, {later}"})
    return tuple(found)


def written(intervals: Iterable[Interval]) -> str:
    """Intervals as ``parse_hours`` reads them."""
    return ", ".join(f"{one.opens:%H:%M}-{one.closes:%H:%M}" for one in intervals)


def overlaps(weekly: Iterable[tuple[int, Interval]]) -> list[tuple[tuple[int, Interval], tuple[int, Interval]]]:
    """Pairs of (weekday, interval) that are open at the same time, over midnight and from Sunday to Monday too."""
    placed = sorted((day * _MINUTES_A_DAY + _minutes(one.opens), day, one) for day, one in weekly)
    found = []
    for index, (start, day, one) in enumerate(placed):  # none is longer than a day: no pair comes twice
        next_week = [(other_start + _MINUTES_A_WEEK, other, which) for other_start, other, which in placed[:index]]
        for other_start, other_day, other_one in [*placed[index + 1 :], *next_week]:
            if other_start >= start + _length(one):
                break
            found.append(((day, one), (other_day, other_one)))
    return found


def _closing(hours: str, minutes: str) -> time:
    return time(0) if (hours, minutes) == ("24", "00") else time(int(hours), int(minutes))


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _length(interval: Interval) -> int:
    return (_minutes(interval.closes) - _minutes(interval.opens)) % _MINUTES_A_DAY or _MINUTES_A_DAY
