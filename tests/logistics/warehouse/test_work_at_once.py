"""The partner's system and somebody of ours at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from common.errors import DomainError
from logistics.errors import StepRefused
from logistics.models import BookingEvent, InboundBooking, Incident, StockLevel
from logistics.services.warehouse.overdue import notice_overdue
from logistics.services.warehouse.reports import Level, report_stock
from tests.logistics.warehouse.orders import NOW, booking, go, instruction, staff, theirs, warehouse

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run all of these together, each in a thread with a connection of its own. Refusals come back as values."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=20)
            return call()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_confirming_and_cancelling_at_once_one_wins_and_the_other_learns_who() -> None:
    partner = warehouse()
    work, us = booking(partner), staff()

    results = at_once(
        lambda: go(work, "confirm", theirs(partner)),
        lambda: go(work, "confirm", us),
        lambda: go(work, "confirm", theirs(partner)),
    )

    refusals = [result for result in results if isinstance(result, StepRefused)]
    event = BookingEvent.objects.get(type="confirm")
    assert len(refusals) == 2
    assert all(f"since {event.who_name} moved it" in refusal.message for refusal in refusals)
    assert InboundBooking.objects.get().event_sequence == 2


def test_dispatches_at_once_each_take_their_units_from_the_shelf() -> None:
    partner = warehouse()
    report_stock(partner_id=partner.pk, levels=[Level("CUP", 100)], is_complete=True, by=theirs(partner), now=NOW)
    works = [instruction(partner) for _one in range(6)]

    results = at_once(
        *(
            lambda place=place, work=work: go(work, "dispatch", theirs(partner), tracking_number=f"AB{place:08d}")
            for place, work in enumerate(works)
        )
    )

    assert not [result for result in results if isinstance(result, DomainError)]
    assert StockLevel.objects.get().expected_units == 100 - 6 * 3


def test_same_report_sent_twice_at_once_tells_its_difference_once() -> None:
    partner = warehouse()
    report_stock(partner_id=partner.pk, levels=[Level("CUP", 100)], is_complete=True, by=theirs(partner), now=NOW)

    at_once(
        *(
            lambda: report_stock(
                partner_id=partner.pk,
                levels=[Level("CUP", 90)],
                is_complete=True,
                by=theirs(partner),
                now=NOW + timedelta(days=1),
            )
            for _one in range(4)
        )
    )

    assert Incident.objects.count() == 1


def test_two_clocks_notice_each_delay_once() -> None:
    partner = warehouse()
    for _one in range(5):
        booking(partner)

    found = at_once(*(lambda: notice_overdue(now=NOW + timedelta(hours=2)) for _one in range(3)))

    assert sum(found) == 5
    assert BookingEvent.objects.filter(type="overdue").count() == 5
