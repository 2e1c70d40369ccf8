"""A report comes when its reader's clock shows the hour, also on the days on which the clocks jump."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tickets.policies.report_times import next_moment


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "after", "expected"),
    [
        # The clocks go forward at 2:00: half past two is not shown that day, the report comes with the jump.
        ("Europe/Berlin", "02:30", "2026-03-29 00:59", "2026-03-29 01:00"),
        ("Europe/Berlin", "02:30", "2026-03-29 01:00", "2026-03-30 00:30"),
        # They go back at 3:00: half past two is shown twice, the report comes once.
        ("Europe/Berlin", "02:30", "2026-10-25 00:00", "2026-10-25 00:30"),
        ("Europe/Berlin", "02:30", "2026-10-25 00:30", "2026-10-26 01:30"),
        ("Asia/Kathmandu", "08:00", "2026-11-24 02:15", "2026-11-25 02:15"),
        ("Australia/Lord_Howe", "02:15", "2026-10-03 15:00", "2026-10-03 15:30"),
        ("America/Sao_Paulo", "00:00", "2018-11-03 12:00", "2018-11-04 03:00"),
    ],
)
def test_every_day_by_the_clock_on_the_wall(zone: str, at: str, after: str, expected: str) -> None:
    found = next_moment(every="day", at=time.fromisoformat(at), zone=ZoneInfo(zone), after=utc(after))
    assert found == utc(expected)


def test_every_week_on_its_weekday_and_every_month_on_its_day_or_the_last() -> None:
    zone, at = ZoneInfo("America/New_York"), time(8)
    weekly = next_moment(every="week", at=at, zone=zone, after=utc("2026-11-24 12:00"), weekday=0)
    assert weekly == utc("2026-11-30 13:00")
    monthly = [utc("2027-01-31 12:59")]
    for _ in range(3):
        monthly.append(next_moment(every="month", at=at, zone=zone, after=monthly[-1], month_day=31))
    assert monthly[1:] == [utc("2027-01-31 13:00"), utc("2027-02-28 13:00"), utc("2027-03-31 12:00")]
