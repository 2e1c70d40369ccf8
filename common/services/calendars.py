"""The hours of calendars, kept compiled in each process."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel

from common.errors import InvalidInput
from common.models import BusinessCalendar, BusinessInterval, CalendarDay
from common.policies.business_time import Hours, Interval
from common.policies.working_days import CalendarDefinition, OwnDay, parse_hours
from common.revisions import CALENDARS, Kept

USES_SHOWN = 10


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


class Place(NamedTuple):
    """A calendar's hours, and the zone it is written in (hours that are always open know none)."""

    hours: Hours
    zone: ZoneInfo


def places_of(calendar_ids: Iterable[int | None]) -> dict[int | None, Place]:
    """Many calendars' hours by id, looked up as of one moment; those that do not exist any more are left out."""
    shelf = _kept.get()
    found: dict[int | None, Place] = {None: Place(Hours.always(), ZoneInfo("UTC"))}
    for calendar_id in {one for one in calendar_ids if one is not None}:
        calendar = shelf.calendars.get(calendar_id)
        if calendar is None:
            continue
        hours = shelf.hours.get(calendar_id)
        if hours is None:
            hours = shelf.hours[calendar_id] = definition_of(calendar).hours()
        found[calendar_id] = Place(hours, ZoneInfo(calendar.time_zone))
    return found


def definition_of(calendar: BusinessCalendar) -> CalendarDefinition:
    """What a calendar says on paper, from its rows."""
    return _definition(calendar, calendar.intervals.all(), calendar.days.all())


@transaction.atomic
def switch_day(*, calendar_id: int, day: date, is_open: bool | None, note: str = "") -> BusinessCalendar:
    """Let a day be worked as its weekday is, or be closed, whatever the holidays say; None: as they say again.

    Raises InvalidInput when there is no such calendar.
    """
    calendar = BusinessCalendar.objects.select_for_update().filter(pk=calendar_id).first()
    if calendar is None:
        raise InvalidInput(f"There is no calendar {calendar_id}.", data={"calendar": calendar_id})
    if is_open is None:
        for own in calendar.days.filter(date=day):
            own.delete()
    else:
        changes = {"is_open": is_open, "works_like": None, "own_hours": "", "note": note[:120]}
        calendar.days.update_or_create(date=day, defaults=changes)
    return calendar


def uses_of(calendars: Collection[BusinessCalendar]) -> list[str]:
    """What keeps these calendars from being deleted, in words: ``team “Berlin”``.

    Found by the keys that protect them: what stands on higher floors is not known here by name.
    """
    found = []
    for relation in BusinessCalendar._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.on_delete is not models.PROTECT:
            continue
        model = relation.related_model
        rows = model._default_manager.filter(**{f"{relation.field.name}__in": calendars})
        found += [f"{model._meta.verbose_name} “{row}”" for row in rows[:USES_SHOWN]]
    return found[:USES_SHOWN]


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
