"""Hours of calendars as rows: what they count, how processes learn of a change, and the library's holidays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common.errors import InvalidInput
from common.models import BusinessCalendar, BusinessInterval, CalendarDay
from common.policies.business_time import Hours, Interval
from common.policies.public_holidays import holidays_of, make_up_days, subdivisions
from common.policies.working_days import overlaps, parse_hours, written
from common.revisions import look_again
from common.services.calendars import hours_of, switch_day

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def office(
    name: str = "Shanghai", zone: str = "Asia/Shanghai", country: str = "CN", subdivision: str = ""
) -> BusinessCalendar:
    """Monday to Friday from nine to six."""
    look_again()
    calendar = BusinessCalendar.objects.create(
        name=name, time_zone=zone, holiday_country=country, holiday_subdivision=subdivision
    )
    for weekday in range(5):
        calendar.intervals.create(weekday=weekday, opens_at=time(9), closes_at=time(18))
    return calendar


def open_on(calendar: BusinessCalendar, day: date) -> timedelta:
    start = datetime.combine(day, time(0), calendar.zone)
    return hours_of(calendar.pk).between(start, start + timedelta(days=1))


def test_without_a_calendar_it_is_open_around_the_clock() -> None:
    assert hours_of(None) is Hours.always()
    assert hours_of(BusinessCalendar.objects.create(name="All", time_zone="UTC", always_open=True).pk).is_always


def test_a_calendar_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput):
        hours_of(987_654)


def test_a_holiday_is_closed_and_its_make_up_sunday_is_worked() -> None:
    calendar = office()

    assert open_on(calendar, date(2026, 10, 6)) == timedelta(0)  # a Tuesday of the National Day week
    assert open_on(calendar, date(2026, 9, 20)) == timedelta(hours=9)  # the Sunday worked for it
    assert open_on(calendar, date(2026, 9, 27)) == timedelta(0)  # a usual Sunday


def test_a_make_up_day_has_the_hours_of_the_day_it_is_worked_for() -> None:
    calendar = office()
    calendar.intervals.filter(weekday=1).update(closes_at=time(12))
    calendar.save()

    assert make_up_days("CN", "", 2026)[date(2026, 9, 20)] == 1  # for Tuesday 6 October
    assert open_on(calendar, date(2026, 9, 20)) == timedelta(hours=3)


def test_make_up_days_can_be_left_out() -> None:
    calendar = office()
    calendar.works_make_up_days = False
    calendar.save()

    assert open_on(calendar, date(2026, 9, 20)) == timedelta(0)


def test_a_subdivision_has_holidays_of_its_own() -> None:
    bavaria = office("Munich", "Europe/Berlin", "DE", "BY")
    berlin = office("Berlin", "Europe/Berlin", "DE", "BE")
    epiphany = date(2026, 1, 6)

    assert open_on(bavaria, epiphany) == timedelta(0)
    assert open_on(berlin, epiphany) == timedelta(hours=9)
    assert subdivisions("DE")["BY"] == "Bayern"


def test_a_holiday_is_switched_off_and_on_again() -> None:
    calendar = office()
    day = date(2026, 10, 6)

    switch_day(calendar_id=calendar.pk, day=day, is_open=True)
    assert open_on(calendar, day) == timedelta(hours=9)
    switch_day(calendar_id=calendar.pk, day=day, is_open=None)
    assert open_on(calendar, day) == timedelta(0)
    switch_day(calendar_id=calendar.pk, day=date(2026, 9, 20), is_open=False)
    assert open_on(calendar, date(2026, 9, 20)) == timedelta(0)


def test_days_of_its_own_work_like_a_weekday_or_as_written() -> None:
    calendar = office()
    calendar.days.create(date=date(2027, 10, 9), is_open=True, works_like=4)
    calendar.days.create(date=date(2027, 10, 10), is_open=True, own_hours="10:00-12:00, 13:00-14:30")
    calendar.days.create(date=date(2027, 3, 2), is_open=False)

    assert open_on(calendar, date(2027, 10, 9)) == timedelta(hours=9)
    assert open_on(calendar, date(2027, 10, 10)) == timedelta(hours=3, minutes=30)
    assert open_on(calendar, date(2027, 3, 2)) == timedelta(0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"is_open": False, "works_like": 4},
        {"is_open": True, "works_like": 7},
        {"is_open": False, "own_hours": "09:00-12:00"},
        {"is_open": True, "own_hours": "nine to noon"},
        {"is_open": True, "own_hours": "09:00-12:00", "works_like": 4},
    ],
)
def test_the_database_refuses_days_that_contradict_themselves(wrong: dict[str, object]) -> None:
    calendar = office()

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(calendar=calendar, date=date(2027, 1, 5), **wrong)


def test_a_change_of_hours_is_counted_with_at_once() -> None:
    calendar = office()
    monday = date(2026, 11, 23)
    assert open_on(calendar, monday) == timedelta(hours=9)

    interval = BusinessInterval.objects.get(calendar=calendar, weekday=0)
    interval.closes_at = time(12)
    interval.save()
    assert open_on(calendar, monday) == timedelta(hours=3)

    interval.delete()
    assert open_on(calendar, monday) == timedelta(0)


def test_a_calendar_that_did_not_change_stays_compiled() -> None:
    kept, changed = office("Kept"), office("Changed")
    before = hours_of(kept.pk)

    changed.time_zone = "Europe/Berlin"
    changed.save()

    assert hours_of(kept.pk) is before
    assert str(hours_of(changed.pk).zone) == "Europe/Berlin"


@pytest.mark.django_db(transaction=True)
def test_hours_that_are_known_cost_no_query() -> None:
    calendars = [office(f"Office {number}") for number in range(5)]
    hours_of(calendars[0].pk)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        for calendar in calendars:
            hours_of(calendar.pk)

    assert len(queries) <= 1  # at most the look whether something changed


def test_a_broken_calendar_does_not_stop_the_others() -> None:
    good, bad = office("Good"), office("Bad")
    BusinessCalendar.objects.filter(pk=bad.pk).update(time_zone="Mars/Olympus")
    good.save()

    assert open_on(good, date(2026, 11, 23)) == timedelta(hours=9)
    with pytest.raises(KeyError):
        hours_of(bad.pk)


def test_holidays_have_names_in_the_readers_language() -> None:
    assert holidays_of("CN", "", 2026, "zh-hans")[date(2026, 10, 1)] == "国庆节"
    assert holidays_of("CN", "", 2026, "en")[date(2026, 10, 1)] == "National Day"
    assert holidays_of("XX", "", 2026, "en") == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00-12:00, 13:00-18:00", "09:00-12:00, 13:00-18:00"),
        ("13:00–18:00；9:00至12:00", "09:00-12:00, 13:00-18:00"),
        ("0:00-24:00", "00:00-00:00"),
        ("22:00-6:00", "22:00-06:00"),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, expected: str) -> None:
    assert written(parse_hours(text)) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nine", "unreadable"),
        ("9:00-25:00", "unreadable"),
        ("9:00-12:60", "unreadable"),
        ("24:00-6:00", "unreadable"),
        ("9:00-9:00", "empty_interval"),
        ("9:00-12:00, 11:59-13:00", "overlap"),
        ("22:00-6:00, 23:00-23:30", "overlap"),
    ],
)
def test_hours_that_cannot_be_are_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_hours(text)

    assert refused.value.code == code


def test_overlaps_are_found_over_midnight_and_over_the_end_of_the_week() -> None:
    night, early, late = Interval(time(22), time(6)), Interval(time(5), time(9)), Interval(time(6), time(9))

    assert overlaps([(0, night), (1, late), (6, night)]) == []
    assert overlaps([(0, night), (1, early)]) == [((0, night), (1, early))]
    assert overlaps([(6, night), (0, early)]) == [((6, night), (0, early))]
    assert len(overlaps([(2, late), (2, early)])) == 1
