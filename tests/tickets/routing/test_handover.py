"""Shifts that end: what cannot wait goes to the team that is there, once, with a note; the rest waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from common.errors import PermissionRefused
from logistics.choices import Tier
from tests.tickets.routing.shifts import (
    HOUR,
    MINUTE,
    at,
    events,
    fresh,
    member,
    of_customer,
    owned,
    resolved_within,
    team,
    written,
)
from tests.tickets.workflows import people
from tickets.choices import HandoverWhy, Kind, Priority
from tickets.models import Handover, HandoverTicket, ShiftEnd, Team, Ticket
from tickets.policies.actor import Actor
from tickets.services import ownership
from tickets.services.journal import changing
from tickets.services.routing import route_due
from tickets.services.routing.handover import confirm_handover, hand_over_shifts
from tickets.services.routing.presence import set_presence

SHANGHAI, BERLIN, NEW_YORK = "Asia/Shanghai", "Europe/Berlin", "America/New_York"


@pytest.fixture
def shanghai() -> Team:
    return team("Shanghai", SHANGHAI)


@pytest.fixture
def berlin() -> Team:
    return team("Berlin", BERLIN)


def ticket(of: Team, now: datetime, *, user: object = None, **fields: object) -> Ticket:
    one = people.ticket(Kind.DELAY, now=now)
    return owned(one, user, of, now=now, **fields)  # type: ignore[arg-type]


def in_day(zone: str, day: str) -> datetime:
    """The afternoon of a day; the clock has looked at the teams by then."""
    now = at(zone, f"{day} 15:00")
    hand_over_shifts(now)
    return now


def test_what_is_urgent_goes_to_the_team_that_is_open(shanghai: Team, berlin: Team) -> None:
    wei, lena = member(shanghai, "Wei"), member(berlin, "Lena")
    now = in_day(SHANGHAI, "2026-11-24")
    urgent = ticket(shanghai, now, user=wei, priority=Priority.URGENT)
    ordinary = ticket(shanghai, now, user=wei)
    closing = at(SHANGHAI, "2026-11-24 18:00")

    assert hand_over_shifts(closing - MINUTE) == 0
    assert hand_over_shifts(closing) == 1

    assert (fresh(urgent).team, fresh(urgent).assignee) == (berlin, lena)
    assert (fresh(ordinary).team, fresh(ordinary).assignee) == (shanghai, wei)
    handover = Handover.objects.get()
    assert (handover.from_team, handover.to_team, handover.shift_ended_at) == (shanghai, berlin, closing)
    assert [(one.ticket_id, one.why) for one in handover.entries.all()] == [(urgent.pk, HandoverWhy.URGENT)]
    (told,) = events(urgent, "handed_over")
    assert told.data == {
        "user": lena.pk,
        "team": berlin.pk,
        "team_before": shanghai.pk,
        "handover": handover.pk,
        "why": "urgent",
    }
    assert events(urgent, "routed")[-1].data["candidates"][0]["user"] == lena.pk


def test_what_is_due_before_the_team_is_back_goes_and_what_is_due_later_stays(shanghai: Team, berlin: Team) -> None:
    wei, _lena = member(shanghai, "Wei"), member(berlin, "Lena")
    resolved_within(17 * HOUR + 59 * MINUTE)
    now = in_day(SHANGHAI, "2026-11-24")
    due = ticket(shanghai, now, user=wei)  # until 8:59, and the team is back at 9
    later = ticket(shanghai, now + 2 * MINUTE, user=wei)

    hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00"))

    assert fresh(due).team == berlin
    assert fresh(later).team == shanghai
    entry = HandoverTicket.objects.get()
    assert (entry.why, entry.due_at) == (HandoverWhy.DUE, at(SHANGHAI, "2026-11-25 08:59"))


def test_a_customer_who_waits_for_an_answer_does_not_wait_for_the_morning(shanghai: Team, berlin: Team) -> None:
    member(shanghai, "Wei")
    member(berlin, "Lena")
    now = in_day(SHANGHAI, "2026-11-24")
    one = owned(written(now=now), None, shanghai, now=now)

    hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00"))

    assert fresh(one).team == berlin
    assert HandoverTicket.objects.get().why == HandoverWhy.UNANSWERED


def test_lunch_is_no_end_of_a_shift(berlin: Team) -> None:
    shanghai = team("Shanghai", SHANGHAI, lunch=True)
    member(shanghai, "Wei")
    member(berlin, "Lena")
    hand_over_shifts(at(SHANGHAI, "2026-11-24 11:00"))
    one = ticket(shanghai, at(SHANGHAI, "2026-11-24 11:00"), priority=Priority.URGENT)

    assert hand_over_shifts(at(SHANGHAI, "2026-11-24 12:30")) == 0
    assert fresh(one).team == shanghai


def test_a_missed_hour_is_caught_up_once(shanghai: Team, berlin: Team) -> None:
    wei = member(shanghai, "Wei")
    member(berlin, "Lena")
    now = in_day(SHANGHAI, "2026-11-24")
    one = ticket(shanghai, now, user=wei, priority=Priority.URGENT)

    assert hand_over_shifts(at(SHANGHAI, "2026-11-24 19:10")) == 1
    back = owned(one, wei, shanghai, now=at(SHANGHAI, "2026-11-24 19:20"))
    assert hand_over_shifts(at(SHANGHAI, "2026-11-24 19:30")) == 0

    assert fresh(back).team == shanghai
    assert Handover.objects.get().shift_ended_at == at(SHANGHAI, "2026-11-24 18:00")


def test_a_clock_that_was_away_until_the_morning_hands_nothing_over(shanghai: Team, berlin: Team) -> None:
    wei = member(shanghai, "Wei")
    member(berlin, "Lena")
    one = ticket(shanghai, in_day(SHANGHAI, "2026-11-24"), user=wei, priority=Priority.URGENT)

    assert hand_over_shifts(at(SHANGHAI, "2026-11-25 09:05")) == 0

    assert fresh(one).team == shanghai


def test_a_clock_that_was_killed_goes_on_where_it_was(
    shanghai: Team, berlin: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    wei, _lena = member(shanghai, "Wei"), member(berlin, "Lena")
    now = in_day(SHANGHAI, "2026-11-24")
    tickets = [ticket(shanghai, now, user=wei, priority=Priority.URGENT) for _ in range(5)]
    monkeypatch.setattr("tickets.services.routing.handover.BATCH", 2)
    monkeypatch.setattr("tickets.services.routing.handover.LIMIT", 2)
    closing = at(SHANGHAI, "2026-11-24 18:00")

    moved = [hand_over_shifts(closing + minutes * MINUTE) for minutes in range(4)]

    assert moved == [2, 2, 1, 0]
    assert {fresh(one).team_id for one in tickets} == {berlin.pk}
    assert [len(events(one, "handed_over")) for one in tickets] == [1] * 5
    assert Handover.objects.get().note.startswith("5 tickets come to you from Shanghai")


def test_what_nobody_can_take_stays_and_does_not_stand_in_the_way(shanghai: Team, berlin: Team) -> None:
    Team.objects.filter(pk=berlin.pk).update(kinds=[Kind.LOSS])
    shanghai.save()  # the teams are read anew
    member(shanghai, "Wei")
    member(berlin, "Lena")
    now = in_day(SHANGHAI, "2026-11-24")
    delay = ticket(shanghai, now, priority=Priority.URGENT)
    loss = owned(people.ticket(Kind.LOSS, now=now), None, shanghai, now=now, priority=Priority.URGENT)

    assert hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00")) == 1

    assert (fresh(delay).team, fresh(loss).team) == (shanghai, berlin)


def test_the_team_that_follows_takes_it_though_another_one_fits_as_well(shanghai: Team, berlin: Team) -> None:
    london = team("London", "Europe/London")
    for of, name in ((shanghai, "Wei"), (berlin, "Lena"), (london, "Amy")):
        member(of, name)
    shanghai.follows = london
    shanghai.save()
    now = in_day(SHANGHAI, "2026-11-24")
    one = ticket(shanghai, now, priority=Priority.URGENT)

    hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00"))

    assert fresh(one).team == london


def test_a_team_that_opens_later_takes_it_without_owner_and_looks_for_one_then(shanghai: Team) -> None:
    new_york = team("New York", NEW_YORK)
    wei, joe = member(shanghai, "Wei"), member(new_york, "Joe")
    one = ticket(shanghai, in_day(SHANGHAI, "2026-11-24"), user=wei, priority=Priority.URGENT)

    hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00"))

    moved = fresh(one)
    assert (moved.team, moved.assignee, moved.route_at) == (new_york, None, at(NEW_YORK, "2026-11-24 09:00"))
    route_due(at(NEW_YORK, "2026-11-24 09:00"))
    assert fresh(one).assignee == joe


def test_a_vip_stays_with_the_person_they_know(shanghai: Team, berlin: Team) -> None:
    wei, _lena = member(shanghai, "Wei"), member(berlin, "Lena")
    now = in_day(SHANGHAI, "2026-11-24")
    one = written(now=now)
    of_customer(one, tier=Tier.VIP, account_manager=wei)
    owned(one, wei, shanghai, now=now)

    assert hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00")) == 0

    assert fresh(one).assignee == wei


def test_a_vip_goes_to_the_stand_in_who_is_at_work(shanghai: Team, berlin: Team) -> None:
    wei = member(shanghai, "Wei")
    member(berlin, "Bea")
    lena = member(berlin, "Lena")
    now = in_day(SHANGHAI, "2026-11-24")
    one = written(now=now)
    of_customer(one, tier=Tier.VIP, account_manager=wei)
    owned(one, wei, shanghai, now=now)
    set_presence(user=wei, away=True, stand_in_id=lena.pk, now=now)
    set_presence(user=wei, away=False, now=now)

    hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00"))

    assert (fresh(one).team, fresh(one).assignee) == (berlin, lena)


def test_safety_goes_to_a_team_alone_in_which_somebody_may_see_it(shanghai: Team, berlin: Team) -> None:
    london = team("London", "Europe/London")
    member(shanghai, "Wei")
    member(berlin, "Lena")
    amy = member(london, "Amy", "work_ticket", "view_safety")
    now = in_day(SHANGHAI, "2026-11-24")
    one = owned(people.ticket(Kind.SAFETY, now=now), None, shanghai, now=now, priority=Priority.URGENT)

    hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00"))

    assert fresh(one).assignee == amy
    assert one.reference not in Handover.objects.get().note


def test_a_snoozed_ticket_sleeps_on(shanghai: Team, berlin: Team) -> None:
    member(shanghai, "Wei")
    member(berlin, "Lena")
    now = in_day(SHANGHAI, "2026-11-24")
    one = ticket(shanghai, now, priority=Priority.URGENT)
    ownership.snooze(ticket_id=one.pk, until=now + timedelta(days=3), actor=people.staff(), now=now)

    assert hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00")) == 0


def test_a_ticket_that_can_wait_by_then_is_left(shanghai: Team, berlin: Team) -> None:
    member(shanghai, "Wei")
    member(berlin, "Lena")
    now = in_day(SHANGHAI, "2026-11-24")
    one = ticket(shanghai, now, priority=Priority.URGENT)
    with changing(one.pk, actor=Actor.system("test"), now=now) as change:
        change.ticket.priority = Priority.LOW

    assert hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00")) == 0


def test_the_note_is_in_the_language_and_zone_of_the_team_that_reads_it(shanghai: Team, berlin: Team) -> None:
    member(shanghai, "Wei", is_lead=True, zone=SHANGHAI, language="zh-hans")
    member(berlin, "Lena", is_lead=True, zone=BERLIN)
    resolved_within(14 * HOUR)
    ours = ticket(shanghai, in_day(SHANGHAI, "2026-11-24"))
    theirs = ticket(berlin, at(BERLIN, "2026-11-24 15:00"))

    hand_over_shifts(at(SHANGHAI, "2026-11-24 18:00"))
    hand_over_shifts(at(BERLIN, "2026-11-24 18:00"))

    to_berlin = Handover.objects.get(to_team=berlin).note
    assert "whose shift ended on Tuesday, November 24, 2026, 11:00" in to_berlin
    assert f"{ours.reference} · Delay · due before the team is back · due Tuesday, November 24, 2026" in to_berlin
    assert "10:00\u202fPM (Berlin)" in to_berlin
    to_shanghai = Handover.objects.filter(to_team=shanghai, entries__ticket=theirs).get().note
    assert "2026年11月25日星期三, 01:00 (上海)" in to_shanghai  # when Berlin closes


def test_the_team_that_takes_over_confirms_once(shanghai: Team, berlin: Team) -> None:
    wei, lena, bea = member(shanghai, "Wei"), member(berlin, "Lena"), member(berlin, "Bea")
    ticket(shanghai, in_day(SHANGHAI, "2026-11-24"), priority=Priority.URGENT)
    now = at(SHANGHAI, "2026-11-24 18:00")
    hand_over_shifts(now)
    handover = Handover.objects.get()

    with pytest.raises(PermissionRefused):
        confirm_handover(handover_id=handover.pk, user=wei, now=now)
    confirm_handover(handover_id=handover.pk, user=lena, now=now)
    confirm_handover(handover_id=handover.pk, user=bea, now=now + HOUR)

    handover.refresh_from_db()
    assert (handover.confirmed_by, handover.confirmed_at) == (lena, now)


@pytest.mark.parametrize(
    ("zone", "friday", "back"),
    [
        # Shanghai's clocks never change; Berlin's go forward on 29 March and back on 25 October 2026, New York's on
        # 8 March and 1 November. Over each of these weekends a promise lies a minute before Monday 9:00.
        (SHANGHAI, "2026-10-23", "2026-10-26 09:00"),
        (BERLIN, "2026-03-27", "2026-03-30 09:00"),
        (BERLIN, "2026-10-23", "2026-10-26 09:00"),
        (NEW_YORK, "2026-03-06", "2026-03-09 09:00"),
        (NEW_YORK, "2026-10-30", "2026-11-02 09:00"),
    ],
)
def test_over_nights_in_which_clocks_change_the_team_is_back_at_its_own_nine(zone: str, friday: str, back: str) -> None:
    closing, back_at = team("Closing", zone), at(zone, back)
    always = Team.objects.create(name="Always there")
    member(closing, "Wei")
    member(always, "Lena")
    now = in_day(zone, friday)
    resolved_within(back_at - MINUTE - now)
    due, later = ticket(closing, now), ticket(closing, now + MINUTE)

    assert hand_over_shifts(at(zone, f"{friday} 18:00")) == 1

    assert (fresh(due).team, fresh(later).team) == (always, closing)
    assert ShiftEnd.objects.get(team=closing).ended_at == at(zone, f"{friday} 18:00")


@pytest.mark.parametrize("day", ["2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26", "2026-11-02"])
def test_a_ticket_goes_around_the_globe_with_the_sun(day: str) -> None:
    teams = [team("Shanghai", SHANGHAI), team("Berlin", BERLIN), team("New York", NEW_YORK)]
    for of in teams:
        member(of, f"Of {of.name}".replace(" ", ""))
    one = ticket(teams[0], in_day(SHANGHAI, day), priority=Priority.URGENT)

    followed = [fresh(one).team_id]
    for zone in (SHANGHAI, BERLIN):
        hand_over_shifts(at(zone, f"{day} 18:00"))
        followed.append(fresh(one).team_id)

    assert followed == [of.pk for of in teams]
    assert Handover.objects.count() == 2
