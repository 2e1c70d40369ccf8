"""The compiled set: which rules an event sets off, asked once for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from tests.tickets.workflows.people import NOW, ticket
from tickets.choices import Direction, Kind, MessageStatus, Priority, RuleTrigger
from tickets.models import Message, Rule, RuleSwitch, Ticket, TicketEvent
from tickets.services.rules import statement
from tickets.services.rules.compiling import compile_rules, compiled
from tickets.services.rules.statement import Key

pytestmark = pytest.mark.django_db

URGENT = {"field": "ticket.priority", "op": "is", "value": int(Priority.URGENT)}


@pytest.fixture(autouse=True)
def _only_these_rules() -> None:
    Rule.objects.all().delete()


def rule(name: str, **fields: Any) -> Rule:
    values = {"events": ["opened"], "is_active": True, "updated_at": NOW, **fields}
    return Rule.objects.create(name=name, **values)


def opened(subject: Ticket) -> TicketEvent:
    return TicketEvent.objects.get(ticket=subject, type="opened")


def names(rules: list[Rule]) -> list[str]:
    return [one.name for one in rules]


def test_an_event_sets_off_the_rules_that_listen_and_hold_in_their_order() -> None:
    rule("Third", order=30)
    rule("First", order=10, conditions=URGENT)
    rule("Other event", order=20, events=["note"])
    rule("Off", order=15, is_active=False)
    urgent, normal = ticket(Kind.DELAY, priority=Priority.URGENT), ticket(Kind.DELAY)

    found = compiled().of_events([opened(urgent), opened(normal)])

    assert [names(rules) for rules in found] == [["First", "Third"], ["Third"]]


def test_a_hundred_rules_on_many_events_are_one_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(100):
        rule(f"Rule {number}", conditions={"field": "ticket.tags", "op": "contains", "value": f"tag {number}"})
    one, two = ticket(Kind.DELAY, tags=["tag 7", "tag 99"]), ticket(Kind.LOSS, tags=["tag 0"])
    asked: list[bytes] = []
    run = statement.execute_prepared

    def count(sql: bytes, params: Sequence[str]) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return run(sql, params)

    monkeypatch.setattr(statement, "execute_prepared", count)
    rules = compiled()

    found = rules.of_events([opened(one), opened(two)])

    assert [names(matched) for matched in found] == [["Rule 7", "Rule 99"], ["Rule 0"]]
    assert len(asked) == 1


def test_the_statement_stays_planned_on_the_server_also_after_a_rollback() -> None:
    rule("Any")
    event = opened(ticket(Kind.DELAY))
    for _ in range(3):
        compiled().of_events([event])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError

    assert names(compiled().of_events([event])[0]) == ["Any"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%tickets_ticketfacts%%'")
        assert cursor.fetchone()[0] >= 1


def test_events_nobody_listens_to_ask_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rule("Any", events=["note"])
    event = opened(ticket(Kind.DELAY))
    rules = compiled()
    monkeypatch.setattr(statement, "execute_prepared", lambda *_: pytest.fail("asked"))

    assert rules.of_events([event]) == [[]]


def test_a_rule_that_cannot_be_used_is_left_out_and_the_others_work(caplog: pytest.LogCaptureFixture) -> None:
    broken = rule("Broken", conditions={"field": "ticket.gone", "op": "is", "value": 1})
    rule("Whole")

    rules = compiled()

    assert list(rules.left_out) == [broken.pk]
    assert names(rules.of_events([opened(ticket(Kind.DELAY))])[0]) == ["Whole"]
    assert "There is no field “ticket.gone”." in caplog.text


def test_all_rules_off_means_none() -> None:
    rule("Any")
    RuleSwitch.objects.create(pk=1, is_on=False)

    assert compiled().of_events([opened(ticket(Kind.DELAY))]) == [[]]


def test_a_ticket_without_facts_at_the_moment_sets_off_nothing() -> None:
    late = rule("Late", trigger=RuleTrigger.TIME, events=[], anchor="opened_at", delay=timedelta(0))
    one = ticket(Kind.DELAY)

    held = compiled().at_moments(late.pk, [Key(one.pk, NOW - timedelta(days=1)), Key(one.pk, NOW)])

    assert held == [False, True]
    assert compiled().at_moments(0, [Key(one.pk, NOW)]) == [False]


def test_rules_about_sending_see_the_message_and_the_ticket() -> None:
    german = {"field": "message.language", "op": "is", "value": "de"}
    rule("German", trigger=RuleTrigger.SENDING, events=[], conditions={"all": [german, URGENT]})
    one = ticket(Kind.DELAY, priority=Priority.URGENT)
    said = [
        Message.objects.create(
            ticket=one,
            direction=Direction.IN,
            status=MessageStatus.RECEIVED,
            audience="customer",
            language=language,
            sent_at=NOW,
            created_at=NOW,
        )
        for language in ("de", "fr")
    ]

    found = [compiled().of_message(ticket_id=one.pk, message_id=message.pk, at=NOW) for message in said]

    assert [names(rules) for rules in found] == [["German"], []]


def test_a_draft_is_compiled_without_being_saved() -> None:
    draft = Rule(name="Draft", events=["opened"], conditions=URGENT)
    event = opened(ticket(Kind.DELAY, priority=Priority.URGENT))

    assert names(compile_rules([draft]).of_events([event])[0]) == ["Draft"]
