"""Many people on one ticket at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from common.errors import DomainError
from tests.tickets.workflows.history import assert_history_is_whole
from tests.tickets.workflows.people import NOW, staff, ticket
from tickets.errors import TransitionRefused
from tickets.models import Message, Ticket, TicketEvent
from tickets.services.conversations import note
from tickets.services.ownership import set_priority, set_tags
from tickets.services.relations import merge_tickets
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db(transaction=True)


def at_once[T](*calls: Callable[[], T]) -> list[T | DomainError]:
    """Run all of these together, each in a thread with a connection of its own. Refusals come back as values."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | DomainError:
        try:
            start.wait(timeout=20)
            return call()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_people_taking_the_same_way_one_wins_and_the_other_learns_who() -> None:
    opened = ticket("clearance")
    alice, bob = staff("Alice"), staff("Bob")

    results = at_once(
        *(lambda who=who: take_way(ticket_id=opened.pk, way="triage", actor=who, now=NOW) for who in (alice, bob))
    )

    (refusal,) = [result for result in results if isinstance(result, TransitionRefused)]
    event = TicketEvent.objects.get(ticket=opened, type="transition")
    assert f"{event.actor_name} moved it" in refusal.message
    assert Ticket.objects.get(pk=opened.pk).state == "under_review"
    assert_history_is_whole(opened.pk)


def test_sixteen_people_on_one_ticket_leave_no_gap_and_no_fork() -> None:
    opened = ticket("clearance")
    actor = staff()

    def work(number: int) -> None:
        now = NOW + timedelta(seconds=number)
        for turn in range(3):
            note(ticket_id=opened.pk, text=f"note {number}/{turn}", actor=actor, now=now)
        set_priority(ticket_id=opened.pk, priority=number % 4 + 1, actor=actor, now=now)
        set_tags(ticket_id=opened.pk, tags=[f"tag {number}"], actor=actor, now=now)
        take_way(ticket_id=opened.pk, way="triage", actor=actor, now=now)

    results = at_once(*(lambda number=number: work(number) for number in range(16)))

    assert sum(isinstance(result, TransitionRefused) for result in results) == 15
    assert all(result is None or isinstance(result, TransitionRefused) for result in results)
    assert Message.objects.filter(ticket=opened).count() == 48
    assert TicketEvent.objects.filter(ticket=opened, type="transition").count() == 1
    assert_history_is_whole(opened.pk)


def test_two_people_merging_crosswise_do_not_lock_each_other_out() -> None:
    first, second = ticket("inquiry"), ticket("inquiry")
    actor = staff()

    results = at_once(
        lambda: merge_tickets(ticket_id=first.pk, into_id=second.pk, actor=actor, now=NOW),
        lambda: merge_tickets(ticket_id=second.pk, into_id=first.pk, actor=actor, now=NOW),
    )

    assert sum(isinstance(result, TransitionRefused) for result in results) == 1
    assert Ticket.objects.filter(resolution="merged").count() == 1
