"""Ladders: climbed level by level, ended by whoever answers, never doubled, never lost."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from common.errors import InvalidInput, PermissionRefused
from common.models import Connection, User
from logistics.models import Partner
from tests.tickets.escalation.conftest import MINUTE, NOW, ladder, partners, person, start, word
from tests.tickets.workflows.filling import First, filled
from tickets.choices import CallBy, EscalationEnd, Kind, MessageStatus, PageState, Priority, WhomKind
from tickets.models import ChannelIdentity, Escalation, Message, Page, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services import escalation, ownership
from tickets.services.conversations import note, reply
from tickets.services.delivery_reports import failed
from tickets.services.escalation import climbing
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.transitions import find_way, take_way

pytestmark = pytest.mark.django_db


def ends() -> list[tuple[str, int | None]]:
    return [(one.end, one.acknowledged_by_id) for one in Escalation.objects.order_by("id")]


def states(**filters: Any) -> list[str]:
    return list(Page.objects.filter(**filters).order_by("id").values_list("state", flat=True))


def test_the_next_one_is_called_when_the_first_does_not_answer(ticket: Ticket, lena: User, wei: User) -> None:
    running = start(ticket, ladder(person(lena), person(wei, after=5 * MINUTE)))

    early = escalation.climb(NOW + 4 * MINUTE)
    late = escalation.climb(NOW + 5 * MINUTE)

    running.refresh_from_db()
    assert (early, late, running.level) == (0, 1, 2)
    assert list(Page.objects.order_by("id").values_list("user", "level", "whom")) == [
        (lena.pk, 1, WhomKind.PERSON),
        (wei.pk, 2, WhomKind.PERSON),
    ]


def test_an_urgent_ticket_climbs_faster(ticket: Ticket, lena: User, wei: User) -> None:
    policy = ladder(person(lena), person(wei, after=60 * MINUTE, after_urgent=5 * MINUTE))
    with changing(ticket.pk, actor=Actor.system(), now=NOW) as change:
        change.ticket.priority = Priority.URGENT

    running = start(ticket, policy)

    assert running.next_at == NOW + 5 * MINUTE


def test_climbing_twice_at_once_calls_nobody_twice(
    ticket: Ticket, lena: User, wei: User, transactional_db: None
) -> None:
    start(ticket, ladder(person(lena), person(wei, after=5 * MINUTE)))
    moved: list[int] = []

    def climb() -> None:
        try:
            moved.append(escalation.climb(NOW + 5 * MINUTE))
        finally:
            connection.close()

    threads = [threading.Thread(target=climb) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(moved) == [0, 1]
    assert Page.objects.filter(user=wei).count() == 1


def test_a_climb_that_is_killed_twice_loses_and_doubles_nothing(
    ticket: Ticket, lena: User, wei: User, mailbox: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(ticket, ladder(person(lena), person(wei, after=5 * MINUTE)))
    before = TicketEvent.objects.filter(ticket=ticket).count()

    class Killed(BaseException):
        """As a signal ends the process: nothing catches it, the database undoes."""

    def die(*args: Any, **named: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(climbing, "_next_at", die)  # the call is made, its step is not written down
        for _ in range(2):
            with pytest.raises(Killed):
                escalation.climb(NOW + 5 * MINUTE)
    assert (Page.objects.filter(user=wei).count(), Message.objects.count()) == (0, 1)
    assert TicketEvent.objects.filter(ticket=ticket).count() == before

    escalation.climb(NOW + 6 * MINUTE)

    assert (Page.objects.filter(user=wei).count(), Message.objects.count()) == (1, 2)


def test_whoever_says_i_have_it_ends_the_ladder_and_the_others_calls(ticket: Ticket, lena: User, wei: User) -> None:
    start(ticket, ladder(person(lena), person(wei, after=MINUTE)))
    escalation.climb(NOW + MINUTE)
    call = Page.objects.get(user=wei)

    escalation.acknowledge(page_id=call.pk, actor=Actor.staff(wei), now=NOW + 2 * MINUTE)

    assert ends() == [(EscalationEnd.ACKNOWLEDGED, wei.pk)]
    assert states() == [PageState.WITHDRAWN, PageState.ACKNOWLEDGED]
    assert Ticket.objects.get(pk=ticket.pk).assignee == wei
    with pytest.raises(InvalidInput):
        escalation.acknowledge(page_id=call.pk, actor=Actor.staff(wei), now=NOW + 3 * MINUTE)


def test_nobody_answers_somebody_elses_call(ticket: Ticket, lena: User, wei: User) -> None:
    start(ticket, ladder(person(lena)))

    with pytest.raises(PermissionRefused):
        escalation.acknowledge(page_id=Page.objects.get().pk, actor=Actor.staff(wei), now=NOW)

    assert states() == [PageState.OPEN]


def test_a_resolved_ticket_ends_its_ladders_and_withdraws_its_calls(ticket: Ticket, lena: User) -> None:
    start(ticket, ladder(person(lena), person(lena, after=MINUTE)))
    with changing(ticket.pk, actor=Actor.system(), now=NOW) as change:
        escalation.page(change, user=lena, reason="Look", by=[])  # by a rule, without a ladder

    boss = Actor.staff(_all_rights())
    take_way(ticket_id=ticket.pk, way="dismiss", data={"resolution": "false_alarm"}, actor=boss, now=NOW + MINUTE)

    assert [end for end, _who in ends()] == [EscalationEnd.RESOLVED]
    assert states() == [PageState.WITHDRAWN, PageState.WITHDRAWN]
    assert escalation.climb(NOW + 10 * MINUTE) == 0


def test_the_called_one_takes_the_ticket_by_working_on_it(ticket: Ticket, lena: User) -> None:
    start(ticket, ladder(person(lena), person(lena, after=MINUTE)))

    ownership.assign(ticket_id=ticket.pk, actor=Actor.staff(lena), now=NOW, assignee_id=lena.pk)

    assert ends() == [(EscalationEnd.ACKNOWLEDGED, lena.pk)]


def test_work_of_somebody_else_answers_no_call(ticket: Ticket, lena: User, wei: User) -> None:
    start(ticket, ladder(person(lena), person(lena, after=5 * MINUTE)))

    ownership.assign(ticket_id=ticket.pk, actor=Actor.staff(wei), now=NOW, assignee_id=lena.pk)
    note(ticket_id=ticket.pk, text="I looked", actor=Actor.staff(lena), now=NOW)

    assert ends() == [("", None)]
    assert states() == [PageState.OPEN]


def test_an_answer_to_the_customer_by_the_called_one_is_an_acknowledgement(
    bot: Connection, lena: User, wei: User
) -> None:
    asked = word(bot, "77", "Where is my parcel?").ticket
    assert asked is not None
    start(asked, ladder(person(lena), person(lena, after=MINUTE)))

    reply(ticket_id=asked.pk, text="I look", actor=Actor.staff(wei), now=NOW)
    by_another = ends()
    reply(ticket_id=asked.pk, text="I look too", actor=Actor.staff(lena), now=NOW)

    assert by_another == [("", None)]
    assert ends() == [(EscalationEnd.ACKNOWLEDGED, lena.pk)]


def test_a_partners_answer_ends_the_partners_ladder_alone(
    ticket: Ticket, carrier: Partner, mailbox: Connection, lena: User
) -> None:
    start(ticket, ladder(partners(WhomKind.PARTNER_CONTACT), person(lena, after=60 * MINUTE), name="Partner"))
    start(ticket, ladder(person(lena), person(lena, after=60 * MINUTE), name="Ours"))
    ours = Message.objects.get(audience="partner")
    Message.objects.filter(pk=ours.pk).update(external_id="ours@clearway.example")

    said = word(
        mailbox, "ana@swift.example", "It is in Liege", now=NOW + 20 * MINUTE, thread_keys=("ours@clearway.example",)
    )

    assert said.ticket == ticket
    assert [end for end, _who in ends()] == [EscalationEnd.ANSWERED, ""]
    call = Page.objects.get(partner=carrier)
    assert call.told_at is not None
    assert call.acknowledged_at is not None
    assert (call.state, call.acknowledged_at - call.told_at) == (PageState.ACKNOWLEDGED, 20 * MINUTE)


def test_what_staff_heard_by_telephone_ends_the_partners_ladder(
    ticket: Ticket, mailbox: Connection, lena: User
) -> None:
    boss = Actor.staff(_all_rights())
    _take(ticket, "ask_carrier", boss, NOW)
    start(ticket, ladder(partners(WhomKind.PARTNER_CONTACT), person(lena, after=60 * MINUTE)))

    _take(ticket, "carrier_answers", boss, NOW + MINUTE)

    assert [end for end, _who in ends()] == [EscalationEnd.ANSWERED]
    assert states() == [PageState.ACKNOWLEDGED]


def test_a_call_that_did_not_arrive_makes_the_next_step_due(
    ticket: Ticket, mailbox: Connection, lena: User, wei: User
) -> None:
    running = start(ticket, ladder(person(lena), person(wei, after=60 * MINUTE)))
    sent = Message.objects.get()
    Message.objects.filter(pk=sent.pk).update(status=MessageStatus.SENDING, claimed_until=NOW)

    failed(message_id=sent.pk, claim=NOW, detail="550", now=NOW + MINUTE, unreachable=True)
    escalation.climb(NOW + MINUTE)

    running.refresh_from_db()
    assert running.level == 2
    assert Page.objects.get(user=lena).by == [CallBy.DESK]


def test_a_partners_contact_who_cannot_be_reached_is_passed_over(
    ticket: Ticket, mailbox: Connection, carrier: Partner
) -> None:
    start(ticket, ladder(partners(WhomKind.PARTNER_CONTACT), partners(WhomKind.PARTNER_BACKUP, after=60 * MINUTE)))
    sent = Message.objects.get()
    Message.objects.filter(pk=sent.pk).update(status=MessageStatus.SENDING, claimed_until=NOW)

    failed(message_id=sent.pk, claim=NOW, detail="550", now=NOW + MINUTE, unreachable=True)
    escalation.climb(NOW + MINUTE)

    assert list(Page.objects.order_by("id").values_list("state", "contact__name", "whom")) == [
        (PageState.FAILED, "Ana", WhomKind.PARTNER_CONTACT),
        (PageState.OPEN, "Bo", WhomKind.PARTNER_BACKUP),
    ]


def test_a_safety_ticket_calls_only_those_who_may_see_it(lena: User, mailbox: Connection) -> None:
    secret = open_ticket(kind=Kind.SAFETY, actor=Actor.system(), now=NOW)

    start(secret, ladder(person(lena)))

    assert (Page.objects.count(), Message.objects.count()) == (0, 0)


def test_stopping_a_ladder_is_a_supervisors(ticket: Ticket, lena: User) -> None:
    running = start(ticket, ladder(person(lena), person(lena, after=MINUTE)))

    with pytest.raises(PermissionRefused):
        escalation.stop(escalation_id=running.pk, actor=Actor.staff(lena), now=NOW)
    escalation.stop(escalation_id=running.pk, actor=Actor.staff(_all_rights()), now=NOW)

    assert [end for end, _who in ends()] == [EscalationEnd.STOPPED]
    assert states() == [PageState.WITHDRAWN]


def test_the_address_of_a_person_of_ours_is_theirs_once_they_are_called(
    ticket: Ticket, mailbox: Connection, lena: User
) -> None:
    start(ticket, ladder(person(lena)))

    identity = ChannelIdentity.objects.get(external_id="lena@clearway.example")
    assert (identity.user, identity.customer) == (lena, None)


def _all_rights() -> User:
    return User.objects.create_superuser("all@clearway.example", "x", full_name="All")


def _take(ticket: Ticket, name: str, actor: Actor, now: datetime) -> None:
    """Take a way, its inputs filled in with whatever they take."""
    way = find_way(Ticket.objects.get_typed(ticket.pk), name)
    take_way(ticket_id=ticket.pk, way=name, data=filled(First(), way, now), actor=actor, now=now)
