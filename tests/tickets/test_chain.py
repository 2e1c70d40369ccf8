"""The history proves itself: each change of the past shows, and forgetting a person does not break it."""

from __future__ import annotations

import itertools
import json
import threading
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from logistics.models import Customer
from tickets.choices import Kind, Priority
from tickets.models import ChainHead, Ticket, TicketEvent, TicketEventContent, TicketFacts
from tickets.policies.actor import Actor
from tickets.policies.states import initial_state
from tickets.services.chain import sign_heads, verify_chain
from tickets.services.erasure import erase_customer
from tickets.services.journal import changing, opening

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")


def open_ticket(*, customer: Customer | None = None, now: datetime = NOW) -> Ticket:
    state = initial_state(Kind.CLEARANCE)
    ticket = Ticket(
        kind=Kind.CLEARANCE, state=state.name, phase=state.phase, customer=customer, opened_at=now, state_since=now
    )
    with opening(ticket, actor=SYSTEM, now=now) as change:
        change.record("told", {"what": "hold"}, personal={"text": "Anna Keller, 12 €"})
    return ticket


def raise_priority(ticket: Ticket, *, now: datetime = NOW, priority: int = Priority.URGENT) -> None:
    with changing(ticket.pk, actor=SYSTEM, now=now) as change:
        change.record("priority_changed", {"from": change.ticket.priority, "to": priority})
        change.ticket.priority = priority


