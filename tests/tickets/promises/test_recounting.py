"""Deadlines after policies changed; and whatever happened, counting anew finds what was kept all along."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from common.errors import InvalidInput
from common.models import BusinessInterval
from common.revisions import CALENDARS, bump, look_again
from logistics.choices import PartnerKind
from logistics.models import Partner
from tests.nodes import database_address
from tests.tickets.promises.conftest import HOUR, MINUTE, NOW, policy, running, team
from tests.tickets.workflows import people
from tests.tickets.workflows.filling import Drawn, filled
from tests.tickets.workflows.history import assert_history_is_whole
from tests.tickets.workflows.test_random_walks import tell
from tickets.choices import ENDED_PHASES, HoursOf, Kind, Priority, Target
from tickets.errors import CannotWrite, TransitionRefused
from tickets.models import Clock, PromisePolicy, PromiseRecount, Team, Ticket, TicketEvent, TicketFacts
from tickets.policies.actor import Actor
from tickets.services.conversations import mark_answered, reply
from tickets.services.ending import reopen_by_reply
from tickets.services.journal import changing
from tickets.services.ownership import assign, set_priority, snooze
from tickets.services.promises import recount, recounting, sweep
from tickets.services.promises.history import History
from tickets.services.promises.planning import Plan
from tickets.services.promises.policies import promises
from tickets.services.transitions import next_steps, take_way

pytestmark = pytest.mark.django_db


def everything(now: datetime) -> None:
    while recount(now=now):
        pass


def test_edited_policy_moves_the_deadlines_of_open_tickets_alone() -> None:
    first = policy(Target.RESOLUTION, 10 * HOUR)
    tickets = [people.ticket(Kind.INQUIRY, now=NOW) for _ in range(3)]
    ended = people.ticket(Kind.INQUIRY, now=NOW)
    take_way(ticket_id=ended.pk, way="resolve", data={}, actor=people.staff(), now=NOW)
    everything(NOW)

    first.duration = 6 * HOUR
    first.save()
    everything(NOW + HOUR)

    assert [running(one, Target.RESOLUTION).due_at for one in tickets] == [NOW + 6 * HOUR] * 3
    assert Clock.objects.get(ticket_id=ended.pk).due_at == NOW + 10 * HOUR
    shown = Ticket.objects.get(pk=tickets[0].pk)
    assert (shown.next_due_at, shown.queue_at) == (NOW + 6 * HOUR, NOW + 6 * HOUR)
    assert recount(now=NOW + HOUR) == 0


def test_policy_that_is_switched_off_is_owed_no_more_and_a_new_one_from_when_it_would_have_begun() -> None:
    first = policy(Target.RESOLUTION, 10 * HOUR)
    ticket = people.ticket(Kind.INQUIRY, customer=people.customer(), now=NOW)

    first.is_active = False
    first.save()
    policy(Target.NEXT_UPDATE, 24 * HOUR)
    everything(NOW + HOUR)

    assert Clock.objects.get(target=Target.RESOLUTION).outcome == "cancelled"
    assert running(ticket, Target.NEXT_UPDATE).due_at == NOW + 24 * HOUR


def test_pause_is_taken_from_the_facts_when_a_policy_comes_later() -> None:
    actor = people.staff()
    ticket = people.ticket(Kind.PAYMENT, now=NOW)
    take_way(ticket_id=ticket.pk, way="hand_to_finance", data={"failure": "no"}, actor=actor, now=NOW + HOUR)
    take_way(ticket_id=ticket.pk, way="finance_answers", data={"answer": "yes"}, actor=actor, now=NOW + 5 * HOUR)
    take_way(ticket_id=ticket.pk, way="hand_to_finance", data={"failure": "no"}, actor=actor, now=NOW + 6 * HOUR)

    policy(Target.RESOLUTION, 10 * HOUR)
    everything(NOW + 7 * HOUR)
    assert running(ticket, Target.RESOLUTION).paused_since == NOW + 6 * HOUR
    take_way(ticket_id=ticket.pk, way="finance_answers", data={"answer": "yes"}, actor=actor, now=NOW + 8 * HOUR)

    assert running(ticket, Target.RESOLUTION).due_at == NOW + 16 * HOUR


def test_teams_other_hours_move_the_deadlines(db: None) -> None:
    policy(Target.RESOLUTION, 2 * HOUR, hours_of=HoursOf.TEAM)
    berlin = team("Europe/Berlin")
    ticket = people.ticket(Kind.INQUIRY, team=berlin, now=NOW)
    everything(NOW)
    BusinessInterval.objects.filter(calendar=berlin.calendar).update(opens_at="14:00")
    bump(CALENDARS)

    everything(NOW)

    assert running(ticket, Target.RESOLUTION).due_at == NOW.replace(hour=15)


def test_what_changes_no_deadline_counts_nothing_anew() -> None:
    first = policy(Target.RESOLUTION, 2 * HOUR)
    people.ticket(Kind.INQUIRY, now=NOW)
    everything(NOW)

    first.name = "Another name"
    first.save()

    assert recount(now=NOW) == 0


def test_recount_goes_on_where_it_stopped_and_begins_anew_for_another_change(monkeypatch: pytest.MonkeyPatch) -> None:
    first = policy(Target.RESOLUTION, 10 * HOUR)
    tickets = [people.ticket(Kind.INQUIRY, now=NOW) for _ in range(6)]
    everything(NOW)
    monkeypatch.setattr(recounting, "BATCH", 2)
    first.duration = 6 * HOUR
    first.save()

    assert recount(now=NOW, seconds=0) == 2
    assert PromiseRecount.objects.get().through == tickets[1].pk
    assert recount(now=NOW, seconds=0) == 2
    first.duration = 5 * HOUR
    first.save()
    everything(NOW)

    assert {clock.due_at for clock in Clock.objects.all()} == {NOW + 5 * HOUR}


@pytest.mark.django_db(transaction=True)
def test_recount_that_is_killed_is_finished_by_the_next_process() -> None:
    PromisePolicy.objects.all().delete()
    first = policy(Target.RESOLUTION, 10 * HOUR)
    for _ in range(30):
        people.ticket(Kind.INQUIRY, now=NOW)
    everything(NOW)
    first.duration = 6 * HOUR
    first.save()
    script = (
        "import django, time; django.setup()\n"
        "from datetime import datetime, UTC\n"
        "from tickets.services.promises import recounting\n"
        "recounting.BATCH = 2\n"
        "note = recounting._note\n"
        "def slowly(*a, **k):\n"
        "    note(*a, **k); print('one', flush=True); time.sleep(0.2)\n"
        "recounting._note = slowly\n"
        "recounting.recount(now=datetime.now(UTC), seconds=None)\n"
    )
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            env={**os.environ, "DATABASE_URL": database_address(), "DJANGO_SETTINGS_MODULE": "config.settings"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(3)] == ["one\n"] * 3
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    between = PromiseRecount.objects.get()
    assert between.finished_at is None
    assert 6 <= Clock.objects.filter(due_at=NOW + 6 * HOUR).count() < 30

    look_again()
    everything(NOW)

    assert Clock.objects.filter(due_at=NOW + 6 * HOUR, ended_at__isnull=True).count() == 30


@pytest.mark.django_db(transaction=True)
def test_recount_waits_for_the_ticket_that_somebody_is_changing_and_for_no_other() -> None:
    PromisePolicy.objects.all().delete()
    first = policy(Target.RESOLUTION, 10 * HOUR)
    tickets = [people.ticket(Kind.INQUIRY, now=NOW) for _ in range(4)]
    everything(NOW)
    first.duration = 6 * HOUR
    first.save()
    done: list[int] = []

    def run() -> None:
        try:
            done.append(recount(now=NOW, seconds=None))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with changing(tickets[0].pk, actor=Actor.system(), now=NOW):
        thread.start()
        until = time.monotonic() + 10
        others = Clock.objects.filter(ticket_id__in=[one.pk for one in tickets[1:]], due_at=NOW + 6 * HOUR)
        while others.count() < 3 and time.monotonic() < until:
            time.sleep(0.05)
        assert others.count() == 3
        assert not done
    thread.join(10)

    assert done == [4]
    assert running(tickets[0], Target.RESOLUTION).due_at == NOW + 6 * HOUR


class Life(RuleBasedStateMachine):
    """A ticket to which everything happens that promises depend on. The test sets ``kind``, ``actor`` and ``teams``."""

    kind: str
    actor: Actor
    teams: list[Team]

    @initialize()
    def open(self) -> None:
        self.now = NOW
        self.ticket_id = people.ticket(self.kind, customer=people.customer(), now=self.now).pk
        tell(self.ticket, "We have it.")  # so that there is somebody to write to

    @property
    def ticket(self) -> Ticket:
        return Ticket.objects.get_typed(self.ticket_id)

    @rule(minutes=st.integers(1, 2_000))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        sweep(now=self.now)

    @rule()
    def customer_writes(self) -> None:
        self._let_the_end_last()
        if not self.ticket.is_open:
            self.ticket_id = reopen_by_reply(ticket_id=self.ticket_id, actor=Actor.system(), now=self.now).pk
        with changing(self.ticket_id, actor=Actor.system(), now=self.now) as change:
            change.ticket.unanswered_since = change.ticket.unanswered_since or self.now

    @precondition(lambda self: self.ticket.is_open)
    @rule()
    def we_answer(self) -> None:
        with suppress(CannotWrite):
            reply(ticket_id=self.ticket_id, text="We look into it.", actor=self.actor, now=self.now)

    @rule()
    def no_answer_is_needed(self) -> None:
        mark_answered(ticket_id=self.ticket_id, actor=self.actor, now=self.now)

    @rule(priority=st.sampled_from(Priority.values))
    def priority_changes(self, priority: int) -> None:
        set_priority(ticket_id=self.ticket_id, priority=priority, actor=self.actor, now=self.now)

    @precondition(lambda self: self.ticket.is_open)
    @rule(number=st.integers(0, 1))
    def team_changes(self, number: int) -> None:
        assign(ticket_id=self.ticket_id, team_id=self.teams[number].pk, actor=self.actor, now=self.now)

    @precondition(lambda self: self.ticket.is_open)
    @rule()
    def it_is_snoozed(self) -> None:
        snooze(ticket_id=self.ticket_id, until=self.now + HOUR, actor=self.actor, now=self.now)

    @rule(data=st.data())
    def step_is_taken(self, data: Any) -> None:
        steps = [one.way for one in next_steps(self.ticket, self.actor) if one.way.name != "close"]
        if not steps:
            return
        self._let_the_end_last()
        way = data.draw(st.sampled_from(steps), "way")
        values = filled(Drawn(data.draw), way, self.now)
        with suppress(TransitionRefused, InvalidInput):
            take_way(ticket_id=self.ticket_id, way=way.name, data=values, actor=self.actor, now=self.now)

    def _let_the_end_last(self) -> None:
        """Facts hold no interval without length: an end that was taken back in the same microsecond never was."""
        if not self.ticket.is_open:
            self.now += MINUTE

    def teardown(self) -> None:
        if hasattr(self, "ticket_id"):
            self.counted_anew_it_is_the_same()

    @rule()
    def counted_anew_it_is_the_same(self) -> None:
        ticket = self.ticket
        facts = TicketFacts.objects.filter(ticket_id=ticket.pk, valid_to__isnull=True).values().get()
        plan = Plan(promises(), ticket, facts, History([ticket.pk]), self.now, anew=True)
        found = {clock.target: _computed(clock) for clock in plan.make([]).new}
        kept = {
            clock.target: _computed(clock) for clock in Clock.objects.filter(ticket_id=ticket.pk, ended_at__isnull=True)
        }
        assert kept == found
        assert ticket.next_due_at == min((one[2] for one in kept.values() if one[2]), default=None)
        assert bool(kept) is False if ticket.phase in ENDED_PHASES else True
        assert not plan.make(list(Clock.objects.filter(ticket_id=ticket.pk, ended_at__isnull=True)))
        assert_history_is_whole(ticket.pk)
        breached = TicketEvent.objects.filter(ticket_id=ticket.pk, type="promise_breached").count()
        assert breached == Clock.objects.filter(ticket_id=ticket.pk, breached_at__isnull=False).count()


def _computed(clock: Clock) -> tuple[Any, ...]:
    return clock.started_at, clock.policy_id, clock.due_at, clock.paused_since, clock.calendar_id


@pytest.mark.parametrize("kind", [Kind.PAYMENT, Kind.INQUIRY, Kind.CLEARANCE, Kind.DELAY])
def test_counting_anew_finds_what_was_kept_all_along(kind: str) -> None:
    for partner_kind in PartnerKind.values:
        Partner.objects.create(kind=partner_kind, name=f"A {partner_kind}", time_zone="America/Sao_Paulo")
    urgent = {"all": [{"field": "ticket.priority", "op": "is", "value": 1}]}
    for target in Target:
        policy(target, 30 * HOUR, hours_of=HoursOf.PARTNER if "answer" in target else HoursOf.TEAM)
        policy(target, 5 * HOUR, order=1, conditions=urgent, warn_at_percent=[50])
    teams = [team("Europe/Berlin"), team("Asia/Shanghai")]
    machine = type("LifeOfKind", (Life,), {"kind": kind, "actor": people.staff(), "teams": teams})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
