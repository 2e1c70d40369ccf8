"""A customer writes at night: once, in their language and zone, they hear when an answer will come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.models import Connection
from logistics.choices import Tier
from tests.tickets.routing.shifts import HOUR, MINUTE, at, events, fresh, member, of_customer, owned, team, written
from tickets.choices import Audience, Direction, HoursOf, Priority, RuleTrigger, Target
from tickets.models import Escalation, Message, PromisePolicy, Rule, Team, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import AutomaticKind, InboundMessage
from tickets.services.conversations import write_to_customer
from tickets.services.intake import receive_message
from tickets.services.journal import changing
from tickets.services.routing.out_of_hours import answer
from tickets.services.rules.settling import settle

EVENING = at("Europe/Berlin", "2026-11-24 22:30")
NOON = at("Europe/Berlin", "2026-11-24 12:00")
SPANISH = "Hola, ¿dónde está mi paquete? No ha llegado todavía"


@pytest.fixture
def berlin() -> Team:
    of = team("Berlin", "Europe/Berlin", emergency_contact="+49 30 901820")
    member(of, "Lena")
    return of


def told(ticket: Ticket) -> list[Message]:
    rows = Message.objects.filter(ticket_id=ticket.pk, direction=Direction.OUT, audience=Audience.CUSTOMER)
    return list(rows.order_by("id"))


def test_by_night_they_hear_once_when_an_answer_will_come(berlin: Team) -> None:
    one = written(SPANISH, now=EVENING)
    of_customer(one, time_zone="America/Mexico_City")

    settle(now=EVENING)
    written("¿Hola? ¿Hay alguien?", now=EVENING + HOUR)
    settle(now=EVENING + HOUR)

    (message,) = told(one)
    assert (message.language, message.is_automatic) == ("es", True)
    assert "2:00" in message.text  # 9:00 in Berlin
    assert "4:00" in message.text  # two hours of work later
    assert "Ciudad de México" in message.text
    assert "+49 30 901820" in message.text
    assert fresh(one).unanswered_since == EVENING
    assert len(events(one, "out_of_hours")) == 1


def test_the_next_night_they_hear_it_again(berlin: Team) -> None:
    one = written(now=EVENING)
    settle(now=EVENING)
    written("Still nothing?", now=EVENING + timedelta(days=1))
    settle(now=EVENING + timedelta(days=1))

    assert len(told(one)) == 2


def test_it_goes_at_once_though_it_is_quiet_there(berlin: Team) -> None:
    Rule.objects.create(
        name="Quiet",
        is_active=True,
        trigger=RuleTrigger.SENDING,
        actions=[{"action": "hold_between", "inputs": {"from_time": "21:00", "until_time": "08:00"}}],
        updated_at=NOON,
    )
    one = written(now=EVENING)
    of_customer(one, time_zone="Europe/Berlin")

    settle(now=EVENING)

    (message,) = told(one)
    assert (message.held_until, message.next_attempt_at) == (None, EVENING)


def test_without_an_emergency_contact_the_sentence_is_left_out(berlin: Team) -> None:
    berlin.emergency_contact = ""
    berlin.save()
    one = written("Where is my parcel? It should have been here last week", now=EVENING)

    settle(now=EVENING)

    (message,) = told(one)
    assert "cannot wait" not in message.text
    assert "  " not in message.text


def test_a_promise_after_the_opening_is_what_they_are_told(berlin: Team) -> None:
    PromisePolicy.objects.create(
        name="First",
        target=Target.FIRST_RESPONSE,
        duration=5 * HOUR,
        hours_of=HoursOf.CALENDAR,
        calendar=berlin.calendar,
    )
    one = written(now=EVENING)

    settle(now=EVENING)

    assert events(one, "out_of_hours")[0].data["promise_at"] == "2026-11-25T13:00:00Z"


def test_while_somebody_is_at_work_nothing_is_said(berlin: Team) -> None:
    one = written(now=NOON)
    settle(now=NOON)
    written("Any news?", now=at("Europe/Berlin", "2026-11-24 17:59"))
    settle(now=at("Europe/Berlin", "2026-11-24 17:59"))
    assert (told(one), events(one, "out_of_hours")) == ([], [])


def test_at_lunch_nothing_is_said() -> None:
    member(team("Berlin", "Europe/Berlin", lunch=True), "Lena")
    now = at("Europe/Berlin", "2026-11-24 12:30")
    one = written(now=now)
    settle(now=now)
    assert told(one) == []


def test_a_team_elsewhere_that_fits_takes_it_and_nothing_is_said(berlin: Team) -> None:
    new_york = team("New York", "America/New_York")
    joe = member(new_york, "Joe")
    one = owned(written(now=NOON), None, berlin, now=NOON)
    settle(now=NOON)
    written("Any news?", now=EVENING)

    settle(now=EVENING)

    assert told(one) == []
    assert (fresh(one).team, fresh(one).assignee) == (new_york, joe)
    assert events(one, "handed_over")[0].data["why"] == "unanswered"


def test_a_team_elsewhere_that_does_not_fit_is_no_help(berlin: Team) -> None:
    member(team("New York", "America/New_York", languages=["fr"]), "Joe")
    one = owned(written(SPANISH, now=EVENING), None, berlin, now=EVENING)

    settle(now=EVENING)

    assert len(told(one)) == 1
    assert fresh(one).team == berlin


def test_automatic_mail_gets_no_answer(berlin: Team) -> None:
    one = written(now=NOON)
    settle(now=NOON)
    with changing(one.pk, actor=Actor.system("test"), now=NOON) as change:
        write_to_customer(change, text="We look into it", answers=True)
    Message.objects.filter(ticket=one, direction=Direction.OUT).update(external_id="ours", status="sent")
    out_of_office = InboundMessage(
        external_id="auto",
        sender_id="77",
        sender_name="Marta",
        thread_id="77",
        sent_at=EVENING,
        text="I am out of office",
        automatic=AutomaticKind.AUTO_REPLY,
    )
    receive_message(connection=Connection.objects.get(), message=out_of_office, now=EVENING)

    settle(now=EVENING)

    assert len(told(one)) == 1  # what we had written ourselves
    assert events(one, "out_of_hours") == []


def test_urgent_ones_are_told_nothing_and_call_who_is_on_call(berlin: Team) -> None:
    one = owned(written(now=EVENING), None, berlin, now=EVENING, priority=Priority.URGENT)

    settle(now=EVENING)
    written("Please hurry", now=EVENING + MINUTE)
    settle(now=EVENING + MINUTE)

    assert told(one) == []
    assert Escalation.objects.get().policy.shipped_key == "urgent"
    assert len(events(one, "out_of_hours")) == 1


def test_thanks_need_no_word(berlin: Team) -> None:
    one = owned(written(now=EVENING), None, berlin, now=EVENING, unanswered_since=None)
    settle(now=EVENING)
    assert told(one) == []


def test_a_house_without_teams_never_says_that_it_is_closed() -> None:
    one = written(now=EVENING)
    settle(now=EVENING)
    assert told(one) == []


def test_two_workers_at_once_say_it_once(berlin: Team) -> None:
    one = written(now=EVENING)
    assert answer(ticket_id=one.pk, now=EVENING)
    assert not answer(ticket_id=one.pk, now=EVENING)
    assert len(told(one)) == 1


def test_a_vip_by_night_hears_it_too(berlin: Team) -> None:
    one = written(now=EVENING)
    of_customer(one, tier=Tier.VIP)
    settle(now=EVENING)
    assert len(told(one)) == 1