def forge(sql: str, *values: Any) -> None:
    """Do what an intruder with the database's own password would."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.django_db
def test_untouched_history_verifies() -> None:
    ticket = open_ticket()
    raise_priority(ticket, now=NOW + timedelta(minutes=1))

    verdict = verify_chain()

    assert verdict.broken is None
    assert (verdict.tickets, verdict.events) == (1, 3)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tickets_ticketevent SET type = 'x'",
        "DELETE FROM tickets_ticketevent",
        "UPDATE tickets_chainhead SET heads = '[]'",
    ],
)
def test_database_refuses_to_change_history(statement: str) -> None:
    open_ticket()
    sign_heads(day=NOW.date(), now=NOW)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert verify_chain().broken is None


@pytest.mark.django_db
def test_changed_event_is_named() -> None:
    ticket = open_ticket()
    raise_priority(ticket)
    forge('UPDATE tickets_ticketevent SET data = \'{"from": 3, "to": 2}\' WHERE sequence = 3')

    broken = verify_chain().broken

    assert broken is not None
    assert (broken.ticket_id, broken.sequence) == (ticket.pk, 3)


@pytest.mark.django_db
def test_changed_personal_content_is_named() -> None:
    ticket = open_ticket()
    forge('UPDATE tickets_ticketeventcontent SET content = \'{"text": "Anna Keller, 1200 €"}\'')

    broken = verify_chain().broken

    assert broken is not None
    assert (broken.ticket_id, broken.sequence) == (ticket.pk, 2)


@pytest.mark.django_db
def test_removed_event_in_the_middle_is_named() -> None:
    ticket = open_ticket()
    raise_priority(ticket)
    forge("DELETE FROM tickets_ticketeventcontent")
    forge("DELETE FROM tickets_ticketevent WHERE sequence = 2")

    broken = verify_chain().broken

    assert broken is not None
    assert (broken.ticket_id, broken.sequence) == (ticket.pk, 2)


@pytest.mark.django_db
def test_cut_tail_shows_against_the_signed_heads_even_when_the_ticket_was_forged_too() -> None:
    ticket = open_ticket()
    raise_priority(ticket)
    sign_heads(day=NOW.date(), now=NOW)
    second = bytes(TicketEvent.objects.get(ticket=ticket, sequence=2).hash)
    forge("DELETE FROM tickets_ticketevent WHERE sequence = 3")
    forge("UPDATE tickets_ticket SET event_sequence = 2, event_hash = %s", second)

    broken = verify_chain().broken

    assert broken is not None
    assert (broken.ticket_id, broken.sequence) == (ticket.pk, 3)


@pytest.mark.django_db
def test_cut_tail_shows_against_the_ticket_itself() -> None:
    ticket = open_ticket()
    raise_priority(ticket)
    forge("DELETE FROM tickets_ticketevent WHERE sequence = 3")

    broken = verify_chain().broken

    assert broken is not None
    assert (broken.ticket_id, broken.sequence) == (ticket.pk, 3)


@pytest.mark.django_db
def test_forged_signature_and_a_missing_day_show() -> None:
    ticket = open_ticket()
    sign_heads(day=NOW.date(), now=NOW)
    raise_priority(ticket, now=NOW + timedelta(days=1))
    sign_heads(day=NOW.date() + timedelta(days=1), now=NOW)
    assert verify_chain().heads == 2

    forge("DELETE FROM tickets_chainhead WHERE date = %s", NOW.date())

    broken = verify_chain().broken
    assert broken is not None
    assert "do not follow" in broken.problem


@pytest.mark.django_db
def test_day_is_signed_once_and_only_with_what_grew_on_it() -> None:
    ticket = open_ticket()
    first = sign_heads(day=NOW.date(), now=NOW)
    assert first is not None
    assert sign_heads(day=NOW.date(), now=NOW) == first
    assert [head[:2] for head in first.heads] == [[ticket.pk, 2]]
    assert sign_heads(day=NOW.date() + timedelta(days=3), now=NOW) is None
    assert ChainHead.objects.count() == 1


@pytest.mark.django_db
def test_chain_still_verifies_after_a_customer_was_erased() -> None:
    customer = Customer.objects.create(name="Anna Keller", language="de", note="calls on Mondays")
    ticket = open_ticket(customer=customer)
    raise_priority(ticket)
    sign_heads(day=NOW.date(), now=NOW)

    erase_customer(customer_id=customer.pk, actor=SYSTEM, now=NOW + timedelta(hours=1))

    verdict = verify_chain()
    assert verdict.broken is None
    assert verdict.erased == 1
    assert not TicketEventContent.objects.filter(event__ticket=ticket).exists()
    customer.refresh_from_db()
    assert (customer.name, customer.note) == ("", "")


@pytest.mark.django_db
def test_command_prints_its_verdict_and_fails_naming_the_first_broken_link() -> None:
    ticket = open_ticket()
    out = StringIO()
    call_command("verify_chain", stdout=out)
    assert json.loads(out.getvalue())["broken"] is None

    forge("UPDATE tickets_ticketevent SET type = 'closed' WHERE sequence = 1")

    with pytest.raises(CommandError, match=f"ticket {ticket.pk}, event 1"):
        call_command("verify_chain", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_on_one_ticket_leave_no_gap_and_no_fork() -> None:
    ticket = open_ticket()
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                moment = NOW + timedelta(seconds=number * 7 + turn)
                raise_priority(ticket, now=moment, priority=Priority((number + turn) % 4 + 1))
        except BaseException as error:  # noqa: BLE001 - the thread's failure is the test's
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    sequences = list(TicketEvent.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, 2 + 16 * 5 + 1))
    assert verify_chain().broken is None
    facts = list(TicketFacts.objects.filter(ticket=ticket).order_by("valid_from"))
    assert facts[-1].valid_to is None
    assert all(one.valid_to == following.valid_from for one, following in itertools.pairwise(facts))


@pytest.mark.django_db
def test_change_within_the_same_moment_leaves_one_interval() -> None:
    ticket = open_ticket()
    raise_priority(ticket)

    facts = TicketFacts.objects.get(ticket=ticket)

    assert (facts.priority, facts.valid_from, facts.valid_to) == (Priority.URGENT, NOW, None)


@pytest.mark.django_db
def test_facts_are_closed_and_opened_where_a_registered_field_changed() -> None:
    ticket = open_ticket()
    raise_priority(ticket, now=NOW + timedelta(hours=2))

    first, second = TicketFacts.objects.filter(ticket=ticket).order_by("valid_from")

    assert (first.priority, first.valid_to) == (Priority.NORMAL, NOW + timedelta(hours=2))
    assert (second.priority, second.valid_from, second.valid_to) == (Priority.URGENT, NOW + timedelta(hours=2), None)
