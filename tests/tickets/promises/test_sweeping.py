"""What the clock finds: each promise missed once, with its cause, whoever sweeps, however late."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from common.revisions import RULES, bump
from tests.tickets.promises.conftest import HOUR, MINUTE, NOW, policy, running, step, team
from tests.tickets.workflows import people
from tests.tickets.workflows.history import assert_history_is_whole
from tickets.choices import BreachCause, HoursOf, Kind, Target
from tickets.models import Breach, Clock, EventToSettle, Message, PromisePolicy, Rule, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services.chain import verify_chain
from tickets.services.conversations import note, reply
from tickets.services.delivery_reports import failed
from tickets.services.journal import changing
from tickets.services.ownership import assign, snooze
from tickets.services.promises import Swept, standing, sweep, sweeping

pytestmark = pytest.mark.django_db
Written = Callable[..., Ticket]
NOTHING = Swept(breached=0, warned=0)


def test_deadline_that_passed_becomes_a_breach_once_and_stays_owed(written: Written) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    ticket = written()

    assert sweep(now=NOW + 2 * HOUR - timedelta(microseconds=1)) == NOTHING
    assert sweep(now=NOW + 2 * HOUR) == Swept(breached=1, warned=0)
    assert sweep(now=NOW + 2 * HOUR) == NOTHING
    assert sweep(now=NOW + 9 * HOUR) == NOTHING

    breach = Breach.objects.get()
    clock = running(ticket, Target.FIRST_RESPONSE)
    assert (breach.clock_id, breach.due_at, breach.noticed_at) == (clock.pk, NOW + 2 * HOUR, NOW + 2 * HOUR)
    assert (clock.breached_at, clock.due_at) == (NOW + 2 * HOUR, NOW + 2 * HOUR)
    event = TicketEvent.objects.get(ticket_id=ticket.pk, type="promise_breached")
    assert event.data == {
        "target": "first_response",
        "due_at": "2026-11-24T11:00:00Z",
        "clock": clock.pk,
        "cause": "no_owner",
    }
    assert (event.actor_kind, event.at) == ("clock", NOW + 2 * HOUR)
    assert Ticket.objects.get(pk=ticket.pk).next_due_at == NOW + 2 * HOUR  # what is overdue stands first
    assert_history_is_whole(ticket.pk)


def test_answer_after_the_breach_says_how_late_it_was(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    ticket = written()
    sweep(now=NOW + 2 * HOUR)

    reply(ticket_id=ticket.pk, text="Sorry.", actor=staff, now=NOW + 2 * HOUR + 7 * MINUTE)

    assert Clock.objects.get().outcome == "missed"
    assert Breach.objects.get().late_by == 7 * MINUTE
    assert TicketEvent.objects.filter(type="promise_breached").count() == 1


def test_a_missed_day_is_caught_up_with_the_deadlines_as_they_were(written: Written) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR, warn_at_percent=[50, 80])
    policy(Target.NEXT_UPDATE, 24 * HOUR, warn_at_percent=[80])
    for number in range(5):
        written(sender=str(number), now=NOW + number * MINUTE)

    assert sweep(now=NOW + 21 * HOUR) == Swept(breached=5, warned=5)

    assert sorted(Breach.objects.values_list("due_at", flat=True)) == [
        NOW + 2 * HOUR + number * MINUTE for number in range(5)
    ]
    assert verify_chain().broken is None


def test_each_share_is_warned_of_once_and_those_missed_together_as_one(written: Written) -> None:
    policy(Target.FIRST_RESPONSE, 10 * HOUR, warn_at_percent=[50, 80, 90])
    ticket = written()
    warned = TicketEvent.objects.filter(type="promise_warned").order_by("sequence")

    assert sweep(now=NOW + 5 * HOUR) == Swept(breached=0, warned=1)
    assert sweep(now=NOW + 5 * HOUR) == NOTHING
    assert running(ticket, Target.FIRST_RESPONSE).warn_at == NOW + 8 * HOUR
    assert sweep(now=NOW + 9 * HOUR + 30 * MINUTE) == Swept(breached=0, warned=1)
    assert sweep(now=NOW + 9 * HOUR + 31 * MINUTE) == NOTHING

    assert [event.data["percent"] for event in warned] == [50, 90]
    assert running(ticket, Target.FIRST_RESPONSE).warn_at is None
    assert_history_is_whole(ticket.pk)


def test_ticket_that_somebody_is_changing_is_left_to_the_next_sweep(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    ticket = written()

    assert sweep(now=NOW + 3 * HOUR).breached == 1
    with changing(ticket.pk, actor=staff, now=NOW + 4 * HOUR) as change:
        change.ticket.tags = ["seen"]

    assert Breach.objects.count() == 1


def causes() -> list[str]:
    return list(Breach.objects.order_by("id").values_list("cause", flat=True))


def test_cause_is_the_owner_who_had_it_when_it_fell_due(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    first, second = written(sender="1"), written(sender="2")
    assign(ticket_id=first.pk, assignee_id=staff.id, actor=staff, now=NOW + HOUR)
    assign(ticket_id=second.pk, assignee_id=staff.id, actor=staff, now=NOW + 3 * HOUR)

    sweep(now=NOW + 4 * HOUR)

    assert causes() == [BreachCause.OWNER, BreachCause.NO_OWNER]
    assert list(Breach.objects.order_by("id").values_list("assignee_id", flat=True)) == [staff.id, None]


def test_cause_is_the_snooze_over_the_deadline(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    ticket = written()
    snooze(ticket_id=ticket.pk, until=NOW + 5 * HOUR, actor=staff, now=NOW + HOUR)

    sweep(now=NOW + 3 * HOUR)

    assert causes() == [BreachCause.SNOOZED]


def test_cause_is_the_night_in_which_nobody_worked(staff: Actor) -> None:
    policy(Target.RESOLUTION, 2 * HOUR)
    night = NOW.replace(hour=20)
    shanghai = team("Asia/Shanghai")
    ticket = people.ticket(Kind.INQUIRY, now=night)
    assign(ticket_id=ticket.pk, team_id=shanghai.pk, assignee_id=staff.id, actor=staff, now=night)
    people.ticket(Kind.INQUIRY, now=NOW)  # nobody's, and Shanghai works

    sweep(now=night + 3 * HOUR)

    assert causes() == [BreachCause.NO_OWNER, BreachCause.OUT_OF_HOURS]


def test_cause_is_the_message_that_did_not_arrive(written: Written, staff: Actor) -> None:
    policy(Target.NEXT_RESPONSE, HOUR)
    ticket = written()
    message = reply(ticket_id=ticket.pk, text="We look into it.", actor=staff, now=NOW + MINUTE)
    Message.objects.filter(pk=message.pk).update(status="sending", claimed_until=NOW + 5 * MINUTE)
    failed(message_id=message.pk, claim=NOW + 5 * MINUTE, detail="no such chat", now=NOW + 10 * MINUTE)

    sweep(now=NOW + 2 * HOUR)

    assert causes() == [BreachCause.NOT_DELIVERED]


def test_cause_is_the_carrier_that_did_not_answer(staff: Actor) -> None:
    policy(Target.CARRIER_ANSWER, HOUR)
    ticket = people.ticket(Kind.LOSS, shipment=people.shipment(), now=NOW)
    step(ticket, "open_trace", staff, NOW)

    sweep(now=NOW + 2 * HOUR)

    assert causes() == [BreachCause.CARRIER_SILENT]


def test_rules_that_listen_to_breaches_hear_of_each(written: Written) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    Rule.objects.create(name="Missed", is_active=True, events=["promise_breached"], updated_at=NOW)
    bump(RULES)
    ticket = written()
    EventToSettle.objects.all().delete()

    sweep(now=NOW + 2 * HOUR)

    [listed] = EventToSettle.objects.all()
    event = TicketEvent.objects.get(type="promise_breached")
    assert (listed.ticket_id, listed.sequence) == (ticket.pk, event.sequence)


def test_standing_tells_what_runs_what_is_late_and_what_is_paused_in_one_query(
    written: Written, staff: Actor, django_assert_num_queries: Callable[[int], object]
) -> None:
    policy(Target.RESOLUTION, 10 * HOUR)
    policy(Target.NEXT_UPDATE, 2 * HOUR)
    ticket = people.ticket(Kind.PAYMENT, customer=people.customer(), now=NOW)
    step(ticket, "hand_to_finance", staff, NOW + HOUR)

    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        shown = standing([ticket.pk, 0], now=NOW + 3 * HOUR)

    update, resolution = shown[ticket.pk]
    assert (update.target, update.left, update.breached) == ("next_update", -HOUR, True)
    assert (resolution.target, resolution.due_at, resolution.paused_since) == ("resolution", None, NOW + HOUR)
    assert (resolution.waiting_on, resolution.breached, shown[0]) == ("finance", False, [])


@pytest.mark.django_db(transaction=True)
def test_sweeps_and_people_at_once_lose_and_double_nothing() -> None:
    PromisePolicy.objects.all().delete()
    policy(Target.RESOLUTION, HOUR, warn_at_percent=[50])
    tickets = [people.ticket(Kind.INQUIRY, now=NOW) for _ in range(60)]
    staff = people.staff()
    failures: list[BaseException] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - told by the test
            failures.append(error)
        finally:
            connection.close()

    def write_notes() -> None:
        for ticket in tickets[::3]:
            note(ticket_id=ticket.pk, text="Seen.", actor=staff, now=NOW + 2 * HOUR)

    jobs = [*[lambda: sweep(now=NOW + 2 * HOUR)] * 6, *[write_notes] * 4]
    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweep(now=NOW + 2 * HOUR)

    assert failures == []
    assert Breach.objects.count() == 60
    assert TicketEvent.objects.filter(type="promise_breached").count() == 60
    assert verify_chain().broken is None


@pytest.mark.django_db(transaction=True)
def test_sweep_that_dies_in_the_middle_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    PromisePolicy.objects.all().delete()
    policy(Target.RESOLUTION, HOUR)
    for _ in range(12):
        people.ticket(Kind.INQUIRY, now=NOW)
    monkeypatch.setattr(sweeping, "BATCH", 5)
    insert = sweeping._insert
    times = iter(range(100))

    def dies(cursor: object, breaches: object) -> None:
        insert(cursor, breaches)  # type: ignore[arg-type]
        if next(times) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(sweeping, "_insert", dies)
    with pytest.raises(KeyboardInterrupt):
        sweep(now=NOW + HOUR)
    assert Breach.objects.count() == 5

    assert sweep(now=NOW + HOUR) == Swept(breached=7, warned=0)
    assert (Breach.objects.count(), verify_chain().broken) == (12, None)


def test_hours_of_a_team_that_sleeps_move_the_deadline_to_the_morning(staff: Actor) -> None:
    policy(Target.RESOLUTION, 2 * HOUR, hours_of=HoursOf.TEAM)
    ticket = people.ticket(Kind.INQUIRY, now=NOW.replace(hour=20))
    assign(ticket_id=ticket.pk, team_id=team("Asia/Shanghai").pk, actor=staff, now=NOW.replace(hour=20))

    assert sweep(now=NOW.replace(hour=23)) == NOTHING
    assert running(ticket, Target.RESOLUTION).due_at == (NOW + timedelta(days=1)).replace(hour=3)
