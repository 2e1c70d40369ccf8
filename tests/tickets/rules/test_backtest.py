"""Backtests: what a rule would have done, over history as it was, and without any effect."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError
from django.utils import timezone

from common.errors import InvalidInput
from logistics.models import Shipment, TrackingEvent
from tests.tickets.workflows.people import NOW, shipment, staff, ticket
from tickets.choices import HoursOf, Kind, MessageStatus, Priority, RuleTrigger, RunOutcome
from tickets.models import Message, Rule, RuleRun, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services.journal import changing
from tickets.services.ownership import set_priority
from tickets.services.rules import backtest as backtest_module
from tickets.services.rules.backtest import backtest
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db

URGENT = {"field": "ticket.priority", "op": "is", "value": 1}
TAG = [{"action": "add_tag", "inputs": {"tag": "seen"}}]


def draft(**fields: Any) -> Rule:
    values = {"name": "Draft", "events": ["opened"], "conditions": URGENT, "actions": TAG, "updated_at": NOW, **fields}
    return Rule(**values)


def opened(kind: str = Kind.DELAY, *, ago: timedelta, **fields: Any) -> Ticket:
    return ticket(kind, now=NOW - ago, **fields)


def test_a_priority_changed_today_does_not_change_last_weeks_backtest() -> None:
    old = opened(ago=timedelta(days=6), priority=Priority.URGENT)
    set_priority(ticket_id=old.pk, priority=Priority.LOW, actor=staff(), now=NOW - timedelta(hours=1))

    (match,) = backtest(draft(), days=7, now=NOW).matches

    assert (match.reference, match.at, match.event) == (old.reference, NOW - timedelta(days=6), "opened")
    assert [(one["sentence"], one["found"], one["holds"]) for one in match.why] == [
        ("priority is urgent", "urgent", True)
    ]
    assert match.would == ["add the tag “seen”"]


def test_a_priority_raised_today_does_not_bring_an_old_ticket_into_the_backtest() -> None:
    old = opened(ago=timedelta(days=6))
    set_priority(ticket_id=old.pk, priority=Priority.URGENT, actor=staff(), now=NOW - timedelta(hours=1))

    assert backtest(draft(), days=7, now=NOW).matched == 0
    changed = backtest(draft(events=["priority_changed"]), days=7, now=NOW)
    assert [match.reference for match in changed.matches] == [old.reference]


def test_the_days_bound_what_is_looked_at_and_counts_tell_it() -> None:
    opened(ago=timedelta(days=8), priority=Priority.URGENT)
    opened(ago=timedelta(days=2))
    recent = opened(ago=timedelta(days=1), priority=Priority.URGENT)

    found = backtest(draft(), days=7, now=NOW)

    assert (found.looked_at, found.matched, found.tickets, found.is_whole) == (2, 1, 1, True)
    assert [match.ticket_id for match in found.matches] == [recent.pk]


def test_what_changed_is_asked_of_the_moment_of_the_event() -> None:
    one = opened(ago=timedelta(days=3))
    worker = staff()
    set_priority(ticket_id=one.pk, priority=Priority.URGENT, actor=worker, now=NOW - timedelta(days=2))
    set_priority(ticket_id=one.pk, priority=Priority.HIGH, actor=worker, now=NOW - timedelta(days=1))
    raised = {"changed": "priority", "from": [int(Priority.NORMAL)], "to": [int(Priority.URGENT)]}

    (match,) = backtest(draft(events=["priority_changed"], conditions=raised), days=7, now=NOW).matches

    assert match.at == NOW - timedelta(days=2)
    assert match.why[0]["found"] == "normal → urgent"


def test_a_backtest_leaves_no_trace_and_the_database_would_refuse_one(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(ago=timedelta(days=1), priority=Priority.URGENT)
    events = TicketEvent.objects.count()
    backtest(draft(), days=7, now=NOW)
    assert (TicketEvent.objects.count(), RuleRun.objects.count()) == (events, 0)

    def write(*args: Any) -> list[Any]:
        Ticket.objects.update(summary="changed")
        return []

    monkeypatch.setattr(backtest_module, "_holding", write)
    with pytest.raises(InternalError, match="read-only"):
        backtest(draft(), days=7, now=NOW)
    Ticket.objects.update(summary="writing goes on afterwards")


def test_a_time_rule_is_asked_when_its_time_was_over_and_only_where_the_ticket_still_stood_so() -> None:
    waited = opened(ago=timedelta(hours=10))
    helped = opened(ago=timedelta(hours=10))
    late = opened(ago=timedelta(hours=10))
    opened(ago=timedelta(hours=3))
    taken = staff("Bob")
    for one, hours in ((helped, 8), (late, 2)):
        with changing(one.pk, actor=Actor.system(), now=NOW - timedelta(hours=hours)) as change:
            change.ticket.assignee = taken.user
    rule = draft(
        trigger=RuleTrigger.TIME,
        events=[],
        anchor="opened_at",
        delay=timedelta(hours=4),
        hours_of=HoursOf.WALL,
        conditions={"field": "ticket.assignee", "op": "is_empty"},
    )

    found = backtest(rule, days=1, now=NOW)

    assert {match.ticket_id for match in found.matches} == {waited.pk, late.pk}
    assert {match.at for match in found.matches} == {NOW - timedelta(hours=6)}
    assert found.looked_at == 3


def test_a_time_rule_also_matches_when_its_conditions_come_true_after_its_time() -> None:
    one = opened(ago=timedelta(hours=10))
    set_priority(ticket_id=one.pk, priority=Priority.URGENT, actor=staff(), now=NOW - timedelta(hours=1))
    rule = draft(trigger=RuleTrigger.TIME, events=[], anchor="opened_at", delay=timedelta(hours=4))

    (match,) = backtest(rule, days=1, now=NOW).matches

    assert match.at == NOW - timedelta(hours=1)


def test_every_anchor_is_found_in_the_past_with_the_moment_it_stayed_until() -> None:
    worker = staff("Carol", "work_ticket", "supervise")
    parcel: Shipment = shipment()
    one = opened(Kind.DELAY, ago=timedelta(hours=30), shipment=parcel)
    for hours, message in ((20, "in"), (18, "note"), (10, "in")):
        Message.objects.create(
            ticket=one,
            direction=message,
            status=MessageStatus.NOTED if message == "note" else MessageStatus.RECEIVED,
            audience="internal" if message == "note" else "customer",
            sent_at=NOW - timedelta(hours=hours),
            created_at=NOW - timedelta(hours=hours),
        )
    for hours in (22, 21):
        TrackingEvent.objects.create(
            shipment=parcel,
            key=str(hours),
            at=NOW - timedelta(hours=hours),
            status="in_transit",
            received_at=NOW,
            source="test",
        )
    with changing(one.pk, actor=Actor.system(), now=NOW - timedelta(hours=20)) as change:
        change.ticket.unanswered_since = NOW - timedelta(hours=20)
    ended = {"resolution": "false_alarm"}
    take_way(ticket_id=one.pk, way="dismiss", data=ended, actor=worker, now=NOW - timedelta(hours=6))

    def found(anchor: str, hours: int) -> list[float]:
        rule = draft(trigger=RuleTrigger.TIME, events=[], anchor=anchor, delay=timedelta(hours=hours), conditions={})
        return [(NOW - match.at) / timedelta(hours=1) for match in backtest(rule, days=2, now=NOW).matches]

    assert found("opened_at", 2) == [28]
    assert found("opened_at", 25) == []  # it had ended by then
    assert found("state_since", 2) == [28]
    assert found("unanswered_since", 2) == [18]
    assert found("last_message_at", 3) == [7, 17]
    assert found("last_message_at", 11) == []  # the next message came before
    assert found("last_scan_at", 2) == [19]
    assert found("resolved_at", 2) == [4]


def test_a_schedule_is_asked_at_its_set_times_in_its_zone_about_tickets_open_then() -> None:
    one = opened(ago=timedelta(days=2, hours=1))
    rule = draft(trigger=RuleTrigger.SCHEDULE, events=[], at_times=[time(9)], time_zone="Europe/Berlin", conditions={})

    found = backtest(rule, days=2, now=NOW)

    # 9:00 in Berlin is 8:00 UTC in November.
    assert [match.at for match in found.matches] == [
        datetime.combine(day, time(8), tzinfo=NOW.tzinfo) for day in (NOW.date(), NOW.date() - timedelta(days=1))
    ]
    assert {match.ticket_id for match in found.matches} == {one.pk}


def test_matches_over_the_cap_of_a_ticket_and_hour_are_told_as_held_back() -> None:
    one = opened(ago=timedelta(hours=5))
    for minute in range(4):
        with changing(one.pk, actor=Actor.system(), now=NOW - timedelta(minutes=50 - minute)) as change:
            change.record("scan", {})
    rule = draft(events=["scan"], conditions={}, cap_per_hour=3)

    found = backtest(rule, days=1, now=NOW)

    assert (found.matched, found.held_back) == (4, 1)
    assert [match.is_held_back for match in found.matches] == [True, False, False, False]


def test_what_the_rule_did_itself_is_not_asked() -> None:
    one = opened(ago=timedelta(hours=5))
    rule = draft(events=["scan"], conditions={})
    rule.save()
    run = RuleRun.objects.create(rule=rule, version=1, ticket=one, occasion="1", at=NOW, outcome=RunOutcome.DONE)
    for actor in (Actor.rule(run.pk, "Draft"), Actor.system()):
        with changing(one.pk, actor=actor, now=NOW - timedelta(hours=1)) as change:
            change.record("scan", {})

    assert backtest(rule, days=1, now=NOW).looked_at == 1


def test_a_backtest_that_is_too_large_stops_and_says_how_far_it_got() -> None:
    for hour in range(1, 4):
        opened(ago=timedelta(hours=hour), priority=Priority.URGENT)

    found = backtest(draft(), days=7, now=NOW, most=1)

    assert not found.is_whole
    assert found.reached == NOW - timedelta(hours=3)  # one batch held them all


def test_a_rule_that_cannot_be_used_and_impossible_days_are_refused() -> None:
    with pytest.raises(InvalidInput, match="There is no field"):
        backtest(draft(conditions={"field": "ticket.colour", "op": "is", "value": 1}), days=7, now=NOW)
    with pytest.raises(InvalidInput, match="between 1 and 366"):
        backtest(draft(), days=0, now=NOW)


def test_the_command_prints_what_would_have_been_done_as_json() -> None:
    one = ticket(Kind.DELAY, now=timezone.now() - timedelta(hours=1), priority=Priority.URGENT)
    rule = draft()
    rule.save()
    out = StringIO()

    call_command("backtest_rule", str(rule.pk), "--days", "2", stdout=out)

    told = json.loads(out.getvalue())
    assert (told["rule"], told["looked_at"], told["matched"], told["whole"]) == ("Draft", 1, 1, True)
    assert told["matches"][0]["ticket"] == one.reference
    assert told["matches"][0]["would"] == ["add the tag “seen”"]
    with pytest.raises(CommandError, match="no rule 0"):
        call_command("backtest_rule", "0")
