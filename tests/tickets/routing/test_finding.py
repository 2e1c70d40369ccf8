"""Tickets find their owners, tell why, and look again when somebody is back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import PermissionRefused
from tests.tickets.routing.shifts import HOUR, MINUTE, at, events, fresh, member, owned, resolved_within, team, written
from tests.tickets.workflows import people
from tickets.choices import Kind
from tickets.errors import TransitionRefused
from tickets.models import Presence
from tickets.services.ownership import snooze
from tickets.services.routing import route, route_again, route_due
from tickets.services.routing.desk import loads_of
from tickets.services.routing.finding import LOOK_AGAIN
from tickets.services.routing.presence import missing_from, set_presence, standing_of
from tickets.services.rules.settling import settle

NOON = at("Europe/Berlin", "2026-11-24 12:00")
NIGHT = at("Europe/Berlin", "2026-11-24 23:00")


def test_a_new_ticket_goes_to_whoever_speaks_the_language_and_says_so() -> None:
    berlin = team("Berlin", "Europe/Berlin")
    lena, ana = member(berlin, "Lena", languages=["de"]), member(berlin, "Ana", languages=["es"])
    one = written("Hola, ¿dónde está mi paquete? No ha llegado todavía", now=NOON)

    settle(now=NOON)

    assert fresh(one).assignee == ana
    (event,) = events(one, "routed")
    assert event.data["candidates"] == [
        {"user": ana.pk, "team": berlin.pk, "chosen": True, "why": ["chosen", "speaks"]},
        {"user": lena.pk, "team": berlin.pk, "chosen": False, "why": ["other_language"]},
    ]


def test_by_night_the_team_that_opens_first_keeps_it_and_an_owner_is_found_in_the_morning() -> None:
    berlin = team("Berlin", "Europe/Berlin")
    lena = member(berlin, "Lena")
    one = people.ticket(Kind.DELAY, now=NIGHT)
    morning = at("Europe/Berlin", "2026-11-25 09:00")

    route(ticket_id=one.pk, now=NIGHT)

    assert (fresh(one).team, fresh(one).assignee, fresh(one).route_at) == (berlin, None, morning)
    assert route_due(morning - MINUTE) == 0
    assert route_due(morning) == 1
    assert (fresh(one).assignee, fresh(one).route_at) == (lena, None)


def test_looking_again_in_vain_is_not_told_again() -> None:
    berlin = team("Berlin", "Europe/Berlin")
    set_presence(user=member(berlin, "Lena"), away=True, now=NOON)
    one = people.ticket(Kind.DELAY, now=NOON)

    route(ticket_id=one.pk, now=NOON)
    for times in range(1, 4):
        assert route_due(NOON + times * LOOK_AGAIN) == 1

    assert fresh(one).route_at == NOON + 4 * LOOK_AGAIN
    assert len(events(one, "routed")) == 1


def test_whoever_is_away_until_a_moment_is_back_by_themselves() -> None:
    berlin = team("Berlin", "Europe/Berlin")
    lena = member(berlin, "Lena")
    set_presence(user=lena, away=True, until=NOON + HOUR, now=NOON)
    one = people.ticket(Kind.DELAY, now=NOON)

    assert route(ticket_id=one.pk, now=NOON + 59 * MINUTE).assignee is None
    assert route(ticket_id=one.pk, now=NOON + HOUR).assignee == lena
    assert not standing_of(lena, now=NOON + HOUR).is_away


def test_whoever_has_their_hands_full_gets_no_more() -> None:
    berlin = team("Berlin", "Europe/Berlin")
    lena, bea = member(berlin, "Lena", capacity=2), member(berlin, "Bea", capacity=2)
    chosen = [route(ticket_id=people.ticket(Kind.DELAY, now=NOON).pk, now=NOON).assignee for _ in range(5)]
    assert chosen == [lena, bea, lena, bea, None]


def test_the_load_is_counted_without_snoozed_tickets_and_no_further_than_asked() -> None:
    lena = member(team("Berlin", "Europe/Berlin"), "Lena")
    mine = [owned(people.ticket(Kind.DELAY, now=NOON), lena, None, now=NOON) for _ in range(4)]
    snooze(ticket_id=mine[0].pk, until=NOON + HOUR, actor=people.staff(), now=NOON)

    assert loads_of({lena.pk: 30}) == {lena.pk: 3}
    assert loads_of({lena.pk: 2}) == {lena.pk: 2}


def test_a_hundred_members_cost_no_more_questions_than_one() -> None:
    berlin = team("Berlin", "Europe/Berlin")
    member(berlin, "Lena")
    one, other = people.ticket(Kind.DELAY, now=NOON), people.ticket(Kind.DELAY, now=NOON)
    route(ticket_id=people.ticket(Kind.DELAY, now=NOON).pk, now=NOON)
    with CaptureQueriesContext(connection) as few:
        route(ticket_id=one.pk, now=NOON)
    for number in range(99):
        member(berlin, f"Of {number}".replace(" ", ""))
    route(ticket_id=people.ticket(Kind.DELAY, now=NOON).pk, now=NOON)

    with CaptureQueriesContext(connection) as many:
        route(ticket_id=other.pk, now=NOON)

    assert len(many) <= len(few)
    assert len(events(other, "routed")[0].data["candidates"]) == 40


def test_who_may_not_work_tickets_any_more_gets_none() -> None:
    berlin = team("Berlin", "Europe/Berlin")
    lena, bea = member(berlin, "Lena"), member(berlin, "Bea")
    route(ticket_id=people.ticket(Kind.DELAY, now=NOON).pk, now=NOON)
    for user in (lena, bea):
        user.user_permissions.clear()

    assert route(ticket_id=people.ticket(Kind.DELAY, now=NOON).pk, now=NOON).assignee is None


def test_finding_an_owner_again_begins_among_all_teams() -> None:
    berlin, london = team("Berlin", "Europe/Berlin"), team("London", "Europe/London", kinds=[Kind.DELAY])
    lena, amy = member(berlin, "Lena", capacity=1), member(london, "Amy")
    one = owned(people.ticket(Kind.DELAY, now=NOON), lena, berlin, now=NOON)
    owned(people.ticket(Kind.DELAY, now=NOON), lena, berlin, now=NOON)

    route_again(ticket_id=one.pk, actor=people.staff(), now=NOON)

    assert (fresh(one).assignee, fresh(one).team) == (amy, london)
    (event,) = events(one, "routed")
    assert (event.actor_name, event.data["assignee_before"]) == ("Alice", lena.pk)


def test_an_owner_is_kept_when_nobody_else_is_there() -> None:
    berlin = team("Berlin", "Europe/Berlin")
    lena = member(berlin, "Lena")
    one = owned(people.ticket(Kind.DELAY, now=NIGHT), lena, berlin, now=NIGHT)

    route_again(ticket_id=one.pk, actor=people.staff(), now=NIGHT)

    assert (fresh(one).assignee, fresh(one).team, fresh(one).route_at) == (lena, berlin, None)


def test_finding_an_owner_again_is_refused_without_leave_and_without_teams() -> None:
    one = people.ticket(Kind.DELAY, now=NOON)
    with pytest.raises(PermissionRefused):
        route_again(ticket_id=one.pk, actor=people.staff("Carl", "view_ticket"), now=NOON)
    with pytest.raises(TransitionRefused, match="no team yet"):
        route_again(ticket_id=one.pk, actor=people.staff(), now=NOON)


@pytest.mark.parametrize("days", [-1, 400])
def test_nobody_is_away_until_an_impossible_moment(days: int) -> None:
    lena = member(team("Berlin", "Europe/Berlin"), "Lena")
    with pytest.raises(Exception, match=r"past|too far"):
        set_presence(user=lena, away=True, until=NOON + timedelta(days=days), now=NOON)
    assert not Presence.objects.exists()


def test_nobody_stands_in_for_themselves_or_while_away() -> None:
    berlin = team("Berlin", "Europe/Berlin")
    lena, bea = member(berlin, "Lena"), member(berlin, "Bea")
    set_presence(user=bea, away=True, now=NOON)
    for stand_in, sentence in ((lena, "themselves"), (bea, "away as well")):
        with pytest.raises(Exception, match=sentence):
            set_presence(user=lena, away=True, stand_in_id=stand_in.pk, now=NOON)


def test_the_team_sees_who_is_away_for_long_with_tickets_that_fall_due() -> None:
    berlin = team("Berlin", "Europe/Berlin")
    lena, bea, kim = (member(berlin, name) for name in ("Lena", "Bea", "Kim"))
    resolved_within(20 * HOUR)
    for user in (lena, lena, bea, kim):
        owned(people.ticket(Kind.DELAY, now=NOON), user, berlin, now=NOON)
    set_presence(user=lena, away=True, until=NOON + timedelta(days=3), stand_in_id=bea.pk, now=NOON)
    set_presence(user=kim, away=True, until=NOON + HOUR, now=NOON)

    (missing,) = missing_from(berlin.pk, now=NOON)

    assert (missing.user, missing.count, missing.stand_in) == (lena, 2, bea)
    assert missing.first_due_at == NOON + 20 * HOUR
