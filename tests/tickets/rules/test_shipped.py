"""The rules that Clearway ships with, each on a ticket it is about; and actions that call somebody or something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.models import User
from logistics.choices import Tier
from logistics.models import Customer
from tickets.choices import Audience, Kind, Priority, RunOutcome
from tickets.models import (
    Escalation,
    EscalationPolicy,
    Message,
    Page,
    Participant,
    Reminder,
    Rule,
    RuleRun,
    Ticket,
    WebhookCall,
)
from tickets.policies.actor import Actor
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.rules.settling import settle
from tickets.services.rules.timed import run_time_rules

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def customer(**fields: Any) -> Customer:
    return Customer.objects.create(**{"name": "Anna", "language": "de", "country": "DE", **fields})


def opened(kind: str, *, now: datetime = NOW, **fields: Any) -> Ticket:
    """A ticket after what follows from its opening."""
    ticket = open_ticket(kind=kind, actor=Actor.system(), now=now, **fields)
    settle(now=now)
    return Ticket.objects.get(pk=ticket.pk)


def happened(ticket: Ticket, what: str, data: dict[str, Any]) -> Ticket:
    with changing(ticket.pk, actor=Actor.system(), now=NOW) as change:
        change.record(what, data)
    settle(now=NOW)
    return Ticket.objects.get(pk=ticket.pk)


def ran() -> set[str]:
    return set(RuleRun.objects.filter(outcome=RunOutcome.DONE).values_list("rule__shipped_key", flat=True))


def ladders() -> set[str]:
    return set(Escalation.objects.values_list("policy__shipped_key", flat=True))


def test_a_vips_ticket_is_of_high_priority() -> None:
    assert opened(Kind.DELAY, customer=customer(tier=Tier.VIP)).priority == Priority.HIGH


def test_the_second_complaint_within_a_week_is_tagged_and_raised_and_one_after_it_is_not() -> None:
    anna = customer()
    first = opened(Kind.DELAY, customer=anna)
    second = opened(Kind.LOSS, customer=anna, now=NOW + timedelta(days=6))
    later = opened(Kind.DELAY, customer=anna, now=NOW + timedelta(days=20))

    assert (first.tags, second.tags, later.tags) == ([], ["repeat"], [])
    assert (first.priority, second.priority) == (Priority.NORMAL, Priority.HIGH)


def test_an_urgent_ticket_calls_until_somebody_acknowledges() -> None:
    opened(Kind.DELAY, priority=Priority.URGENT)
    assert ladders() == {"urgent"}


def test_a_customs_hold_without_owner_climbs_after_four_hours_and_not_before() -> None:
    Rule.objects.filter(shipped_key="customs_without_owner").update(updated_at=NOW - timedelta(days=1), checked_to=NOW)
    opened(Kind.CLEARANCE)

    run_time_rules(NOW + timedelta(hours=3, minutes=59))
    assert ladders() == set()
    run_time_rules(NOW + timedelta(hours=4, minutes=1))
    assert ladders() == {"desk"}


@pytest.mark.parametrize(("country", "state"), [("DE", "papers_requested"), ("GB", "requested")])
def test_a_return_out_of_the_european_union_asks_for_customs_papers(country: str, state: str) -> None:
    assert opened(Kind.RETURN, customer=customer(country=country)).state == state


def test_an_injury_goes_to_legal_at_once() -> None:
    ticket = opened(Kind.SAFETY)
    assert (ticket.state, ticket.priority) == ("with_legal", Priority.URGENT)


def test_a_failed_payment_goes_to_finance() -> None:
    assert opened(Kind.PAYMENT).state == "with_finance"


@pytest.mark.parametrize(
    ("what", "data", "key", "ladder"),
    [
        ("promise_breached", {"target": "partner_answer"}, "partner_silent", "partner"),
        ("promise_breached", {"target": "carrier_answer"}, "carrier_silent", "carrier"),
        ("incident", {"type": "stale"}, "no_scan", "carrier"),
    ],
)
def test_silence_climbs_the_ladder_of_whoever_is_silent(what: str, data: dict[str, Any], key: str, ladder: str) -> None:
    happened(opened(Kind.DELAY), what, data)
    assert key in ran()
    assert ladders() == {ladder}


def test_an_angry_message_and_a_storm_tag_their_tickets() -> None:
    storm = happened(opened(Kind.DELAY), "advisory", {"cause": "weather"})
    assert storm.tags == ["storm"]

    angry = opened(Kind.DELAY)
    message = Message.objects.create(
        ticket=angry,
        direction="in",
        audience=Audience.CUSTOMER,
        status="received",
        text="Scam!",
        word_hits=["anger"],
        sent_at=NOW,
        created_at=NOW,
    )
    angry = happened(angry, "message_received", {"message": message.pk})
    assert (angry.tags, angry.priority) == (["angry"], Priority.HIGH)


def test_actions_that_call_remind_and_tell_others_do_so() -> None:
    Rule.objects.all().delete()
    lena = User.objects.create_superuser("lena@clearway.test", "x", full_name="Lena")
    desk = EscalationPolicy.objects.get(shipped_key="desk")
    Rule.objects.create(
        name="All of it",
        events=["opened"],
        is_active=True,
        updated_at=NOW - timedelta(days=1),
        actions=[
            {"action": "note", "inputs": {"text": "Look here"}},
            {"action": "add_participant", "inputs": {"person": lena.pk}},
            {"action": "page", "inputs": {"person": lena.pk, "by": ["desk"], "reason": "Now"}},
            {"action": "start_escalation", "inputs": {"ladder": desk.pk, "reason": ""}},
            {"action": "remind", "inputs": {"after": 2, "after_unit": "hours", "text": "Again"}},
            {"action": "call_webhook", "inputs": {"url": "https://partner.example/hook"}},
        ],
    )

    ticket = opened(Kind.DELAY)

    run = RuleRun.objects.get()
    assert [(one["action"], one["ok"]) for one in run.did if not one["ok"]] == []
    assert Message.objects.get(ticket=ticket, direction="note").text == "Look here"
    assert Participant.objects.filter(ticket=ticket, user=lena).exists()
    assert Page.objects.filter(ticket=ticket, user=lena, reason="Now").exists()
    assert Escalation.objects.get(ticket=ticket).policy == desk
    assert (Reminder.objects.get().text, Reminder.objects.get().due_at) == ("Again", NOW + timedelta(hours=2))
    call = WebhookCall.objects.get()
    assert (call.url, call.body["ticket"]["reference"]) == ("https://partner.example/hook", ticket.reference)
