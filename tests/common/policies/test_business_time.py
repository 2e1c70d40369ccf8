"""Business time on paper: cases worked out by hand, each with its reasoning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.errors import InvalidInput
from common.policies.business_time import Hours, Interval, NeverOpen
from tests.common.policies.working_hours import at, hours

H = timedelta(hours=1)
OFFICE = "09:00-12:00 13:00-18:00"
EVERY_DAY = range(7)


@dataclass(frozen=True)
class Case:
    """``start`` plus ``open_for`` of open time is ``end``, because."""

    name: str
    where: Hours
    start: str
    open_for: timedelta
    end: str
    because: str


CASES = [
    Case(
        "Shanghai has no such night",
        hours("Asia/Shanghai", OFFICE),
        "2026-03-27T17:00+08:00",
        2 * H,
        "2026-03-30T10:00+08:00",
        "Friday 17 to 18 is one hour; the week-end in which Europe changes its clocks changes nothing here; one more "
        "hour from Monday 9.",
    ),
    Case(
        "Shanghai works through the lunch break's end",
        hours("Asia/Shanghai", OFFICE),
        "2026-03-30T11:30+08:00",
        H,
        "2026-03-30T13:30+08:00",
        "Half an hour to noon, half an hour after one.",
    ),
    Case(
        "Berlin's night shift of seven hours",
        hours("Europe/Berlin", "22:00-06:00", days=EVERY_DAY),
        "2026-03-28T22:00+01:00",
        7 * H,
        "2026-03-29T06:00+02:00",
        "22 to 2 is four hours, the clock jumps to 3, 3 to 6 is three: the shift ends after seven hours.",
    ),
    Case(
        "Berlin's night shift of nine hours",
        hours("Europe/Berlin", "22:00-06:00", days=EVERY_DAY),
        "2026-10-24T22:00+02:00",
        9 * H,
        "2026-10-25T06:00+01:00",
        "22 to 3 is five hours, the clock goes back to 2, 2 to 6 is four.",
    ),
    Case(
        "Berlin opens in the gap",
        hours("Europe/Berlin", "02:30-06:00", days=EVERY_DAY),
        "2026-03-29T00:00+01:00",
        H,
        "2026-03-29T04:00+02:00",
        "2:30 is never shown; the clock shows that or later first at 3:00, the jump: the hour ends at 4.",
    ),
    Case(
        "Berlin closes in the gap",
        hours("Europe/Berlin", "00:00-02:30", days=EVERY_DAY),
        "2026-03-29T00:00+01:00",
        3 * H,
        "2026-03-30T01:00+02:00",
        "It closes at the jump: two hours from 0 to 2, the third the night after.",
    ),
    Case(
        "Berlin closes in the hour that comes twice",
        hours("Europe/Berlin", "00:00-02:30", days=EVERY_DAY),
        "2026-10-25T00:00+02:00",
        3 * H,
        "2026-10-26T00:30+01:00",
        "2:30 is first shown before the clock goes back: two and a half hours, and half an hour the night after.",
    ),
    Case(
        "Berlin opens in the hour that comes twice",
        hours("Europe/Berlin", "02:30-06:00", days=EVERY_DAY),
        "2026-10-25T00:00+02:00",
        4.5 * H,
        "2026-10-25T06:00+01:00",
        "It opens at the first 2:30: half an hour to 3, the whole hour from 2 to 3 again, three to 6.",
    ),
    Case(
        "New York's day of 23 hours",
        hours("America/New_York", "00:00-00:00", days=[6]),
        "2026-03-08T00:00-05:00",
        23 * H,
        "2026-03-09T00:00-04:00",
        "The Sunday has no hour from 2 to 3.",
    ),
    Case(
        "New York's day of 25 hours",
        hours("America/New_York", "00:00-00:00", days=[6]),
        "2026-11-01T00:00-04:00",
        25 * H,
        "2026-11-02T00:00-05:00",
        "The Sunday has the hour from 1 to 2 twice.",
    ),
    Case(
        "São Paulo loses midnight",
        hours("America/Sao_Paulo", "20:00-00:30", days=[5]),
        "2018-11-03T20:00-03:00",
        4 * H,
        "2018-11-04T01:00-02:00",
        "0:00 jumps to 1:00: the shift that should end at 0:30 ends at the jump, after four hours.",
    ),
    Case(
        "São Paulo begins a day at one",
        hours("America/Sao_Paulo", "00:00-06:00", days=[6]),
        "2018-11-03T12:00-03:00",
        5 * H,
        "2018-11-04T06:00-02:00",
        "The Sunday begins at 1:00: five hours to 6.",
    ),
    Case(
        "São Paulo has the last hour of a Saturday twice",
        hours("America/Sao_Paulo", "22:00-00:00", days=[5]),
        "2018-02-17T22:00-02:00",
        3 * H,
        "2018-02-18T00:00-03:00",
        "22 to 24, then back to 23: midnight comes once, after three hours.",
    ),
    Case(
        "São Paulo gave it up in 2019",
        hours("America/Sao_Paulo", "20:00-00:30", days=[5]),
        "2026-10-31T20:00-03:00",
        4.5 * H,
        "2026-11-01T00:30-03:00",
        "No change of clocks since 2019: four and a half hours are what they say.",
    ),
    Case(
        "Sydney's autumn is in April",
        hours("Australia/Sydney", "22:00-06:00", days=EVERY_DAY),
        "2026-04-04T22:00+11:00",
        9 * H,
        "2026-04-05T06:00+10:00",
        "3:00 goes back to 2:00 on the first Sunday of April.",
    ),
    Case(
        "Sydney's spring is in October",
        hours("Australia/Sydney", "22:00-06:00", days=EVERY_DAY),
        "2026-10-03T22:00+10:00",
        7 * H,
        "2026-10-04T06:00+11:00",
        "2:00 jumps to 3:00 on the first Sunday of October.",
    ),
    Case(
        "Lord Howe goes back by half an hour",
        hours("Australia/Lord_Howe", "00:00-06:00", days=[6]),
        "2026-04-05T00:00+11:00",
        6.5 * H,
        "2026-04-05T06:00+10:30",
        "2:00 goes back to 1:30.",
    ),
    Case(
        "Lord Howe jumps by half an hour",
        hours("Australia/Lord_Howe", "02:15-06:00", days=[6]),
        "2026-10-04T00:00+10:30",
        3.5 * H,
        "2026-10-04T06:00+11:00",
        "2:00 jumps to 2:30, which is 2:15 or later: three and a half hours to 6.",
    ),
    Case(
        "Apia has no 30 December 2011",
        hours("Pacific/Apia", "09:00-17:00", days=EVERY_DAY),
        "2011-12-29T16:00-10:00",
        2 * H,
        "2011-12-31T10:00+14:00",
        "The island crossed the date line: one hour on the 29th, the next on the 31st.",
    ),
    Case(
        "29 February is a Tuesday",
        hours("Europe/Berlin", OFFICE),
        "2028-02-28T17:00+01:00",
        9 * H,
        "2028-02-29T18:00+01:00",
        "One hour on Monday the 28th, eight on the 29th.",
    ),
    Case(
        "2100 has no 29 February",
        hours("UTC", OFFICE),
        "2100-02-26T17:00+00:00",
        9 * H,
        "2100-03-01T18:00+00:00",
        "A century that 400 does not divide: after Friday the 26th comes Monday 1 March.",
    ),
    Case(
        "over the end of the year",
        hours("Europe/Berlin", OFFICE, own={"2026-12-31": "09:00-12:00", "2027-01-01": ""}),
        "2026-12-31T11:00+01:00",
        2 * H,
        "2027-01-04T10:00+01:00",
        "One hour until noon of the short day, New Year closed, then the week-end, one hour on Monday.",
    ),
    Case(
        "over the end of four compiled years",
        hours("Asia/Shanghai", "09:00-18:00", days=EVERY_DAY),
        "2027-12-31T17:00+08:00",
        10 * H,
        "2028-01-01T18:00+08:00",
        "One hour on the last day, nine on the first.",
    ),
    Case(
        "a shift over a border of compiled years is one",
        hours("UTC", "22:00-06:00", days=EVERY_DAY),
        "2027-12-31T23:00+00:00",
        7 * H,
        "2028-01-01T06:00+00:00",
        "One shift, from 23 to 6.",
    ),
    Case(
        "a holiday leaves the night shift before it",
        hours("Europe/Berlin", "22:00-06:00", days=EVERY_DAY, own={"2026-05-01": ""}),
        "2026-04-30T22:00+02:00",
        9 * H,
        "2026-05-02T23:00+02:00",
        "The shift of 30 April runs to 6 on the holiday; that of 1 May does not begin; the ninth hour is on the 2nd.",
    ),
    Case(
        "a make-up Sunday is worked",
        hours("Asia/Shanghai", OFFICE, own={"2026-10-06": "", "2026-09-20": OFFICE}),
        "2026-09-18T17:00+08:00",
        3 * H,
        "2026-09-20T11:00+08:00",
        "Friday has one hour left, Saturday is free, Sunday the 20th is worked for 6 October.",
    ),
    Case(
        "done at the closing",
        hours("Europe/Berlin", OFFICE),
        "2026-06-05T17:00+02:00",
        H,
        "2026-06-05T18:00+02:00",
        "The hour is over when they close on Friday, not when they open on Monday.",
    ),
    Case(
        "begun when closed",
        hours("Europe/Berlin", OFFICE),
        "2026-06-06T11:00+02:00",
        H,
        "2026-06-08T10:00+02:00",
        "Nothing counts before Monday 9.",
    ),
    Case(
        "begun at the closing",
        hours("Europe/Berlin", OFFICE),
        "2026-06-05T18:00+02:00",
        timedelta(microseconds=1),
        "2026-06-08T09:00:00.000001+02:00",
        "At the closing instant it is closed.",
    ),
    Case(
        "nothing takes no time",
        hours("Europe/Berlin", OFFICE),
        "2026-06-06T11:00+02:00",
        timedelta(0),
        "2026-06-06T11:00+02:00",
        "No open time has to pass, so none is waited for.",
    ),
    Case(
        "around the clock",
        Hours.always(),
        "2026-10-25T00:00+02:00",
        24 * H,
        "2026-10-25T23:00+01:00",
        "Hours of time, not of the wall.",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_adding_open_time_ends_where_the_reasoning_says(case: Case) -> None:
    start, end = at(case.start), at(case.end)

    assert case.where.add(start, case.open_for) == end, case.because
    assert case.where.between(start, end) == case.open_for, case.because
    assert case.where.between(end, start) == -case.open_for


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_open_time_taken_from_the_end_leads_back_to_where_counting_began(case: Case) -> None:
    start, end = at(case.start), at(case.end)

    begun = case.where.next_open(start) if case.open_for else start

    assert case.where.subtract(end, case.open_for) == begun


def test_results_are_in_utc() -> None:
    office = hours("Asia/Shanghai", OFFICE)

    found = office.add(datetime(2026, 3, 30, 9, tzinfo=ZoneInfo("Asia/Shanghai")), H)

    assert found.tzinfo is UTC
    assert found.isoformat() == "2026-03-30T02:00:00+00:00"


def test_next_opening_and_closing_of_a_friday_night() -> None:
    office = hours("Europe/Berlin", OFFICE)
    lunch, evening = at("2026-06-05T12:00+02:00"), at("2026-06-05T20:00+02:00")

    assert office.next_open(lunch) == at("2026-06-05T13:00+02:00")
    assert office.next_open(evening) == at("2026-06-08T09:00+02:00")
    assert office.next_close(at("2026-06-05T09:00+02:00")) == lunch
    assert office.next_close(evening) == at("2026-06-08T12:00+02:00")
    assert office.next_open(at("2026-06-05T09:30+02:00")) == at("2026-06-05T09:30+02:00")


def test_a_week_around_the_clock_never_closes() -> None:
    at_all_times = hours("Europe/Berlin", "00:00-00:00", days=EVERY_DAY)

    assert at_all_times.next_close(at("2026-06-05T09:00+02:00")) is None
    assert at_all_times.spans(at("2026-03-01T00:00+00:00"), at("2029-03-01T00:00+00:00")) == [
        (at("2026-03-01T00:00+00:00"), at("2029-03-01T00:00+00:00"))
    ]
    assert Hours.always().next_close(at("2026-06-05T09:00+02:00")) is None


def test_a_shift_over_a_border_of_compiled_years_closes_at_its_end() -> None:
    night = hours("UTC", "22:00-06:00", days=EVERY_DAY)

    assert night.next_close(at("2027-12-31T23:00+00:00")) == at("2028-01-01T06:00+00:00")
    assert night.spans(at("2027-12-31T12:00+00:00"), at("2028-01-01T12:00+00:00")) == [
        (at("2027-12-31T22:00+00:00"), at("2028-01-01T06:00+00:00"))
    ]


def test_a_pause_moves_the_deadline_by_the_open_time_in_it() -> None:
    office = hours("Europe/Berlin", OFFICE)
    start = at("2026-06-05T09:00+02:00")
    over_lunch = (at("2026-06-05T11:00+02:00"), at("2026-06-05T14:00+02:00"))  # two hours open
    after_hours = (at("2026-06-05T19:00+02:00"), at("2026-06-06T19:00+02:00"))  # none

    assert office.due(start, 4 * H, [over_lunch, after_hours]) == at("2026-06-05T16:00+02:00")
    assert office.due(start, 4 * H, [after_hours, over_lunch]) == at("2026-06-05T16:00+02:00")
    assert office.due(start, 4 * H, [over_lunch, over_lunch]) == at("2026-06-05T16:00+02:00")
    assert office.due(start, 4 * H) == at("2026-06-05T14:00+02:00")


def test_without_end_of_the_pause_there_is_no_deadline() -> None:
    office = hours("Europe/Berlin", OFFICE)
    start, noon = at("2026-06-05T09:00+02:00"), at("2026-06-05T12:00+02:00")

    assert office.due(start, 4 * H, [(noon, None)]) is None
    assert Hours.always().due(start, 4 * H, [(noon, None)]) is None


def test_a_pause_that_begins_when_the_time_is_up_changes_nothing() -> None:
    office = hours("Europe/Berlin", OFFICE)
    start, noon = at("2026-06-05T09:00+02:00"), at("2026-06-05T12:00+02:00")

    assert office.due(start, 3 * H, [(noon, None)]) == noon
    assert office.due(start, 3 * H, [(noon, at("2026-06-05T15:00+02:00"))]) == noon


def test_pauses_around_the_clock_are_added_as_they_are() -> None:
    start = at("2026-06-05T09:00+02:00")

    paused = [(start + H, start + 3 * H), (start + 2 * H, start + 4 * H), (start - 9 * H, start - H)]

    assert Hours.always().due(start, 2 * H, paused) == start + 5 * H


@pytest.mark.parametrize("office", [hours("Europe/Berlin", OFFICE), Hours.always()], ids=["office", "always"])
def test_negative_lengths_and_pauses_are_refused(office: Hours) -> None:
    start = at("2026-06-05T09:00+02:00")

    with pytest.raises(InvalidInput):
        office.add(start, -H)
    with pytest.raises(InvalidInput):
        office.subtract(start, -H)
    with pytest.raises(InvalidInput):
        office.due(start, -H, [(start, start + H)])
    with pytest.raises(InvalidInput):
        office.due(start, H, [(start + H, start)])


@pytest.mark.parametrize("office", [hours("Europe/Berlin", OFFICE), Hours.always()], ids=["office", "always"])
def test_a_time_without_a_zone_is_refused(office: Hours) -> None:
    naive = at("2026-06-05T09:00+02:00").replace(tzinfo=None)

    with pytest.raises(InvalidInput):
        office.add(naive, H)
    with pytest.raises(InvalidInput):
        office.next_open(naive)
    with pytest.raises(InvalidInput):
        office.due(naive, H, [(at("2026-06-05T09:00+02:00"), at("2026-06-05T10:00+02:00"))])


def test_a_calendar_without_hours_says_so_instead_of_searching_for_ever() -> None:
    closed = Hours(ZoneInfo("Europe/Berlin"), {})
    start = at("2026-06-05T09:00+02:00")

    for asked in (
        lambda: closed.add(start, H),
        lambda: closed.subtract(start, H),
        lambda: closed.next_open(start),
        lambda: closed.next_close(start),
        lambda: closed.due(start, H, [(start, start + H)]),
    ):
        with pytest.raises(NeverOpen):
            asked()
    assert closed.add(start, timedelta(0)) == start
    assert closed.between(start, start + 1000 * H) == timedelta(0)
    assert not closed.is_open(start)
    assert closed.spans(start, start + 1000 * H) == []


def test_one_open_day_is_used_up() -> None:
    once = hours("UTC", "", own={"2026-06-05": "09:00-12:00"})

    assert once.add(at("2020-01-01T00:00+00:00"), 3 * H) == at("2026-06-05T12:00+00:00")
    with pytest.raises(NeverOpen):
        once.add(at("2026-01-01T00:00+00:00"), 3 * H + timedelta(microseconds=1))


@pytest.mark.parametrize("year", [5, 1850, 2026, 2400, 9990])
def test_any_year_can_be_counted_in(year: int) -> None:
    office = hours("Europe/Berlin", OFFICE, days=EVERY_DAY)
    start = datetime(year, 7, 1, tzinfo=UTC)

    assert office.between(start, office.add(start, 100 * H)) == 100 * H


def test_beyond_the_years_that_can_be_named_nothing_opens() -> None:
    office = hours("Europe/Berlin", OFFICE)

    for start in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)):
        with pytest.raises(NeverOpen):
            office.add(start, H)
    with pytest.raises(NeverOpen):
        office.add(at("2026-06-05T09:00+02:00"), timedelta(days=999_999))
    with pytest.raises(NeverOpen):
        Hours.always().add(at("2026-06-05T09:00+02:00"), timedelta.max)


def test_intervals_that_overlap_count_once() -> None:
    twice = Hours(UTC, {0: [Interval(time(9), time(12)), Interval(time(10), time(11)), Interval(time(12), time(13))]})
    monday = at("2026-06-08T00:00+00:00")

    assert twice.spans(monday, monday + 24 * H) == [(monday + 9 * H, monday + 13 * H)]
    assert twice.between(monday, monday + 24 * H) == 4 * H
