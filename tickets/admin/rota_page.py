"""What a rota's page draws: who is on call now and in the coming two weeks, gaps marked."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from common.admin import words
from common.admin.calendar_page import day_label
from common.models import User
from common.policies.business_time import first_instant
from tickets.models import Rota
from tickets.policies.rota import Shift
from tickets.services.escalation import rotas

DAYS = 14
MINUTES_A_DAY = 24 * 60
COLORS = 6
_TICKS = range(0, 25, 6)


@dataclass(frozen=True)
class Bar:
    """A stretch of a day in minutes of the rota's clock; ``color`` a number, None for a gap."""

    x: int
    width: int
    color: int | None
    label: str


@dataclass(frozen=True)
class DrawnDay:
    """A row of the drawing."""

    label: str
    is_today: bool
    bars: list[Bar]
    now_x: int | None
    words: str
    yours: str
    has_gap: bool


@dataclass(frozen=True)
class Week:
    """Seven rows under one scale; ``yours`` is the scale in the reader's zone, empty where it is the same."""

    ticks: list[tuple[int, str]]
    yours: list[tuple[int, str]]
    days: list[DrawnDay]


def page_of(rota: Rota, *, now: datetime) -> dict[str, Any]:
    """What the template needs; the reader's zone is the current one."""
    zone = ZoneInfo(rota.time_zone)
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=number) for number in range(DAYS)]
    start, end = first_instant(days[0], time(0), zone), first_instant(days[-1] + timedelta(days=1), time(0), zone)
    shifts = rotas.shifts(rota, start, end)
    drawing = _Drawing(zone, shifts, now)
    weeks = [drawing.week(week) for week in itertools.batched(days, 7)]
    return {
        "rota": rota,
        "standing": drawing.standing(),
        "weeks": weeks,
        "differs": any(week.yours for week in weeks),
        "people": drawing.legend(),
        "gaps": drawing.gaps(),
        "zone_here": str(timezone.get_current_timezone()).replace("_", " "),
        "zone_there": rota.time_zone.replace("_", " "),
    }


class _Drawing:
    """Two weeks of shifts, with the names of the people in them."""

    def __init__(self, zone: ZoneInfo, shifts: Sequence[Shift], now: datetime) -> None:
        self.zone, self.shifts, self.now = zone, shifts, now
        keys = list(dict.fromkeys(shift.user for shift in shifts if shift.user is not None))
        people = User.objects.in_bulk(keys)
        # Whoever has left calls nobody: their turn is a gap.
        self.names = {pk: str(people[pk]) for pk in keys if pk in people and people[pk].is_active}
        self.colors = {pk: place % COLORS for place, pk in enumerate(self.names)}
        self.here = timezone.get_current_timezone()

    def standing(self) -> str:
        """Who is on call now and until when."""
        current = next((one for one in self.shifts if one.from_at <= self.now < one.until_at), None)
        if current is None or current.user not in self.names:
            following = next((one for one in self.shifts if one.from_at > self.now and one.user in self.names), None)
            if following is None:
                return _("Nobody is on call now, nor in the coming two weeks")
            return _("Nobody is on call now; %(person)s from %(moment)s") % {
                "person": self._name(following),
                "moment": words.both_times(following.from_at, self.zone),
            }
        return _("On call now: %(person)s, until %(moment)s") % {
            "person": self._name(current),
            "moment": words.both_times(current.until_at, self.zone),
        }

    def legend(self) -> list[tuple[str, int]]:
        """Names with their colours."""
        return [(name, self.colors[pk]) for pk, name in self.names.items()]

    def gaps(self) -> list[str]:
        """When nobody is on call, from now on, at most ten times."""
        ahead = [one for one in self.shifts if one.user not in self.names and one.until_at > self.now]
        return [
            _("%(start)s to %(end)s")
            % {
                "start": words.both_times(max(one.from_at, self.now), self.zone),
                "end": words.both_times(one.until_at, self.zone),
            }
            for one in ahead[:10]
        ]

    def week(self, days: Sequence[date]) -> Week:
        """Seven days under a scale."""
        noon = datetime.combine(days[0], time(12), self.zone)
        yours = []
        if noon.utcoffset() != noon.astimezone(self.here).utcoffset():
            for hour in _TICKS:
                local = (noon + timedelta(hours=hour - 12)).astimezone(self.here)
                yours.append((hour * 60, f"{local:%H:%M}" if local.minute else f"{local:%H}"))
        return Week([(hour * 60, f"{hour:02d}") for hour in _TICKS], yours, [self._day(day) for day in days])

    def _day(self, day: date) -> DrawnDay:
        start = first_instant(day, time(0), self.zone)
        end = first_instant(day + timedelta(days=1), time(0), self.zone)
        parts = [
            Shift(max(one.from_at, start), min(one.until_at, end), one.user)
            for one in self.shifts
            if one.from_at < end and one.until_at > start
        ]
        is_today = start <= self.now < end
        differs = start.astimezone(self.here).utcoffset() != start.astimezone(self.zone).utcoffset()
        return DrawnDay(
            label=day_label(day),
            is_today=is_today,
            bars=[self._bar(one, day) for one in parts],
            now_x=self._minute(self.now, day) if is_today else None,
            words=self._said(parts),
            yours=_hours(parts, self.here) if differs else "",
            has_gap=any(one.user not in self.names for one in parts),
        )

    def _name(self, shift: Shift) -> str:
        return self.names.get(shift.user, _("nobody")) if shift.user is not None else _("nobody")

    def _bar(self, shift: Shift, day: date) -> Bar:
        start, end = self._minute(shift.from_at, day), self._minute(shift.until_at, day)
        color = self.colors.get(shift.user) if shift.user is not None else None
        return Bar(start, max(end - start, 1), color, self._name(shift))

    def _minute(self, moment: datetime, day: date) -> int:
        local = moment.astimezone(self.zone)
        return MINUTES_A_DAY if local.date() > day else local.hour * 60 + local.minute

    def _said(self, parts: Sequence[Shift]) -> str:
        return _(", ").join(f"{_hours([one], self.zone)} {self._name(one)}" for one in parts)


def _hours(parts: Sequence[Shift], zone: tzinfo) -> str:
    """From when to when, in the order of the day; the names stand beside the rota's own hours."""
    return _(", ").join(f"{one.from_at.astimezone(zone):%H:%M}–{_end(one.until_at, zone)}" for one in parts)


def _end(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return "24:00" if local.time() == time(0) else f"{local:%H:%M}"
