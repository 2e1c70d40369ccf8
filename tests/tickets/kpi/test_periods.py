"""Local days of any zone, whatever its clock does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.errors import KpiRefused
from tickets.policies.kpi import Period
from tickets.policies.kpi.histogram import bucket_of, lower_edge, percentile
from tickets.policies.kpi.periods import STEPS, quarter_of

ZONES = [
    "UTC",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Pacific/Chatham",
    "Africa/Cairo",
    "Asia/Tehran",
    "Pacific/Apia",
]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Asia/Kathmandu", date(2026, 4, 5), 24),
        ("Africa/Cairo", date(2026, 4, 24), 23),
    ],
)
def test_a_local_day_is_as_long_as_its_zone_has_it(zone: str, day: date, hours: float) -> None:
    period = Period.between(day, day, zone=ZoneInfo(zone))

    assert (period.until.astimezone(UTC) - period.since.astimezone(UTC)) == timedelta(hours=hours)
    assert period.since.date() == day
    assert len(period.starts("hour")) == int(hours)


def test_period_before_has_as_many_local_days() -> None:
    zone = ZoneInfo("Europe/Berlin")

    before = Period.between(date(2026, 3, 28), date(2026, 3, 30), zone=zone).before

    assert before == Period.between(date(2026, 3, 25), date(2026, 3, 27), zone=zone)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    days=st.integers(1, 70),
    step=st.sampled_from(STEPS),
)
def test_steps_cover_a_period_without_gap_or_overlap(zone: str, first: date, days: int, step: str) -> None:
    period = Period.between(first, first + timedelta(days=days - 1), zone=ZoneInfo(zone))

    starts = [start.astimezone(UTC) for start in period.starts(step)]  # type: ignore[arg-type]

    assert starts[0] == period.since.astimezone(UTC)
    assert starts == sorted(set(starts))
    assert starts[-1] < period.until.astimezone(UTC)
    assert all(start.timestamp() % 900 == 0 for start in starts)
    for start in period.starts(step)[1:]:  # type: ignore[arg-type]
        assert start.minute == 0 or step != "hour"
        assert step != "week" or start.weekday() == 0
        assert step != "month" or start.day == 1


def test_bad_periods_are_refused() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    for since, until in ((now, now), (now, now - timedelta(days=1)), (now.replace(tzinfo=None), now)):
        with pytest.raises(KpiRefused) as refused:
            Period(since, until, UTC)
        assert refused.value.code == "bad_period"
    with pytest.raises(KpiRefused):
        Period.days(0, until=now, zone=ZoneInfo("UTC"))
    with pytest.raises(KpiRefused):
        Period(now, now + timedelta(days=1), UTC).starts("year")  # type: ignore[arg-type]


def test_period_is_snapped_outward_to_quarter_hours() -> None:
    at = datetime(2026, 5, 1, 10, 7, 3, tzinfo=UTC)

    period = Period(at, at + timedelta(minutes=10), UTC)

    assert (period.since, period.until) == (at.replace(minute=0, second=0), at.replace(minute=30, second=0))
    assert quarter_of(period.until) - quarter_of(period.since) == 2


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=60), st.floats(0.01, 1))
def test_percentile_lies_in_the_class_of_the_nearest_rank(values: list[int], share: float) -> None:
    classes = [(bucket_of(value), 1) for value in values]

    found = percentile(classes, share)

    ordered = sorted(values)
    exact = next(value for rank, value in enumerate(ordered, 1) if rank >= share * len(ordered))
    bucket = bucket_of(exact)
    assert found is not None
    assert lower_edge(bucket) - 1e-6 <= found <= lower_edge(bucket + 1) + 1e-6
    assert percentile([], share) is None


def test_classes_are_a_tenth_wide_at_most() -> None:
    for bucket in range(20, 190):
        low, high = lower_edge(bucket), lower_edge(bucket + 1)
        assert bucket_of((low + high) / 2) == bucket
        assert (high - low) / low < 0.125
