"""The end of a night, whatever the clocks do in it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.policies.customer_zone import known_zone
from tickets.policies.quiet_hours import held_until, is_quiet

ZONES = (
    *("Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Sydney", "Asia/Shanghai", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns", "Asia/Beirut"),
)
moments = st.integers(1_293_840_000, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def utc(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        # Berlin is at UTC+1 in winter: 21:00 there is 20:00 UTC, 8:00 is 7:00 UTC.
        ("Europe/Berlin", utc(11, 24, 19, 59), None),
        ("Europe/Berlin", utc(11, 24, 20, 0), utc(11, 25, 7, 0)),
        ("Europe/Berlin", utc(11, 25, 6, 59, 59), utc(11, 25, 7, 0)),
        ("Europe/Berlin", utc(11, 25, 7, 0), None),
        # The night in which Berlin goes over to summer time is an hour shorter, the one back an hour longer.
        ("Europe/Berlin", utc(3, 28, 20, 0), utc(3, 29, 6, 0)),
        ("Europe/Berlin", utc(10, 24, 19, 0), utc(10, 25, 7, 0)),
        ("America/New_York", utc(3, 8, 2, 0), utc(3, 8, 12, 0)),
        ("America/New_York", utc(11, 1, 1, 0), utc(11, 1, 13, 0)),
        ("Australia/Sydney", utc(10, 3, 11, 0), utc(10, 3, 21, 0)),
        # Neither Shanghai nor São Paulo changes its clocks in 2026.
        ("Asia/Shanghai", utc(11, 24, 13, 0), utc(11, 25, 0, 0)),
        ("America/Sao_Paulo", utc(11, 25, 0, 0), utc(11, 25, 11, 0)),
    ],
)
def test_the_night_ends_at_eight_of_their_clock(zone: str, now: datetime, until: datetime | None) -> None:
    assert held_until(zone=ZoneInfo(zone), now=now) == until


def test_an_end_that_clocks_skip_is_the_moment_of_the_jump() -> None:
    """Berlin, 29 March 2026: 2:00 becomes 3:00 at 1:00 UTC, so 2:30 is never shown."""
    until = held_until(zone=ZoneInfo("Europe/Berlin"), now=utc(3, 29, 0, 30), start=time(22), end=time(2, 30))
    assert until == utc(3, 29, 1, 0)


def test_an_end_that_clocks_show_twice_is_the_next_of_the_two() -> None:
    """Berlin, 25 October 2026: 2:30 is shown at 0:30 and at 1:30 UTC; between them, from 1:00 on, it is 2:00 again."""
    zone, hours = ZoneInfo("Europe/Berlin"), {"start": time(22), "end": time(2, 30)}
    assert held_until(zone=zone, now=utc(10, 25, 0, 10), **hours) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert held_until(zone=zone, now=utc(10, 25, 0, 40), **hours) is None
    assert held_until(zone=zone, now=utc(10, 25, 1, 10), **hours) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@given(st.sampled_from(ZONES), moments, minutes, minutes)
def test_whoever_waits_is_woken_by_day_within_a_night_and_not_too_early(
    zone: str, now: datetime, start: time, end: time
) -> None:
    if start == end:
        return
    there = ZoneInfo(zone)
    until = held_until(zone=there, now=now, start=start, end=end)
    if until is None:
        assert not is_quiet(now.astimezone(there).time(), start=start, end=end)
        return
    assert is_quiet(now.astimezone(there).time(), start=start, end=end)
    # Apia left out a whole day in December 2011.
    assert now < until <= now + timedelta(hours=26 + 24)
    just_before = until - timedelta(microseconds=1)
    assert (
        just_before <= now
        or is_quiet(just_before.astimezone(there).time(), start=start, end=end)
        or (until.astimezone(there).time() != end)
    )
    # Nobody is held for ever: from the end on, it is day, unless the day is shorter than the jump.
    again = held_until(zone=there, now=until, start=start, end=end)
    assert again is None or again > until


@given(st.sampled_from(ZONES), moments)
def test_no_moment_of_the_usual_night_goes_out_and_every_one_of_the_day_does(zone: str, now: datetime) -> None:
    there = ZoneInfo(zone)
    hour = now.astimezone(there).hour
    until = held_until(zone=there, now=now)
    assert (until is None) == (8 <= hour < 21)
    if until is not None:
        assert until.astimezone(there).hour >= 8
        assert held_until(zone=there, now=until) is None


@pytest.mark.parametrize(
    ("time_zone", "countries", "found"),
    [
        ("Asia/Tokyo", ["DE"], "Asia/Tokyo"),
        ("", ["", "DE", "CN"], "Europe/Berlin"),
        ("", ["US"], "America/New_York"),
        ("", ["", ""], None),
        ("", ["ZZ"], None),
    ],
)
def test_where_a_customers_clock_runs(time_zone: str, countries: list[str], found: str | None) -> None:
    zone = known_zone(time_zone, countries)
    assert (zone.key if zone else None) == found
