"""How pressing a promise is at each moment of its time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.policies.business_time import Hours, Interval
from tickets.policies.urgency import Urgency, pressing_from, urgency

DUE = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
HOUR, MINUTE, TICK = timedelta(hours=1), timedelta(minutes=1), timedelta(microseconds=1)
WORKDAYS = Hours(ZoneInfo("UTC"), {day: (Interval(time(9), time(17)),) for day in range(5)})


def test_a_quarter_of_the_time_before_the_deadline_it_is_pressing() -> None:
    assert pressing_from(Hours.always(), due=DUE, duration=4 * HOUR) == DUE - HOUR


def test_a_quarter_of_an_hour_before_the_deadline_it_is_pressing_however_short_it_was() -> None:
    assert pressing_from(Hours.always(), due=DUE, duration=30 * MINUTE) == DUE - 15 * MINUTE


def test_what_is_left_is_counted_in_the_promises_own_hours() -> None:
    """Four of sixteen working hours before Tuesday noon: three on Tuesday, the one before that on Monday."""
    assert pressing_from(WORKDAYS, due=DUE, duration=16 * HOUR) == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def test_hours_that_are_never_open_count_around_the_clock() -> None:
    assert pressing_from(Hours(ZoneInfo("UTC"), {}), due=DUE, duration=4 * HOUR) == DUE - HOUR


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (3 * HOUR, Urgency.IN_TIME),
        (2 * HOUR + TICK, Urgency.IN_TIME),
        (2 * HOUR, Urgency.SOON),
        (HOUR + TICK, Urgency.SOON),
        (HOUR, Urgency.NOW),
        (TICK, Urgency.NOW),
        (timedelta(0), Urgency.OVERDUE),
        (-HOUR, Urgency.OVERDUE),
    ],
)
def test_colours_turn_at_their_moments(before: timedelta, expected: Urgency) -> None:
    assert urgency(DUE - before, due=DUE, red_at=DUE - HOUR, amber_at=DUE - 2 * HOUR) == expected


def test_without_a_warning_nothing_is_amber() -> None:
    assert urgency(DUE - HOUR - TICK, due=DUE, red_at=DUE - HOUR, amber_at=None) == Urgency.IN_TIME
