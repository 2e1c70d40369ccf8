from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.policies.local_time import country_zone, end_of_day, localise, zone_or_offset


def test_promised_day_ends_where_the_parcel_goes() -> None:
    assert end_of_day(date(2026, 7, 1), country="DE").isoformat() == "2026-07-01T23:59:59+02:00"
    assert end_of_day(date(2026, 7, 1), country="").isoformat() == "2026-07-01T23:59:59+00:00"


@pytest.mark.parametrize(
    ("country", "zone", "certain"),
    [
        ("JP", "Asia/Tokyo", True),
        ("CN", "Asia/Shanghai", True),
        ("US", "America/New_York", False),
        ("HK", "Asia/Hong_Kong", True),
    ],
)
def test_country_has_its_main_zone(country: str, zone: str, certain: bool) -> None:
    assert country_zone(country) == (zone, certain)


def test_no_country_has_no_zone() -> None:
    assert country_zone("") is None
    assert country_zone("ZZ") is None


@pytest.mark.parametrize("text", ["+08:00", "UTC+8", "GMT+0800", "Asia/Shanghai"])
def test_zone_is_read_in_every_way_carriers_write_it(text: str) -> None:
    local = localise(datetime(2026, 7, 1, 12), zone=text)  # noqa: DTZ001 (a wall clock)

    assert (local.at.astimezone(UTC).hour, local.offset_minutes, local.exact) == (4, 480, True)


@pytest.mark.parametrize("text", ["", "CST", "+25:00", "../etc/passwd", "/etc/passwd", "Mars/Olympus", "+08:99"])
def test_what_is_no_zone_is_not_guessed(text: str) -> None:
    assert zone_or_offset(text) is None


def test_hour_that_the_clock_change_skips_still_gives_an_instant() -> None:
    local = localise(datetime(2026, 3, 29, 2, 30), countries=("FR",))  # noqa: DTZ001 (a wall clock)

    assert local.at.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


_wall_clocks = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30))  # noqa: DTZ001 (wall clocks)


@given(_wall_clocks, st.sampled_from(["DE", "CN", "US", "NP", "AU", "BR"]))
def test_offset_is_what_lies_between_wall_clock_and_utc(wall_clock: datetime, country: str) -> None:
    local = localise(wall_clock, countries=(country,))

    assert local.offset_minutes is not None
    assert local.at.utcoffset() is not None
    assert -14 * 60 <= local.offset_minutes <= 14 * 60


@given(st.text(max_size=12))
def test_any_text_is_a_zone_or_none(text: str) -> None:
    zone_or_offset(text)
    country_zone(text)
