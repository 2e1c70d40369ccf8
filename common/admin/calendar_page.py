"""What a calendar's page draws: whether it is open, the coming two weeks, the coming year's holidays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.admin import words
from common.models import BusinessCalendar
from common.models.business_calendar import Weekday
from common.policies.business_time import Hours, NeverOpen, Span, first_instant
from common.policies.public_holidays import holidays_of, make_up_days
from common.policies.working_days import CalendarDefinition, OwnDay, written
from common.services.calendars import definition_of

DAYS = 14
MINUTES_A_DAY = 24 * 60
_TICKS = range(0, 25, 6)


@dataclass(frozen=True)
class Bar:
    """A stretch of a day in minutes of the wall clock."""

    x: int
    width: int


@dataclass(frozen=True)
class DrawnDay:
    """A row of the drawing."""

    label: str
    is_today: bool
    bars: list[Bar]
    skipped: list[Bar]
    now_x: int | None
    hours: str
    own_hours: str
    notes: list[str]
    is_off: bool


@dataclass(frozen=True)
class Week:
    """Seven rows under one scale; ``yours`` is the same scale in the reader's zone, empty where it is the same."""

    ticks: list[tuple[int, str]]
    yours: list[tuple[int, str]]
    days: list[DrawnDay]


@dataclass(frozen=True)
class Special:
    """A holiday, or a day worked for one, in the coming year. ``act`` is what one click does; empty for nothing."""

    date: date
    label: str
    name: str
    standing: str
    act: str
    act_label: str


def page_of(calendar: BusinessCalendar, *, now: datetime) -> dict[str, Any]:
    """What the template needs; the reader's zone is the current one."""
    definition = definition_of(calendar)
    hours = definition.hours()
    here = timezone.get_current_timezone()
    return {
        "calendar": calendar,
        "standing": standing(hours, calendar.zone, now=now),
        "weeks": list(_weeks(definition, hours, calendar.zone, now)),
        "specials": list(_specials(definition, now.astimezone(calendar.zone).date())),
        "zone_here": str(here).replace("_", " "),
        "zone_there": calendar.time_zone.replace("_", " "),
    }


def standing(hours: Hours, zone: ZoneInfo, *, now: datetime) -> str:
    """Whether it is open, and what comes next, there and for the reader."""
    if hours.is_always:
        return _("Open around the clock")
    try:
        opens = hours.next_open(now)
        closes = hours.next_close(now)
    except NeverOpen:
        return _("Never open")
    if opens > now:
        return _("Closed now, opens in %(span)s: %(moment)s") % {
            "span": words.span((opens - now).total_seconds()),
            "moment": words.both_times(opens, zone),
        }
    if closes is None:
        return _("Open around the clock")
    return _("Open now, closes in %(span)s: %(moment)s") % {
        "span": words.span((closes - now).total_seconds()),
        "moment": words.both_times(closes, zone),
    }


def day_label(day: date) -> str:
    """A day with its weekday: Mon 23 Nov."""
    return f"{formats.date_format(day, 'D')} {words.day(day)}"


def _weeks(definition: CalendarDefinition, hours: Hours, zone: ZoneInfo, now: datetime) -> Iterator[Week]:
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=number) for number in range(DAYS)]
    for week in itertools.batched(days, 7):
        yield Week(
            ticks=[(hour * 60, f"{hour:02d}") for hour in _TICKS],
            yours=_yours(week[0], zone),
            days=[_drawn(day, definition, hours, zone, now) for day in week],
        )


def _yours(day: date, zone: ZoneInfo) -> list[tuple[int, str]]:
    here = timezone.get_current_timezone()
    noon = datetime.combine(day, time(12), zone)
    if noon.utcoffset() == noon.astimezone(here).utcoffset():
        return []
    ticks = []
    for hour in _TICKS:
        local = (noon + timedelta(hours=hour - 12)).astimezone(here)
        ticks.append((hour * 60, f"{local:%H:%M}" if local.minute else f"{local:%H}"))
    return ticks


def _drawn(day: date, definition: CalendarDefinition, hours: Hours, zone: ZoneInfo, now: datetime) -> DrawnDay:
    midnight, next_midnight = (first_instant(day + timedelta(days=more), time(0), zone) for more in (0, 1))
    spans = hours.spans(midnight, next_midnight)
    here = timezone.get_current_timezone()
    differs = midnight.astimezone(here).utcoffset() != midnight.astimezone(zone).utcoffset()
    is_today = midnight <= now < next_midnight
    return DrawnDay(
        label=day_label(day),
        is_today=is_today,
        bars=[_bar(span, day, zone) for span in spans],
        skipped=_skipped(midnight, next_midnight, zone),
        now_x=_minute(now, day, zone) if is_today else None,
        hours=_clock_times(spans, day, zone) or pgettext("calendar", "closed"),
        own_hours=_clock_times(spans, day, here) if differs else "",
        notes=[*_notes(day, definition), *_changes(midnight, next_midnight, zone)],
        is_off=not spans,
    )


