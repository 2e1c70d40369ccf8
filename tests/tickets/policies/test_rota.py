"""Who is on call: against a list of all turns written out one by one, over the nights in which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.policies.rota import Layer, Override, in_turn, on_call, shifts

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Sydney", "Asia/Kolkata"]
# The nights of 2026 in which some of these clocks change, and a leap day.
NIGHTS = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4), date(2026, 10, 25)]
NIGHTS += [date(2026, 11, 1), date(2028, 2, 29)]


def layer(
    zone: str = "Europe/Berlin",
    *,
    starts_on: date = date(2026, 1, 5),
    turn_days: int = 7,
    hands_over_at: time = time(9),
    people: tuple[int, ...] = (1, 2, 3),
    from_time: time | None = None,
    until_time: time | None = None,
    weekdays: frozenset[int] = frozenset(),
    order: int = 1,
) -> Layer:
    return Layer(order, ZoneInfo(zone), starts_on, turn_days, hands_over_at, people, from_time, until_time, weekdays)


def moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first minute whose reading is the wall time or a later one of that day, found minute by minute."""
    at = datetime.combine(day, time(0), UTC) - timedelta(hours=15)
    while at.astimezone(zone).replace(tzinfo=None) < datetime.combine(day, wall):
        at += timedelta(minutes=1)
    return at


def slowly(one: Layer, at: datetime, around: date) -> int | None:
    """The same question answered from a written-out list of the days around."""
    days = [around + timedelta(days=number) for number in range(-4, 5)]
    holder = None
    for day in days:
        if moment(day, one.hands_over_at, one.zone) <= at:
            turn = (day - one.starts_on).days // one.turn_days
            holder = one.people[turn % len(one.people)] if day >= one.starts_on else None
    if one.from_time is None or one.until_time is None:
        local = at.astimezone(one.zone)
        return holder if not one.weekdays or local.weekday() in one.weekdays else None
    for day in days:
        if one.weekdays and day.weekday() not in one.weekdays:
            continue
        ends = day if one.from_time < one.until_time else day + timedelta(days=1)
        if moment(day, one.from_time, one.zone) <= at < moment(ends, one.until_time, one.zone):
            return holder
    return None


walls = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
layers = st.builds(
    lambda zone, starts, days, wall, count, hours, weekdays: layer(
        zone,
        starts_on=date(2026, 1, 1) + timedelta(days=starts),
        turn_days=days,
        hands_over_at=wall,
        people=tuple(range(1, count + 1)),
        from_time=hours[0] if hours else None,
        until_time=hours[1] if hours else None,
        weekdays=frozenset(weekdays),
    ),
    st.sampled_from(ZONES),
    st.integers(0, 330),
    st.integers(1, 14),
    walls,
    st.integers(1, 5),
    st.none() | st.tuples(walls, walls),
    st.sets(st.integers(0, 6), max_size=4),
)


@settings(max_examples=120, deadline=None)
@given(layers, st.sampled_from(NIGHTS), st.integers(-26 * 60, 50 * 60))
def test_a_layer_says_what_a_written_out_list_of_turns_says(one: Layer, night: date, minutes: int) -> None:
    at = datetime.combine(night, time(0), UTC) + timedelta(minutes=minutes)

    assert in_turn(one, at) == slowly(one, at, night)


@settings(max_examples=60, deadline=None)
@given(st.lists(layers, min_size=1, max_size=3), st.sampled_from(NIGHTS), st.data())
def test_shifts_have_no_hole_and_say_what_is_said_of_each_moment(
    chosen: list[Layer], night: date, data: st.DataObject
) -> None:
    start = datetime.combine(night, time(0), UTC) - timedelta(days=2)
    end = start + timedelta(days=5)
    away = [Override(9, start + timedelta(hours=20, minutes=7), start + timedelta(hours=50))]

    found = shifts(chosen, away, start, end)

    assert found[0].from_at == start
    assert found[-1].until_at == end
    assert all(one.until_at == following.from_at for one, following in pairwise(found))
    assert all(one.user != following.user for one, following in pairwise(found))
    for minutes in data.draw(st.lists(st.integers(0, 5 * 24 * 60 - 1), min_size=5, max_size=5)):
        at = start + timedelta(minutes=minutes)
        assert [one.user for one in found if one.from_at <= at < one.until_at] == [on_call(chosen, away, at)]


def test_a_handover_that_the_clock_shows_twice_happens_once() -> None:
    night = date(2026, 10, 25)  # Berlin goes from 3:00 back to 2:00
    one = layer(starts_on=date(2026, 10, 24), turn_days=1, hands_over_at=time(2, 30), people=(1, 2))
    start = datetime(2026, 10, 24, 12, tzinfo=UTC)

    found = shifts([one], [], start, start + timedelta(days=1))

    assert [(shift.user, shift.until_at) for shift in found] == [
        (1, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (2, start + timedelta(days=1)),
    ], night


def test_a_handover_that_the_clock_leaves_out_happens_at_the_jump() -> None:
    one = layer(starts_on=date(2026, 3, 28), turn_days=1, hands_over_at=time(2, 30), people=(1, 2))
    jump = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)

    assert [in_turn(one, jump - timedelta(seconds=1)), in_turn(one, jump)] == [1, 2]


def test_the_zone_of_a_layer_chooses_the_person() -> None:
    shanghai = layer("Asia/Shanghai", people=(1,), from_time=time(9), until_time=time(18), order=1)
    berlin = layer("Europe/Berlin", people=(2,), from_time=time(9), until_time=time(18), order=2)
    at = [datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (2, 9, 12, 20)]

    assert [on_call([shanghai, berlin], [], one) for one in at] == [1, 2, 2, None]


def test_an_override_stands_above_every_layer_and_the_later_one_above_the_earlier() -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    hour = timedelta(hours=1)
    away = [Override(7, at - 3 * hour, at + hour), Override(8, at - hour, at + 2 * hour)]

    said = [on_call([layer()], away, at + hour * number) for number in (-2, 0, 1, 3)]

    assert said == [7, 8, 8, in_turn(layer(), at)]


def test_nobody_is_on_call_before_a_layer_begins() -> None:
    begins = datetime(2026, 1, 5, 8, tzinfo=UTC)

    assert in_turn(layer(), begins - timedelta(seconds=1)) is None
    assert in_turn(layer(), begins) == 1
