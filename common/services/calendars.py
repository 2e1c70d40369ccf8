"""The hours of calendars, kept compiled in each process."""

from __future__ import annotations

from collections.abc import Iterable

from common.errors import InvalidInput
from common.models import BusinessCalendar, BusinessInterval, CalendarDay
from common.policies.business_time import Hours, Interval
from common.policies.working_days import CalendarDefinition, OwnDay, parse_hours
from common.revisions import CALENDARS, Kept


def hours_of(calendar_id: int | None) -> Hours:
    """The hours of a calendar; around the clock without one. Raises InvalidInput when there is no such calendar.

    Three queries for all calendars when one has changed, none else; each compiles when first counted with, and one
    that did not change stays compiled.
    """
    if calendar_id is None:
        return Hours.always()
    shelf = _kept.get()
    hours = shelf.hours.get(calendar_id)
    if hours is not None:
        return hours
    if calendar_id not in shelf.calendars:  # another process may have added it within the second
        _kept.forget()
        shelf = _kept.get()
    calendar = shelf.calendars.get(calendar_id)
    if calendar is None:
        raise InvalidInput(f"There is no calendar {calendar_id}.", data={"calendar": calendar_id})
    hours = shelf.hours[calendar_id] = definition_of(calendar).hours()
    return hours


def definition_of(calendar: BusinessCalendar) -> CalendarDefinition:
    """What a calendar says on paper, from its rows."""
    return _definition(calendar, calendar.intervals.all(), calendar.days.all())


class _Shelf:
    """All calendars as they were read, and the hours of those that were asked for."""

    def __init__(self) -> None:
        self.calendars = BusinessCalendar.objects.prefetch_related("intervals", "days").in_bulk()
        self.hours: dict[int, Hours] = {}


def _definition(
    calendar: BusinessCalendar, intervals: Iterable[BusinessInterval], days: Iterable[CalendarDay]
) -> CalendarDefinition:
    weekly: list[list[Interval]] = [[] for _weekday in range(7)]
    for one in intervals:
        weekly[one.weekday].append(Interval(one.opens_at, one.closes_at))
    return CalendarDefinition(
        zone=calendar.time_zone,
        is_always_open=calendar.always_open,
        weekly=tuple(tuple(sorted(day)) for day in weekly),
        country=calendar.holiday_country,
        subdivision=calendar.holiday_subdivision,
        works_make_up_days=calendar.works_make_up_days,
        days=tuple(
            OwnDay(day.date, day.is_open, day.works_like, parse_hours(day.own_hours))
            for day in sorted(days, key=lambda day: day.date)
        ),
    )


_kept: Kept[_Shelf] = Kept(_Shelf, CALENDARS)
