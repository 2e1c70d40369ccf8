"""What follows from events: rules run once, in order, explain themselves, and stop themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from common.models import User
from logistics.models import Customer
from tickets.admin.rules.run_words import tell
from tickets.choices import Kind, LinkType, Priority, RunOutcome
from tickets.models import EventToSettle, Rule, RuleRun, Ticket, TicketEvent, TicketLink
from tickets.policies.actor import Actor
from tickets.services import ownership
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.rules import running
from tickets.services.rules.settling import settle
from tickets.services.rules.timed import run_time_rules

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PRIORITY_IS = {"field": "ticket.priority", "op": "is", "value": 0}


@pytest.fixture(autouse=True)
def _no_shipped_rules() -> None:
    Rule.objects.all().delete()


@pytest.fixture
def staff() -> Actor:
    return Actor.staff(User.objects.create_superuser("lena@clearway.test", "x", full_name="Lena"))


def rule(name: str, **fields: Any) -> Rule:
    """A rule that is switched on."""
    values: dict[str, Any] = {"events": ["priority_changed"], "updated_at": NOW - timedelta(days=30), "is_active": True}
    return Rule.objects.create(name=name, **{**values, **fields})


def becomes(value: int) -> dict[str, Any]:
    return {"field": "ticket.priority", "op": "is", "value": value}


def set_to(value: int) -> list[dict[str, Any]]:
    return [{"action": "set_priority", "inputs": {"priority": value}}]


def ticket(**fields: Any) -> Ticket:
    return open_ticket(kind=fields.pop("kind", Kind.INQUIRY), actor=Actor.system(), now=NOW, **fields)


def test_a_rule_acts_on_what_happened_and_says_why() -> None:
    angry = rule("Angry", events=["opened"], conditions=becomes(3), actions=set_to(2))
    one = ticket()

    settle(now=NOW)

    run = RuleRun.objects.get()
    assert Ticket.objects.get(pk=one.pk).priority == Priority.HIGH
    assert (run.rule_id, run.outcome, run.version, run.occasion) == (angry.pk, RunOutcome.DONE, 1, "1")
    assert run.why == [{"leaf": becomes(3), "holds": True, "seen": 3}]
    assert [one["ok"] for one in run.did] == [True]
    event = TicketEvent.objects.get(ticket=one, type="priority_changed")
    assert (event.actor_kind, event.actor_name, event.actor_id) == ("rule", "Angry", run.pk)


def test_settling_again_does_nothing_again() -> None:
    rule("Note", events=["opened"], actions=[{"action": "note", "inputs": {"text": "Look at it"}}])
    one = ticket()
    settle(now=NOW)

    EventToSettle.objects.create(ticket=one, sequence=1)  # a worker that came twice
    settle(now=NOW)

    assert RuleRun.objects.count() == 1
    assert TicketEvent.objects.filter(ticket=one, type="note").count() == 1


def test_two_rules_that_undo_each_other_stop_themselves_and_say_so(staff: Actor) -> None:
    rule("Up", conditions=becomes(4), actions=set_to(1), cap_per_hour=100)
    rule("Down", conditions=becomes(1), actions=set_to(4), cap_per_hour=100)
    one = ticket()
    ownership.set_priority(ticket_id=one.pk, priority=1, actor=staff, now=NOW)

    for _ in range(20):
        settle(now=NOW)

    outcomes = list(RuleRun.objects.order_by("id").values_list("outcome", "depth"))
    assert outcomes == [("done", depth) for depth in range(running.MAX_DEPTH + 1)] + [
        ("too_deep", running.MAX_DEPTH + 1)
    ]
    said = TicketEvent.objects.get(ticket=one, type="rule_stopped")
    assert said.data["outcome"] == "too_deep"
    assert not EventToSettle.objects.exists()


def test_a_person_is_heard_after_rules_have_stopped_each_other(staff: Actor) -> None:
    rule("Up", conditions=becomes(4), actions=set_to(1), cap_per_hour=100)
    rule("Down", conditions=becomes(1), actions=set_to(4), cap_per_hour=100)
    one = ticket()
    ownership.set_priority(ticket_id=one.pk, priority=1, actor=staff, now=NOW)
    for _ in range(20):
        settle(now=NOW)
    before = RuleRun.objects.filter(depth=0).count()

    ownership.set_priority(ticket_id=one.pk, priority=3, actor=staff, now=NOW)
    ownership.set_priority(ticket_id=one.pk, priority=4, actor=staff, now=NOW + timedelta(seconds=1))
    settle(now=NOW + timedelta(seconds=1))

    assert RuleRun.objects.filter(depth=0).count() == before + 1


def test_a_rule_that_opens_tickets_upon_opened_tickets_stops_across_tickets() -> None:
    opens = [{"action": "open_linked", "inputs": {"kind": Kind.INQUIRY}}]
    rule("Chain one", events=["opened"], actions=opens)
    rule("Chain two", events=["opened"], actions=opens)
    ticket()

    for _ in range(20):
        settle(now=NOW)

    assert not EventToSettle.objects.exists()
    assert Ticket.objects.count() < 2 ** (running.MAX_DEPTH + 2)
    assert RuleRun.objects.filter(outcome=RunOutcome.TOO_DEEP).exists()


def test_a_rule_runs_only_so_often_a_ticket_and_hour(staff: Actor) -> None:
    rule("Tag", actions=[{"action": "note", "inputs": {"text": "again"}}], cap_per_hour=2)
    one = ticket()
    for step in range(4):
        at = NOW + timedelta(minutes=step)
        ownership.set_priority(ticket_id=one.pk, priority=1 + step % 2, actor=staff, now=at)
        settle(now=at)

    assert list(RuleRun.objects.order_by("id").values_list("outcome", flat=True)) == [
        "done",
        "done",
        "capped",
        "capped",
    ]
    assert TicketEvent.objects.filter(ticket=one, type="rule_stopped").count() == 1


def test_an_action_that_cannot_be_done_is_told_and_the_others_are_done() -> None:
    actions = [
        {"action": "transition", "inputs": {"way": "clearance.triage"}},
        {"action": "add_tag", "inputs": {"tag": "seen"}},
    ]
    rule("Mixed", events=["opened"], actions=actions)
    one = ticket()

    settle(now=NOW)

    run = RuleRun.objects.get()
    assert run.outcome == RunOutcome.FAILED
    assert [entry["ok"] for entry in run.did] == [False, True]
    assert Ticket.objects.get(pk=one.pk).tags == ["seen"]
    (why,) = [entry["why"] for entry in run.did if "why" in entry]
    assert set(why) == {"en", "zh-hans"}
    assert why["en"] == run.did[0]["said"]
    assert why["en"] != why["zh-hans"]
    run.rule = Rule.objects.get(pk=run.rule_id)
    with translation.override("zh-hans"):
        (told,) = tell([run])
    assert told.did[0].problem == why["zh-hans"]


def test_a_rule_that_stops_keeps_later_rules_from_the_event() -> None:
    rule("First", order=1, events=["opened"], stops=True, actions=[{"action": "add_tag", "inputs": {"tag": "one"}}])
    rule("Second", order=2, events=["opened"], actions=[{"action": "add_tag", "inputs": {"tag": "two"}}])
    one = ticket()

    settle(now=NOW)

    assert Ticket.objects.get(pk=one.pk).tags == ["one"]


def test_verdicts_are_of_the_moment_of_the_event_though_the_ticket_went_on(staff: Actor) -> None:
    rule("Urgent", conditions=becomes(1), actions=[{"action": "add_tag", "inputs": {"tag": "was urgent"}}])
    one = ticket()
    ownership.set_priority(ticket_id=one.pk, priority=1, actor=staff, now=NOW + timedelta(seconds=1))
    ownership.set_priority(ticket_id=one.pk, priority=4, actor=staff, now=NOW + timedelta(seconds=2))

    settle(now=NOW + timedelta(seconds=3))

    assert Ticket.objects.get(pk=one.pk).tags == ["was urgent"]


def test_linked_ticket_knows_where_it_came_from() -> None:
    rule(
        "Loss",
        events=["opened"],
        conditions=becomes(1),
        actions=[{"action": "open_linked", "inputs": {"kind": "loss"}}],
    )
    one = ticket(priority=Priority.URGENT, customer=Customer.objects.create(name="Ana"))

    settle(now=NOW)

    link = TicketLink.objects.get()
    assert (link.from_ticket_id, link.type) == (one.pk, LinkType.OPENED_BY)
    assert Ticket.objects.get(pk=link.to_ticket_id).customer_id == one.customer_id


class TestTimeRules:
    """Some time after something: once, also after the clock was away."""

    @pytest.fixture
    def unowned(self) -> Rule:
        return rule(
            "Unowned for four hours",
            trigger="time",
            events=[],
            anchor="opened_at",
            delay=timedelta(hours=4),
            conditions={"field": "ticket.assignee", "op": "is_empty"},
            actions=[{"action": "add_tag", "inputs": {"tag": "unowned"}}],
            checked_to=NOW - timedelta(hours=1),
        )

    def test_fires_when_the_time_is_over_and_once(self, unowned: Rule) -> None:
        one = ticket()

        counts = [run_time_rules(NOW + timedelta(hours=hours)) for hours in (3.9, 4.1, 4.2, 30)]

        assert counts == [0, 1, 0, 0]
        assert Ticket.objects.get(pk=one.pk).tags == ["unowned"]

    def test_catches_up_what_it_missed_without_firing_twice(self, unowned: Rule) -> None:
        one = ticket()

        assert run_time_rules(NOW + timedelta(days=2)) == 1
        Rule.objects.filter(pk=unowned.pk).update(checked_to=NOW)  # the clock died before it wrote down how far it came
        assert run_time_rules(NOW + timedelta(days=2)) == 0
        assert RuleRun.objects.filter(ticket=one).count() == 1

    def test_fires_later_when_its_conditions_hold_later(self, unowned: Rule, staff: Actor) -> None:
        one = ticket()
        ownership.assign(ticket_id=one.pk, assignee_id=staff.id, actor=staff, now=NOW + timedelta(hours=1))
        run_time_rules(NOW + timedelta(hours=5))
        assert RuleRun.objects.count() == 0

        ownership.assign(ticket_id=one.pk, assignee_id=None, actor=staff, now=NOW + timedelta(hours=6))
        settle(now=NOW + timedelta(hours=6))

        assert Ticket.objects.get(pk=one.pk).tags == ["unowned"]

    def test_leaves_alone_what_was_over_before_it_was_switched_on(self, unowned: Rule, staff: Actor) -> None:
        one = ticket()
        later = NOW + timedelta(days=3)
        Rule.objects.filter(pk=unowned.pk).update(updated_at=later, checked_to=later)

        with changing(one.pk, actor=staff, now=later + timedelta(hours=1)) as change:
            change.ticket.priority = Priority.LOW
            change.record("priority_changed", {"from": 3, "to": 4})
        settle(now=later + timedelta(hours=1))
        run_time_rules(later + timedelta(hours=2))

        assert RuleRun.objects.count() == 0

    def test_a_schedule_runs_at_its_local_time_once(self) -> None:
        daily = rule(
            "Every morning",
            trigger="schedule",
            events=[],
            at_times=["09:00"],
            time_zone="Europe/Berlin",
            actions=[{"action": "note", "inputs": {"text": "Good morning"}}],
            checked_to=NOW,
        )
        one = ticket()

        # 9:00 in Berlin is 8:00 UTC in November: the next one is tomorrow's.
        counts = [run_time_rules(NOW + timedelta(hours=hours)) for hours in (22.9, 23.1, 23.2, 24 * 4)]

        assert counts == [0, 1, 0, 1]
        assert RuleRun.objects.filter(rule=daily, ticket=one).count() == 2


def test_switched_off_as_a_whole_nothing_runs(staff: Actor) -> None:
    from tickets.services.rules.saving import switch_all

    rule("Tag", events=["opened"], actions=[{"action": "add_tag", "inputs": {"tag": "one"}}])
    switch_all(is_on=False, actor=staff, now=timezone.now())
    one = ticket()

    settle(now=NOW)

    assert Ticket.objects.get(pk=one.pk).tags == []
    assert not EventToSettle.objects.exists()
