"""Reading a dashboard's address: which period, in which zone, of which tickets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import words
from tickets.admin.dashboards.declared import Board
from tickets.choices import Kind
from tickets.errors import KpiRefused
from tickets.policies.kpi import CUTS, Step
from tickets.services.kpi import Period

PRESETS: dict[str, str | Promise] = {
    "today": gettext_lazy("Today"),
    "7": gettext_lazy("Last 7 days"),
    "30": gettext_lazy("Last 30 days"),
    "90": gettext_lazy("Last 90 days"),
    "month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
}
OWN = "own"
UNKNOWN = "~"
"""How an address names the part of which nothing is known."""
LONGEST = 400
"""Days of a period of one's own."""
_MOST_PARTS, _LONGEST_PART = 30, 60
_KEYS = frozenset({"carrier", "partner", "team", "agent", "priority"})
_MOST_DIGITS = 18
_A_DAY = timedelta(days=1)
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. ``problem`` says why its dates were not taken; ``kind`` is the funnel's."""

    board: Board
    preset: str
    period: Period
    before: Period
    zone: ZoneInfo
    filters: Mapping[str, tuple[str, ...]]
    kind: str
    is_wall: bool
    now: datetime
    problem: str = ""

    @property
    def step(self) -> Step:
        """Hours of a day or two, days of a season, weeks and months beyond."""
        days = (self.period.until - self.period.since) / _A_DAY
        return "hour" if days <= 2.1 else "day" if days <= 100 else "week" if days <= 200 else "month"

    @property
    def first_day(self) -> date:
        return self.period.since.date()

    @property
    def last_day(self) -> date:
        return (self.period.until - timedelta(minutes=15)).date()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The address's fields, without those that are as they are anyway."""
        pairs = [] if self.preset == self.board.preset else [("period", self.preset)]
        if self.preset == OWN:
            pairs += [("from", self.first_day.isoformat()), ("to", self.last_day.isoformat())]
        if self.zone.key != timezone.get_current_timezone_name():
            pairs.append(("zone", self.zone.key))
        pairs += [(cut, part or UNKNOWN) for cut, parts in self.filters.items() for part in parts]
        if self.kind != _kind_of(self.filters):
            pairs.append(("funnel", self.kind))
        return pairs + ([("wall", "1")] if self.is_wall else [])

    def address(self, *left_out: str, **more: str) -> str:
        """This dashboard's address with fields left out or set."""
        pairs = [(name, value) for name, value in self.pairs if name not in left_out and name not in more]
        return "?" + urlencode([*pairs, *more.items()])

    @property
    def told(self) -> str:
        """The period in words."""
        if self.preset != OWN:
            return str(PRESETS[self.preset])
        return f"{words.day(self.first_day)} – {words.day(self.last_day)}"


def read_address(board: Board, query: QueryDict, *, now: datetime) -> Asked:
    """What the address asks for; what it cannot mean is left out."""
    zone = zone_of(query.get("zone", ""))
    preset = query.get("period", "")
    if preset not in PRESETS and preset != OWN:
        preset = board.preset
    problem = ""
    try:
        period = _own(query, zone) if preset == OWN else period_of(preset, now=now, zone=zone)
    except KpiRefused as error:
        problem, preset = str(error), board.preset
        period = period_of(preset, now=now, zone=zone)
    kind = query.get("funnel", "")
    filters = filters_of(query)
    if kind not in Kind.values:
        kind = _kind_of(filters)
    return Asked(
        board=board,
        preset=preset,
        period=period,
        before=before_of(period, now=now),
        zone=zone,
        filters=filters,
        kind=kind,
        is_wall=query.get("wall") == "1",
        now=now,
        problem=problem,
    )


def period_of(preset: str, *, now: datetime, zone: ZoneInfo) -> Period:
    """The period that a preset means at this moment."""
    today = now.astimezone(zone).date()
    if preset == "today":
        return Period.days(1, until=now, zone=zone)
    if preset == "month":
        return Period.between(today.replace(day=1), today, zone=zone)
    if preset == "last_month":
        last = today.replace(day=1) - _A_DAY
        return Period.between(last.replace(day=1), last, zone=zone)
    return Period.days(int(preset), until=now, zone=zone)


def before_of(period: Period, *, now: datetime) -> Period:
    """The period before. Of one that still runs: only as far as it has run, for half a day is no match for a whole."""
    before = period.before
    if period.until.astimezone(UTC) <= now:
        return before
    gone = now.astimezone(UTC) - period.since.astimezone(UTC)
    until = before.since.astimezone(UTC) + gone
    return Period(before.since, min(until, period.since.astimezone(UTC)), period.zone)


def filters_of(query: QueryDict) -> dict[str, tuple[str, ...]]:
    """The cuts that an address filters by."""
    found = {}
    for cut in CUTS:
        parts = [part for part in query.getlist(cut)[:_MOST_PARTS] if _may_be(cut, part)]
        if parts:
            found[cut] = tuple(dict.fromkeys("" if part == UNKNOWN else part for part in parts))
    return found


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name, or the reader's own."""
    return ZoneInfo(name if name in zones() else timezone.get_current_timezone_name())


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The zones to choose from."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def _kind_of(filters: Mapping[str, tuple[str, ...]]) -> str:
    """The kind whose states are shown when the address names none."""
    return next((one for one in filters.get("kind", ()) if one in Kind.values), str(Kind.CLEARANCE))


def _may_be(cut: str, part: str) -> bool:
    if part == UNKNOWN:
        return True
    if not part or len(part) > _LONGEST_PART or "\x00" in part:
        return False
    return cut not in _KEYS or (part.isascii() and part.isdigit() and len(part) <= _MOST_DIGITS)


def _own(query: QueryDict, zone: ZoneInfo) -> Period:
    first, last = (_day(query.get(name, "")) for name in ("from", "to"))
    if first is None or last is None:
        raise KpiRefused(_("Give the first and the last day."), code="bad_period")
    if last - first >= LONGEST * _A_DAY:
        raise KpiRefused(_("A period has at most %(days)d days.") % {"days": LONGEST}, code="bad_period")
    return Period.between(first, last, zone=zone)


def _day(text: str) -> date | None:
    """A likely day of ours, None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None
