"""The calendar's page: what it draws, what it refuses, and what one click changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from common.models import BusinessCalendar, User
from common.revisions import look_again
from logistics.models import Partner
from tickets.models import Team

pytestmark = pytest.mark.django_db
ADD = "admin:common_businesscalendar_add"


def browser(role: str = "Administrator", language: str = "en", zone: str = "Asia/Shanghai") -> Client:
    look_again()
    user = User.objects.create_user(
        f"{role}@clearway.example".lower(), is_staff=True, time_zone=zone, language=language
    )
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user, backend="common.auth.EmployeeBackend")
    return client


@pytest.fixture
def berlin() -> BusinessCalendar:
    calendar = BusinessCalendar.objects.create(name="Berlin", time_zone="Europe/Berlin", holiday_country="DE")
    for weekday in range(5):
        calendar.intervals.create(weekday=weekday, opens_at=time(9), closes_at=time(18))
    calendar.intervals.create(weekday=5, opens_at=time(22), closes_at=time(6))
    return calendar


def page(client: Client, calendar: BusinessCalendar) -> BeautifulSoup:
    answer = client.get(reverse("admin:common_businesscalendar_change", args=[calendar.pk]))
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def row(soup: BeautifulSoup, label: str) -> str:
    found = [one for one in soup.select(".c-week tbody tr") if one.th and one.th.get_text(strip=True) == label]
    assert len(found) == 1, label
    return found[0].get_text(" ", strip=True)


def post(*intervals: tuple[int, str, str], days: Any = (), **fields: Any) -> dict[str, Any]:
    """What the form sends."""
    data = {"name": "New", "time_zone": "Europe/Berlin", "holiday_country": "", "holiday_subdivision": ""} | fields
    data |= {"intervals-TOTAL_FORMS": len(intervals), "intervals-INITIAL_FORMS": 0}
    data |= {"days-TOTAL_FORMS": len(days), "days-INITIAL_FORMS": 0}
    for number, (weekday, opens, closes) in enumerate(intervals):
        for name, value in {"weekday": weekday, "opens_at": opens, "closes_at": closes}.items():
            data[f"intervals-{number}-{name}"] = value
    for number, day in enumerate(days):
        data |= {f"days-{number}-{name}": value for name, value in day.items()}
    return data


def refused(data: dict[str, Any]) -> str:
    answer = browser().post(reverse(ADD), data)
    assert answer.status_code == 200
    assert not BusinessCalendar.objects.filter(name=data["name"]).exists()
    return BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)


@time_machine.travel(datetime(2026, 10, 20, 8, tzinfo=UTC), tick=False)
def test_two_weeks_are_drawn_with_the_night_the_clock_goes_back(berlin: BusinessCalendar) -> None:
    soup = page(browser(), berlin)

    assert len(soup.select(".c-week tbody tr")) == 14
    assert row(soup, "Tue 20 Oct") == "Tue 20 Oct 09:00–18:00 (yours 15:00–24:00)"
    assert row(soup, "Sat 24 Oct") == "Sat 24 Oct 22:00–24:00 (yours 04:00–06:00)"
    assert (
        row(soup, "Sun 25 Oct") == "Sun 25 Oct 00:00–06:00 (yours 06:00–13:00) "
        "The clock goes back from 03:00 to 02:00: a day of 25 hours"
    )
    assert row(soup, "Mon 26 Oct") == "Mon 26 Oct 09:00–18:00 (yours 16:00–01:00)"
    assert "Open now, closes in 8 h" in soup.get_text(" ", strip=True)
    assert [text.get_text() for text in soup.select(".c-week .c-yours")[:5]] == ["06", "12", "18", "00", "06"]


@time_machine.travel(datetime(2026, 3, 28, 20, tzinfo=UTC), tick=False)
def test_the_hour_that_is_skipped_is_marked(berlin: BusinessCalendar) -> None:
    soup = page(browser(zone="Europe/Berlin"), berlin)

    assert row(soup, "Sun 29 Mar") == (
        "Sun 29 Mar 00:00–06:00 The clock goes forward from 02:00 to 03:00: a day of 23 hours"
    )
    skipped = soup.select(".c-skipped")
    assert [(bar["x"], bar["width"]) for bar in skipped] == [("120", "60")]
    assert soup.select(".c-yours") == []
    assert row(soup, "Fri 3 Apr") == "Fri 3 Apr closed Good Friday"
    assert "Closed now, opens in 1 h: 28 Mar 22:00" in soup.get_text(" ", strip=True)


@time_machine.travel(datetime(2026, 9, 15, 8, tzinfo=UTC), tick=False)
def test_a_chinese_make_up_sunday_is_named_in_chinese() -> None:
    calendar = BusinessCalendar.objects.create(name="上海", time_zone="Asia/Shanghai", holiday_country="CN")
    for weekday in range(5):
        calendar.intervals.create(weekday=weekday, opens_at=time(9), closes_at=time(18))

    soup = page(browser(language="zh-hans"), calendar)

    sunday = next(one for one in soup.select(".c-week tbody tr") if one.th and "9月20日" in one.th.get_text())
    assert "09:00–18:00" in sunday.get_text()
    assert "国庆节" in soup.get_text()


@time_machine.travel(datetime(2026, 11, 24, 8, tzinfo=UTC), tick=False)
def test_a_holiday_is_switched_off_in_one_click_and_on_in_another(berlin: BusinessCalendar) -> None:
    client = browser()
    soup = page(client, berlin)
    listed = {one.th.get_text(strip=True): one for one in soup.select(".c-specials tbody tr") if one.th}
    christmas = listed["Fri 25 Dec"]
    assert "Christmas Day" in christmas.get_text()
    form = christmas.form
    assert form is not None
    sent = {one["name"]: one["value"] for one in form.select("input[name=date], input[name=act]")}

    answer = client.post(str(form["action"]), sent, follow=True)

    own = berlin.days.get()
    assert (own.date, own.is_open, own.note) == (date(2026, 12, 25), True, "Christmas Day")
    after = BeautifulSoup(answer.content, "html.parser")
    again = next(one for one in after.select(".c-specials tbody tr") if one.th and one.th.get_text() == "Fri 25 Dec")
    assert "worked as usual" in again.get_text()
    client.post(str(form["action"]), {"date": "2026-12-25", "act": "as_usual"})
    assert not berlin.days.exists()


@pytest.mark.parametrize("sent", [{}, {"date": "2026-12-25"}, {"date": "soon", "act": "open"}, {"act": "open"}])
def test_a_switch_without_a_day_or_an_act_is_refused(berlin: BusinessCalendar, sent: dict[str, str]) -> None:
    answer = browser().post(reverse("admin:common_businesscalendar_day", args=[berlin.pk]), sent)

    assert answer.status_code == 400
    assert not berlin.days.exists()


def test_a_supervisor_sees_the_drawing_and_cannot_switch_days(berlin: BusinessCalendar) -> None:
    client = browser("Supervisor")

    assert not page(client, berlin).select(".c-specials form")
    answer = client.post(
        reverse("admin:common_businesscalendar_day", args=[berlin.pk]), {"date": "2026-12-25", "act": "open"}
    )
    assert answer.status_code == 403
    assert not berlin.days.exists()


def test_a_calendar_is_made_with_nights_and_days_of_its_own() -> None:
    days = [
        {"date": "2026-10-10", "works_like": "4", "own_hours": "", "note": "for 9 October"},
        {"date": "2026-12-24", "works_like": "", "own_hours": "9-12", "note": ""} | {"own_hours": "9:00-12:00"},
    ]
    data = post(
        (4, "22:00", "06:00"), (5, "06:00", "12:00"), days=days, holiday_country="DE", holiday_subdivision="bayern"
    )

    answer = browser().post(reverse(ADD), data)

    assert answer.status_code == 302, BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)
    calendar = BusinessCalendar.objects.get(name="New")
    assert calendar.holiday_subdivision == "BY"
    assert list(calendar.days.values_list("is_open", "works_like", "own_hours")) == [
        (True, 4, ""),
        (True, None, "09:00-12:00"),
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (post((0, "09:00", "12:00"), (0, "11:00", "13:00")), "overlap: end the one before the other begins"),
        (post((0, "22:00", "06:00"), (1, "05:00", "13:00")), "Monday 22:00–06:00 and Tuesday 05:00–13:00 overlap"),
        (post((6, "22:00", "06:00"), (0, "05:00", "13:00")), "Sunday 22:00–06:00 and Monday 05:00–13:00 overlap"),
        (post((0, "09:00", "09:00")), "Monday 09:00–09:00 has no length"),
        (post(), "It would never be open"),
        (post((0, "09:00", "12:00"), always_open="on"), "exclude each other"),
        (post((0, "09:00", "12:00"), time_zone="Mars/Olympus"), "“Mars/Olympus” is no IANA time zone"),
        (post((0, "09:00", "12:00"), holiday_country="XX"), "No holidays are known for “XX”"),
        (
            post((0, "09:00", "12:00"), holiday_country="DE", holiday_subdivision="XX"),
            "Germany has no subdivision “XX”. Known are: BB (Brandenburg)",
        ),
        (post((0, "09:00", "12:00"), holiday_country="CN", holiday_subdivision="SH"), "leave the subdivision empty"),
        (post((0, "09:00", "12:00"), holiday_subdivision="BY"), "Choose the country too"),
        (
            post((0, "09:00", "12:00"), days=[{"date": "2026-12-24", "own_hours": "nine"}]),
            "“nine” cannot be read: write hours like 9:00-12:00",
        ),
        (
            post((0, "09:00", "12:00"), days=[{"date": "2026-12-24", "own_hours": "9:00-12:00", "works_like": "0"}]),
            "Choose a weekday or write hours, not both",
        ),
        (
            post((0, "09:00", "12:00"), days=[{"date": "2026-12-26", "is_open": "on"}]),
            "There are no hours on a Saturday",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_impossible_calendar_is_refused_with_a_sentence(data: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(data)


@pytest.mark.parametrize("way", ["page", "action"])
def test_a_calendar_in_use_is_kept_and_says_who_uses_it(berlin: BusinessCalendar, way: str) -> None:
    Team.objects.create(name="Night desk", calendar=berlin)
    Partner.objects.create(name="Hafenspedition", kind="broker", time_zone="UTC", calendar=berlin)
    client = browser()

    if way == "page":
        answer = client.post(
            reverse("admin:common_businesscalendar_delete", args=[berlin.pk]), {"post": "yes"}, follow=True
        )
    else:
        data = {"action": "delete_selected", "_selected_action": [berlin.pk], "post": "yes"}
        answer = client.post(reverse("admin:common_businesscalendar_changelist"), data, follow=True)

    text = BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)
    assert BusinessCalendar.objects.filter(pk=berlin.pk).exists()
    assert "Not deleted, for it is in use" in text
    assert "team “Night desk”" in text
    assert "partner “Hafenspedition”" in text


@pytest.mark.parametrize("way", ["page", "action"])
def test_a_calendar_that_nobody_uses_is_deleted(berlin: BusinessCalendar, way: str) -> None:
    client = browser()

    if way == "page":
        client.post(reverse("admin:common_businesscalendar_delete", args=[berlin.pk]), {"post": "yes"})
    else:
        data = {"action": "delete_selected", "_selected_action": [berlin.pk], "post": "yes"}
        client.post(reverse("admin:common_businesscalendar_changelist"), data)

    assert not BusinessCalendar.objects.filter(pk=berlin.pk).exists()


@time_machine.travel(datetime(2026, 11, 24, 8, tzinfo=UTC), tick=False)
def test_the_list_says_what_is_open(berlin: BusinessCalendar) -> None:
    BusinessCalendar.objects.create(name="Always", time_zone="UTC", always_open=True)
    BusinessCalendar.objects.create(name="Empty", time_zone="UTC")

    text = browser().get(reverse("admin:common_businesscalendar_changelist")).content.decode()

    assert "Open now, closes in 9 h" in text
    assert "Open around the clock" in text
    assert "Never open" in text
