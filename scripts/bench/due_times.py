"""Due times a second: pure arithmetic on one core, over holidays, lunch breaks and nights on which clocks change."""

from __future__ import annotations

import random
import time as clock
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from common.policies.business_time import Hours, Interval
from common.policies.working_days import CalendarDefinition

SAMPLE = 20_000
ROUNDS = 25
PAUSES = 4
_OFFICE = (Interval(time(9), time(12, 30)), Interval(time(13, 15), time(18)))
_NIGHT = (Interval(time(22), time(2)), Interval(time(2, 30), time(6)))
_PLACES = [
    ("Asia/Shanghai", "CN", _OFFICE, 5),
    ("Europe/Berlin", "DE", _OFFICE, 5),
    ("America/New_York", "US", _OFFICE, 6),
    ("Europe/Warsaw", "PL", _NIGHT, 7),  # awake when the clock changes
]


def measure() -> list[dict[str, object]]:
    """Both figures, each the best of ``ROUNDS``: what else runs on the machine is not what is measured.

    Starts lie in two years; a due time lies up to a working week later; the pauses are days apart. Nothing is compiled
    while it is measured: the hours are asked once before.
    """
    chance = random.Random(20_261_124)  # noqa: S311 - the same sample each time
    calendars = [_hours(*place) for place in _PLACES]
    first = datetime(2026, 1, 1, tzinfo=UTC)
    sample = []
    for number in range(SAMPLE):
        start = first + timedelta(seconds=chance.randrange(2 * 365 * 86_400))
        duration = timedelta(minutes=chance.randrange(15, 40 * 60))
        sample.append((calendars[number % len(calendars)], start, duration, _pauses(start, chance)))
    for hours in calendars:
        hours.add(first, timedelta(hours=1))
        hours.add(first + timedelta(days=1_000), timedelta(hours=1))

    def plain() -> None:
        for hours, start, duration, _paused in sample:
            hours.add(start, duration)

    def paused() -> None:
        for hours, start, duration, pauses in sample:
            hours.due(start, duration, pauses)

    return [
        {"name": "due_times_per_second", "value": _rate(plain), "unit": "1/s", "n": SAMPLE},
        {"name": "due_times_with_pauses_per_second", "value": _rate(paused), "unit": "1/s", "n": SAMPLE},
    ]


def _hours(zone: str, country: str, intervals: tuple[Interval, ...], days: int) -> Hours:
    weekly = tuple(intervals if day < days else () for day in range(7))
    return CalendarDefinition(zone=zone, weekly=weekly, country=country).hours()


def _pauses(start: datetime, chance: random.Random) -> list[tuple[datetime, datetime | None]]:
    pauses: list[tuple[datetime, datetime | None]] = []
    at = start
    for _number in range(PAUSES):
        since = at + timedelta(minutes=chance.randrange(5, 600))
        at = since + timedelta(minutes=chance.randrange(5, 2_000))
        pauses.append((since, at))
    return pauses


def _rate(run: Callable[[], None]) -> float:
    best = float("inf")
    for _round in range(ROUNDS):
        began = clock.perf_counter()
        run()
        best = min(best, clock.perf_counter() - began)
    return SAMPLE / best


if __name__ == "__main__":
    from scripts.bench.report import say

    for row in measure():
        say(str(row["name"]), float(str(row["value"])), str(row["unit"]), int(str(row["n"])))
