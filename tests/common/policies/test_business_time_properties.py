"""Business time for any calendar: its laws, and a slow obvious reference that walks minute by minute."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.policies.business_time import Hours, Interval

ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "America/Chicago",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Dubai",
    "Asia/Ho_Chi_Minh",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/London",
    "Europe/Moscow",
    "Pacific/Apia",
    "Pacific/Auckland",
    "UTC",
]
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)

walls = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
day_intervals = st.lists(st.builds(Interval, walls, walls), max_size=3).map(tuple)
moments = st.datetimes(datetime(2015, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
zoned = st.builds(lambda moment, zone: moment.astimezone(ZoneInfo(zone)), moments, st.sampled_from(ZONES))
type Week = dict[int, tuple[Interval, ...]]

lengths = st.timedeltas(timedelta(0), timedelta(days=40))
some_length = st.timedeltas(TICK, timedelta(days=40))
quickly = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    """Any calendar that is open some time each week."""
    weekly = draw(st.fixed_dictionaries(dict.fromkeys(range(7), day_intervals)).filter(lambda week: any(week.values())))
    own = draw(st.dictionaries(st.dates(date(2015, 1, 1), date(2032, 12, 31)), day_intervals, max_size=5))
    return Hours(
        ZoneInfo(draw(st.sampled_from(ZONES))),
        weekly,
        days_of=lambda year: {day: found for day, found in own.items() if day.year == year},
    )


any_hours = st.one_of(calendars(), st.just(Hours.always()))


@given(hours=any_hours, start=zoned, length=lengths)
@quickly
def test_what_was_added_lies_between(hours: Hours, start: datetime, length: timedelta) -> None:
    assert hours.between(start, hours.add(start, length)) == length


@given(hours=any_hours, start=zoned, length=some_length)
@quickly
def test_the_end_is_the_first_moment_by_which_the_time_has_passed(
    hours: Hours, start: datetime, length: timedelta
) -> None:
    assert hours.between(start, hours.add(start, length) - TICK) < length


@given(hours=any_hours, end=zoned, length=some_length)
@quickly
def test_what_was_subtracted_lies_between_and_begins_as_late_as_it_can(
    hours: Hours, end: datetime, length: timedelta
) -> None:
    begun = hours.subtract(end, length)

    assert hours.between(begun, end) == length
    assert hours.between(begun + TICK, end) < length


@given(hours=any_hours, start=zoned, length=some_length)
@quickly
def test_subtracting_undoes_adding_from_an_open_moment(hours: Hours, start: datetime, length: timedelta) -> None:
    opened = hours.next_open(start)

    assert hours.subtract(hours.add(start, length), length) == opened


@given(hours=any_hours, moments=st.tuples(zoned, zoned), lengths=st.tuples(lengths, lengths))
@quickly
def test_later_or_longer_never_ends_earlier(
    hours: Hours, moments: tuple[datetime, datetime], lengths: tuple[timedelta, timedelta]
) -> None:
    (early, late), (short, long) = sorted(moments), sorted(lengths)

    assert hours.add(early, short) <= hours.add(late, short)
    assert hours.add(early, short) <= hours.add(early, long)
    assert hours.subtract(early, long) <= hours.subtract(late, long)
    assert hours.subtract(late, long) <= hours.subtract(late, short)


@given(hours=any_hours, start=zoned, lengths=st.tuples(lengths, lengths))
@quickly
def test_two_lengths_are_one(hours: Hours, start: datetime, lengths: tuple[timedelta, timedelta]) -> None:
    first, second = lengths

    assert hours.add(hours.add(start, first), second) == hours.add(start, first + second)


@given(hours=any_hours, moments=st.tuples(zoned, zoned, zoned))
@quickly
def test_what_lies_between_adds_up(hours: Hours, moments: tuple[datetime, datetime, datetime]) -> None:
    first, second, third = moments

    assert hours.between(first, second) + hours.between(second, third) == hours.between(first, third)


@given(hours=any_hours, start=zoned, days=st.integers(0, 60))
@quickly
def test_spans_are_what_lies_between(hours: Hours, start: datetime, days: int) -> None:
    end = start + timedelta(days=days)

    spans = hours.spans(start, end)

    assert sum((closes - opens for opens, closes in spans), timedelta(0)) == hours.between(start, end)
    assert all(closes < opens for (_, closes), (opens, _) in itertools.pairwise(spans))
    assert all(opens < closes and hours.is_open(opens) and hours.is_open(closes - TICK) for opens, closes in spans)


@given(hours=any_hours, start=zoned)
@quickly
def test_it_opens_after_no_open_time_and_closes_after_nothing_else(hours: Hours, start: datetime) -> None:
    opens = hours.next_open(start)
    closes = hours.next_close(start)

    assert opens >= start
    assert hours.is_open(opens)
    assert hours.between(start, opens) == timedelta(0)
    if closes is not None:
        assert not hours.is_open(closes)
        assert hours.between(opens, closes) == closes - opens
        assert closes > opens


@st.composite
def starts_with_pauses(draw: st.DrawFn) -> tuple[datetime, list[tuple[datetime, datetime]]]:
    """A start, and pauses before, around and after it, in no order."""
    start = draw(moments)
    minutes = st.integers(-5_000, 60_000).map(lambda minute: start + minute * MINUTE)
    pairs = draw(st.lists(st.tuples(minutes, minutes), max_size=6))
    return start, [(min(pair), max(pair)) for pair in pairs]


def _open_outside(hours: Hours, start: datetime, end: datetime, pauses: list[tuple[datetime, datetime]]) -> timedelta:
    """Open time from start to end that lies in no pause: pauses that touch or overlap are put together first."""
    joined: list[tuple[datetime, datetime]] = []
    for since, until in sorted((max(since, start), min(until, end)) for since, until in pauses):
        if since >= until:
            continue
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((since, until))
    return hours.between(start, end) - sum((hours.between(*pause) for pause in joined), timedelta(0))


@given(hours=any_hours, paused=starts_with_pauses(), length=some_length)
@quickly
def test_the_deadline_is_the_first_moment_with_the_time_outside_the_pauses(
    hours: Hours, paused: tuple[datetime, list[tuple[datetime, datetime]]], length: timedelta
) -> None:
    start, pauses = paused

    due = hours.due(start, length, pauses)

    assert due is not None
    assert _open_outside(hours, start, due, pauses) == length
    assert _open_outside(hours, start, due - TICK, pauses) < length


@given(hours=any_hours, paused=starts_with_pauses(), length=lengths)
@quickly
def test_order_of_pauses_and_zones_do_not_matter(
    hours: Hours, paused: tuple[datetime, list[tuple[datetime, datetime]]], length: timedelta
) -> None:
    start, pauses = paused
    tokyo = ZoneInfo("Asia/Tokyo")

    expected = hours.due(start, length, pauses)

    assert hours.due(start, length, sorted(pauses)) == expected
    assert hours.due(start, length, sorted(pauses, reverse=True)) == expected
    assert hours.due(start.astimezone(tokyo), length, pauses) == expected
    assert hours.due(start, length, [(since.astimezone(tokyo), until) for since, until in sorted(pauses)]) == expected


@given(hours=any_hours, paused=starts_with_pauses(), length=lengths, which=st.integers(0, 5))
@quickly
def test_pausing_never_shortens(
    hours: Hours, paused: tuple[datetime, list[tuple[datetime, datetime]]], length: timedelta, which: int
) -> None:
    start, pauses = paused
    fewer = [pause for number, pause in enumerate(pauses) if number != which]

    with_all, with_fewer, without = (
        hours.due(start, length, pauses),
        hours.due(start, length, fewer),
        hours.due(start, length),
    )

    assert with_all is not None
    assert with_fewer is not None
    assert without is not None
    assert with_all >= with_fewer >= without


@given(hours=any_hours, paused=starts_with_pauses(), length=some_length, since=moments)
@quickly
def test_a_pause_that_lasts_leaves_only_what_was_due_before_it(
    hours: Hours, paused: tuple[datetime, list[tuple[datetime, datetime]]], length: timedelta, since: datetime
) -> None:
    start, pauses = paused
    otherwise = hours.due(start, length, pauses)
    assert otherwise is not None

    due = hours.due(start, length, [*pauses, (since, None)])

    assert due == (otherwise if otherwise <= since else None)


# The reference: the hand of the wall clock, minute by minute.


def _clock(zone: ZoneInfo, first: datetime, days: int) -> list[datetime]:
    """What a wall clock that never goes back shows at each minute."""
    started = first - timedelta(days=3)
    read = [(started + number * MINUTE).astimezone(zone).replace(tzinfo=None) for number in range((days + 3) * 24 * 60)]
    return list(itertools.accumulate(read, max))[3 * 24 * 60 :]


def _open_minutes(clock: list[datetime], weekly: Week, own: dict[date, tuple[Interval, ...]]) -> list[bool]:
    """Whether each minute is open: the clock has passed an opening and not yet its closing."""
    found = []
    for shown in clock:
        is_open = False
        for day in (shown.date(), shown.date() - timedelta(days=1)):
            for opens, closes in own.get(day, weekly.get(day.weekday(), ())):
                opened = datetime.combine(day, opens)
                closed = datetime.combine(day, closes) + (timedelta(days=1) if closes <= opens else timedelta(0))
                is_open = is_open or opened <= shown < closed
        found.append(is_open)
    return found


def _weeks_of_change(zone: ZoneInfo) -> list[datetime]:
    """The week around each change of the zone's clock in 2026, and one without."""
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(365)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    changes = [days[number] - timedelta(days=3) for number in range(1, 365) if offsets[number] != offsets[number - 1]]
    return [datetime(2027, 12, 29, tzinfo=UTC), *changes]


