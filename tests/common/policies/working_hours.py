"""Hours that the tests of business time share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from common.policies.business_time import Hours, Interval


def interval(text: str) -> Interval:
    """``09:00-18:00``."""
    opens, closes = text.split("-")
    return Interval(time.fromisoformat(opens), time.fromisoformat(closes))


def intervals(text: str) -> tuple[Interval, ...]:
    """``09:00-12:00 13:00-18:00``; nothing is closed."""
    return tuple(interval(part) for part in text.split())


def hours(zone: str, weekdays: str, *, days: Sequence[int] = range(5), own: dict[str, str] | None = None) -> Hours:
    """The same intervals on some weekdays (Monday is 0), and days of their own by ISO date."""
    different = {date.fromisoformat(day): intervals(text) for day, text in (own or {}).items()}

    def days_of(year: int) -> dict[date, tuple[Interval, ...]]:
        return {day: found for day, found in different.items() if day.year == year}

    return Hours(ZoneInfo(zone), dict.fromkeys(days, intervals(weekdays)), days_of=days_of)


def at(text: str) -> datetime:
    """A moment with its offset: ``2026-03-29T06:00+02:00``."""
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None
    return moment