def _minute(moment: datetime, day: date, zone: ZoneInfo) -> int:
    local = moment.astimezone(zone)
    return MINUTES_A_DAY if local.date() > day else local.hour * 60 + local.minute


def _bar(span: Span, day: date, zone: ZoneInfo) -> Bar:
    start, end = (_minute(moment, day, zone) for moment in span)
    return Bar(start, max(end - start, 1))


def _clock_times(spans: list[Span], day: date, zone: Any) -> str:
    return ", ".join(
        f"{_clock_time(opens, day, zone)}–{_clock_time(closes, day, zone, end=True)}" for opens, closes in spans
    )


def _clock_time(moment: datetime, day: date, zone: Any, *, end: bool = False) -> str:
    local = moment.astimezone(zone)
    if end and local.time() == time(0):
        return "24:00"
    return f"{local:%H:%M}"


def _change(midnight: datetime, next_midnight: datetime, zone: ZoneInfo) -> tuple[datetime, timedelta] | None:
    """When the zone's clock changes on this day and by how much."""
    before, after = midnight.astimezone(zone).utcoffset(), next_midnight.astimezone(zone).utcoffset()
    assert before is not None
    assert after is not None
    if before == after:
        return None
    early, late = midnight, next_midnight
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == before else (early, middle)
    return late.replace(microsecond=0), after - before


def _skipped(midnight: datetime, next_midnight: datetime, zone: ZoneInfo) -> list[Bar]:
    change = _change(midnight, next_midnight, zone)
    if change is None or change[1] < timedelta(0):
        return []
    local = change[0].astimezone(zone)
    length = int(change[1].total_seconds() // 60)
    return [Bar(max(local.hour * 60 + local.minute - length, 0), length)]


def _changes(midnight: datetime, next_midnight: datetime, zone: ZoneInfo) -> list[str]:
    change = _change(midnight, next_midnight, zone)
    if change is None:
        return []
    after = change[0].astimezone(zone)
    shown = after.replace(tzinfo=None) - change[1]
    forward = change[1] > timedelta(0)
    sentence = (
        _("The clock goes forward from %(before)s to %(after)s: a day of %(hours)s hours")
        if forward
        else _("The clock goes back from %(before)s to %(after)s: a day of %(hours)s hours")
    )
    length = (next_midnight - midnight).total_seconds() / 3600
    return [sentence % {"before": f"{shown:%H:%M}", "after": f"{after:%H:%M}", "hours": f"{length:g}"}]


def _notes(day: date, definition: CalendarDefinition) -> list[str]:
    notes = []
    language = translation.get_language() or "en"
    holiday = holidays_of(definition.country, definition.subdivision, day.year, language).get(day)
    if holiday:
        notes.append(holiday)
    own = next((own for own in definition.days if own.day == day), None)
    worked_for = make_up_days(definition.country, definition.subdivision, day.year).get(day)
    if own is not None:
        notes.append(_own(own))
    elif worked_for is not None and definition.works_make_up_days:
        notes.append(_("make-up day, worked like a %(weekday)s") % {"weekday": Weekday(worked_for).label})
    return notes


def _own(own: OwnDay) -> str:
    if not own.is_open:
        return _("closed by a day of its own")
    if own.own_hours:
        return _("worked: %(hours)s") % {"hours": written(own.own_hours)}
    if own.works_like is not None:
        return _("worked like a %(weekday)s") % {"weekday": Weekday(own.works_like).label}
    return _("worked as usual")


def _specials(definition: CalendarDefinition, today: date) -> Iterator[Special]:
    end = today + timedelta(days=366)
    language = translation.get_language() or "en"
    own_days = {own.day: own for own in definition.days}
    names: dict[date, str] = {}
    worked: dict[date, int] = {}
    for year in range(today.year, end.year + 1):
        names.update(holidays_of(definition.country, definition.subdivision, year, language))
        if definition.works_make_up_days:
            worked.update(make_up_days(definition.country, definition.subdivision, year))
    for day in sorted(set(names) | set(worked)):
        if not today <= day < end:
            continue
        own = own_days.get(day)
        name = names.get(day) or _("make-up day, worked like a %(weekday)s") % {"weekday": Weekday(worked[day]).label}
        if own is not None:
            is_plain = own.works_like is None and not own.own_hours
            act, label = ("as_usual", _("Follow the library again")) if is_plain else ("", "")
            yield Special(day, day_label(day), name, _own(own), act, label)
        elif day in worked:
            yield Special(day, day_label(day), name, pgettext("calendar", "worked"), "close", _("Keep it free"))
        elif definition.weekly[day.weekday()]:
            yield Special(
                day, day_label(day), name, pgettext("calendar", "closed"), "open", _("Switch off: it is worked")
            )
        else:
            yield Special(day, day_label(day), name, _("no hours on this weekday"), "", "")