WEEKS: dict[str, Week] = {
    "office": {day: (Interval(time(9), time(12)), Interval(time(13), time(18))) for day in range(5)},
    "nights": {day: (Interval(time(22, 30), time(1, 45)), Interval(time(2, 15), time(6))) for day in range(7)},
    "small hours": {day: (Interval(time(0, 20), time(2, 30)), Interval(time(2, 30), time(2, 50))) for day in (5, 6)},
    "week-end": {5: (Interval(time(0), time(0)),), 6: (Interval(time(0), time(0)),)},
}


@pytest.mark.parametrize("zone", ZONES)
def test_weeks_of_thirty_zones_are_those_of_a_clock_read_each_minute(zone: str) -> None:
    there = ZoneInfo(zone)
    for first in _weeks_of_change(there):
        clock = _clock(there, first, 7)
        for name, weekly in WEEKS.items():
            hours = Hours(there, weekly)
            expected = _open_minutes(clock, weekly, {})

            found = [hours.is_open(first + number * MINUTE) for number in range(7 * 24 * 60)]

            assert found == expected, (name, first)
            assert hours.between(first, first + timedelta(days=7)) == sum(expected) * MINUTE, (name, first)


@given(
    zone=st.sampled_from(ZONES),
    weekly=st.fixed_dictionaries(dict.fromkeys(range(7), day_intervals)),
    own=st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), day_intervals, max_size=3),
    which=st.integers(0, 5),
    counting=st.tuples(st.integers(0, 3_000), st.integers(1, 4_000)),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_deadlines_are_those_of_counting_open_minutes(
    zone: str,
    weekly: Week,
    own: dict[date, tuple[Interval, ...]],
    which: int,
    counting: tuple[int, int],
) -> None:
    there = ZoneInfo(zone)
    began, wanted = counting
    weeks = _weeks_of_change(there)
    first = weeks[which % len(weeks)]
    own = {first.date() + timedelta(days=number): found for number, found in enumerate(own.values())}
    minutes = _open_minutes(_clock(there, first, 7), weekly, own)
    hours = Hours(there, weekly, days_of=lambda year: {day: found for day, found in own.items() if day.year == year})

    counted = 0
    for number in range(began, len(minutes)):
        counted += minutes[number]
        if counted == wanted:
            assert hours.add(first + began * MINUTE, wanted * MINUTE) == first + (number + 1) * MINUTE
            break
    assert hours.between(first + began * MINUTE, first + timedelta(days=7)) == sum(minutes[began:]) * MINUTE
    opens = next((number for number in range(began, len(minutes)) if minutes[number]), None)
    if opens is not None:
        assert hours.next_open(first + began * MINUTE) == first + opens * MINUTE
