"""Taking ways: what follows, and who is refused."""

from __future__ import annotations

import pytest

from tests.tickets.workflows.people import NOW, staff, ticket
from tickets.models import TicketEvent, TicketFacts
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db


def test_triage_moves_a_clearance_ticket_and_tells_so() -> None:
    opened = ticket("clearance")

    moved = take_way(ticket_id=opened.pk, way="triage", actor=staff(), now=NOW)

    assert (moved.state, moved.phase, moved.waiting_on) == ("under_review", "active", "us")
    assert list(TicketEvent.objects.filter(ticket=moved).values_list("type", flat=True)) == ["opened", "transition"]
    assert TicketFacts.objects.get(ticket=moved, valid_to=None).state == "under_review"
