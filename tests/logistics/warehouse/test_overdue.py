"""Work whose partner should have acted is noticed once, by whichever clock is first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from logistics.models import BookingEvent, InboundBooking
from logistics.services.warehouse.overdue import notice_overdue
from tests.logistics.warehouse.orders import NOW, booking, go, instruction, stock_count, theirs, warehouse

pytestmark = pytest.mark.django_db


def test_overdue_is_noticed_once_and_ends_with_the_answer() -> None:
    partner = warehouse()
    work = booking(partner)
    stock_count(partner)
    instruction(partner)
    due = NOW + timedelta(hours=1)

    assert notice_overdue(now=due - timedelta(seconds=1)) == 0
    assert notice_overdue(now=due) == 3
    assert notice_overdue(now=due + timedelta(hours=1)) == 0

    event = BookingEvent.objects.get(type="overdue")
    assert (event.sequence, event.who_kind, event.via, event.to_state) == (2, "system", "clock", "announced")
    answered = go(work, "confirm", theirs(partner), now=due + timedelta(hours=2))
    assert (answered.overdue_at, answered.event_sequence) == (None, 3)


def test_what_waits_on_us_is_never_the_partners_delay() -> None:
    partner = warehouse()
    go(
        booking(partner),
        "counter",
        theirs(partner),
        slot_from="2026-11-30T08:00Z",
        slot_to="2026-11-30T09:00Z",
        reason="Full.",
    )

    assert notice_overdue(now=NOW + timedelta(days=30)) == 0
    assert not InboundBooking.objects.late(now=NOW + timedelta(days=30)).exists()
