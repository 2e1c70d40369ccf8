"""The zones of the day above the queue: who is at work, who is on call, what falls due before they change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.models import BusinessCalendar, BusinessInterval, User
from tests.tickets.workflows import people
from tickets.choices import Kind
from tickets.models import Membership, Presence, Rota, RotaLayer, RotaOverride, RotaTurn, Team, Ticket
from tickets.services import zones_of_day as zones
from tickets.services.roles import set_up_roles
from tickets.services.zones_of_day import ZoneOfDay, due_before, people_on_call, zones_of_day

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 8, 17, tzinfo=UTC)  # a Tuesday: 16:17 in Shanghai, 09:17 in Berlin, 05:17 in São Paulo
HOUR = timedelta(hours=1)
QUEUE = "/admin/tickets/ticket/"


def team(name: str, zone: str, *intervals: tuple[time, time], **fields: Any) -> Team:
    """A team that works these hours each day; without any, 9 to 18."""
    calendar = BusinessCalendar.objects.create(name=f"{name}'s hours", time_zone=zone)
    for weekday in range(7):
        for opens, closes in intervals or [(time(9), time(18))]:
            BusinessInterval.objects.create(calendar=calendar, weekday=weekday, opens_at=opens, closes_at=closes)
    return Team.objects.create(name=name, calendar=calendar, **fields)


def member(of: Team, name: str, *, capacity: int = 10) -> User:
    user = User.objects.create_user(f"{name.lower()}@clearway.example", full_name=name, is_staff=True)
    Membership.objects.create(team=of, user=user, capacity=capacity)
    return user


def due(of: Team, at: datetime, kind: Kind = Kind.INQUIRY) -> Ticket:
    ticket = people.ticket(kind, now=NOW - HOUR)
    Ticket.objects.filter(pk=ticket.pk).update(team=of, next_due_at=at)
    return ticket


def seen_by(user: User | None = None, *, now: datetime = NOW) -> dict[str, ZoneOfDay]:
    reader = user or User.objects.create_superuser("reader@clearway.example")
    return {one.team.name: one for one in zones_of_day(reader, now=now)}


def test_a_team_at_work_says_until_when_and_a_closed_one_when_it_opens() -> None:
    team("Shenzhen", "Asia/Shanghai")
    team("São Paulo", "America/Sao_Paulo")

    shown = seen_by()

    assert list(shown) == ["Shenzhen", "São Paulo"]
    assert (shown["Shenzhen"].is_open, shown["Shenzhen"].until) == (True, datetime(2026, 11, 24, 10, 0, tzinfo=UTC))
    assert (shown["São Paulo"].is_open, shown["São Paulo"].opens_at) == (
        False,
        datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
    )


def test_lunch_does_not_end_a_shift() -> None:
    team("Shenzhen", "Asia/Shanghai", (time(9), time(16, 30)), (time(17, 30), time(20)))
    assert seen_by()["Shenzhen"].until == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_teams_that_never_close_and_never_open_say_so() -> None:
    always = BusinessCalendar.objects.create(name="Always", time_zone="UTC", always_open=True)
    never = BusinessCalendar.objects.create(name="Never", time_zone="UTC")
    Team.objects.create(name="Night", calendar=always)
    Team.objects.create(name="Nobody", calendar=never)

    shown = seen_by()

    assert (shown["Night"].is_open, shown["Night"].until) == (True, None)
    assert (shown["Nobody"].is_open, shown["Nobody"].opens_at) == (False, None)


def test_ones_own_team_stands_first_and_six_are_shown() -> None:
    teams = [team(f"Team {number}", "Asia/Shanghai") for number in range(7)]
    Team.objects.create(name="Without hours")
    reader = member(teams[6], "Mei")

    shown = list(seen_by(reader))

    assert shown == ["Team 6", "Team 0", "Team 1", "Team 2", "Team 3", "Team 4"]


def test_people_who_are_away_are_not_here_until_their_time_is_over() -> None:
    shenzhen = team("Shenzhen", "Asia/Shanghai")
    away, back, *_here = (member(shenzhen, name) for name in ("Li", "Wei", "Chen"))
    Presence.objects.create(user=away, is_away=True, changed_at=NOW)
    Presence.objects.create(user=back, is_away=True, away_until=NOW - HOUR, changed_at=NOW)

    zone = seen_by()["Shenzhen"]

    assert (zone.here, zone.people, zone.capacity) == (2, 3, 20)


def test_what_falls_due_before_the_handover_is_counted_overdue_ones_too() -> None:
    shenzhen, berlin = team("Shenzhen", "Asia/Shanghai"), team("Berlin", "Europe/Berlin")
    until = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    due(shenzhen, NOW - HOUR)
    due(shenzhen, until)
    due(shenzhen, until + timedelta(microseconds=1))
    due(berlin, until + HOUR)

    shown = seen_by()

    assert (shown["Shenzhen"].due, shown["Berlin"].due) == (2, 1)


def test_counting_stops_at_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "COUNT_LIMIT", 3)
    shenzhen = team("Shenzhen", "Asia/Shanghai")
    for _each in range(5):
        due(shenzhen, NOW)
    assert seen_by()["Shenzhen"].due == 3


def test_safety_tickets_are_counted_for_those_alone_who_see_them() -> None:
    shenzhen = team("Shenzhen", "Asia/Shanghai")
    due(shenzhen, NOW, Kind.SAFETY)
    reader = member(shenzhen, "Mei")

    assert due_before({shenzhen.pk: NOW + HOUR}, reader) == {shenzhen.pk: 0}
    assert due_before({shenzhen.pk: NOW + HOUR}, User.objects.create_superuser("all@clearway.example")) == {
        shenzhen.pk: 1
    }


def test_a_closed_team_names_who_of_it_is_on_call_an_override_first() -> None:
    paulo = team("São Paulo", "America/Sao_Paulo")
    turns, stands_in = member(paulo, "Lima"), member(paulo, "Ortiz")
    rota = Rota.objects.create(name="Night", time_zone="UTC")
    layer = RotaLayer.objects.create(rota=rota, starts_on=date(2026, 11, 1), hands_over_at=time(0))
    RotaTurn.objects.create(layer=layer, place=1, user=turns)

    assert people_on_call(now=NOW) == [turns]
    assert seen_by()["São Paulo"].on_call == (turns,)

    RotaOverride.objects.create(rota=rota, user=stands_in, from_at=NOW - HOUR, until_at=NOW + HOUR)
    assert people_on_call(now=NOW) == [stands_in]
    assert people_on_call(now=NOW + HOUR) == [turns]


def test_zones_cost_four_queries_however_many_teams_there_are() -> None:
    """Beside the look at what has changed, which comes once a second."""
    reader = User.objects.create_superuser("reader@clearway.example")

    def asked() -> list[str]:
        zones_of_day(reader, now=NOW)  # what is read once a process is read
        with CaptureQueriesContext(connection) as captured:
            zones_of_day(reader, now=NOW)
        return [one["sql"] for one in captured if "common_revision" not in one["sql"]]

    for number in range(2):
        member(team(f"Team {number}", "Asia/Shanghai"), f"Person{number}")
    few = asked()
    for number in range(2, 9):
        member(team(f"Team {number}", "Europe/Berlin"), f"Person{number}")
    assert (len(few), len(asked())) == (4, 4)


def test_the_queue_shows_the_zones_with_their_words(desk: Any) -> None:
    always = BusinessCalendar.objects.create(name="Always", time_zone="Asia/Shanghai", always_open=True)
    night = Team.objects.create(name="Night", calendar=always)
    member(night, "Mei")
    due(night, timezone.now())

    page = BeautifulSoup(desk().get(QUEUE).content, "html.parser")

    card = page.select_one(".d-zone")
    assert card is not None
    words = card.get_text(" ", strip=True)
    assert words.startswith("Night open")
    assert "1 of 1 here · around the clock" in words
    assert words.endswith("1 due")
    assert card.select_one("[data-clock='Asia/Shanghai']") is not None
    bar = card.select_one(".d-bar")
    assert bar is not None
    assert bar["aria-label"] == "1 due, its people take 10 tickets"


def test_without_teams_that_have_hours_whoever_may_is_told_how_to_begin(desk: Any) -> None:
    set_up_roles()
    assert "The zones of the day stand here once teams have hours" in desk("Administrator").get(QUEUE).content.decode()
    assert "The zones of the day" not in desk("Agent").get(QUEUE).content.decode()
