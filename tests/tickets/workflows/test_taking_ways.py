"""Taking ways: what follows, and who is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.errors import InvalidInput, PermissionRefused
from tests.tickets.workflows.history import assert_history_is_whole
from tests.tickets.workflows.people import NOW, shipment, staff, ticket
from tickets.choices import Kind, Priority, Via
from tickets.errors import TransitionRefused
from tickets.models import Ticket, TicketEvent, TicketEventContent, TicketFacts
from tickets.policies.actor import Actor
from tickets.services.journal import changing
from tickets.services.ownership import snooze
from tickets.services.transitions import next_steps, take_way

pytestmark = pytest.mark.django_db


def _stands(ticket: Ticket) -> tuple[str, int, int]:
    row = Ticket.objects.get(pk=ticket.pk)
    return row.state, row.event_sequence, TicketFacts.objects.filter(ticket=row).count()


def test_triage_moves_a_clearance_ticket_and_tells_so() -> None:
    opened = ticket("clearance")

    moved = take_way(ticket_id=opened.pk, way="triage", actor=staff(), now=NOW + timedelta(hours=1))

    assert (moved.state, moved.phase, moved.waiting_on) == ("under_review", "active", "us")
    assert list(TicketEvent.objects.filter(ticket=moved).values_list("type", flat=True)) == ["opened", "transition"]
    assert TicketFacts.objects.get(ticket=moved, valid_to=None).state == "under_review"
    assert_history_is_whole(moved.pk)


def test_what_was_typed_in_is_kept_in_the_details_and_apart_from_the_event() -> None:
    opened = ticket("delay")

    moved = take_way(
        ticket_id=opened.pk,
        way="ask_carrier",
        data={"question": "Where is Marta's parcel?", "answer_due": "2026-11-26T12:00"},
        actor=staff(),
        now=NOW,
    )

    event = TicketEvent.objects.get(ticket=moved, type="transition")
    assert moved.delay_detail.question == "Where is Marta's parcel?"
    assert event.data == {"way": "ask_carrier", "from": "detected", "to": "investigating", "waiting_on": "carrier"}
    assert TicketEventContent.objects.get(event=event).content["question"] == "Where is Marta's parcel?"


def test_person_without_the_permission_is_refused_and_nothing_changes() -> None:
    opened = ticket("clearance")
    take_way(ticket_id=opened.pk, way="triage", actor=staff(), now=NOW)
    before = _stands(opened)

    with pytest.raises(PermissionRefused):
        take_way(
            ticket_id=opened.pk,
            way="refuse",
            data={"reason": "value"},
            actor=staff("Bob", "work_ticket"),
            now=NOW + timedelta(hours=1),
        )

    assert _stands(opened) == before


def test_customer_cannot_take_a_way_of_staff() -> None:
    opened = ticket("clearance")

    with pytest.raises(PermissionRefused):
        take_way(ticket_id=opened.pk, way="triage", actor=Actor.customer(None, via=Via.LINK), now=NOW)

    assert _stands(opened)[0] == "reported"


def test_wrong_inputs_are_named_and_nothing_changes() -> None:
    opened = ticket("delay")
    before = _stands(opened)

    with pytest.raises(InvalidInput) as refusal:
        take_way(
            ticket_id=opened.pk,
            way="revise_date",
            data={"new_from": "2026-11-30", "new_to": "2026-11-28", "cause": "magic"},
            actor=staff(),
            now=NOW,
        )

    assert set(refusal.value.data) == {"cause"}
    assert _stands(opened) == before


def test_range_that_ends_before_it_begins_is_refused() -> None:
    opened = ticket("delay")

    with pytest.raises(InvalidInput) as refusal:
        take_way(
            ticket_id=opened.pk,
            way="revise_date",
            data={"new_from": "2026-11-30", "new_to": "2026-11-28", "cause": "weather"},
            actor=staff(),
            now=NOW,
        )

    assert refusal.value.data == {"new_to": ["The range ends before it begins."]}


def test_day_that_is_over_for_the_customer_is_refused() -> None:
    opened = ticket("delay")

    with pytest.raises(InvalidInput) as refusal:
        take_way(
            ticket_id=opened.pk,
            way="revise_date",
            data={"new_from": "2026-11-23", "cause": "weather"},
            actor=staff(),
            now=NOW,
        )

    assert refusal.value.data == {"new_from": ["This is in the past."]}


def test_second_to_take_a_way_learns_who_was_quicker() -> None:
    opened = ticket("clearance")
    take_way(ticket_id=opened.pk, way="triage", actor=staff("Alice"), now=NOW)

    with pytest.raises(TransitionRefused, match="Alice moved it"):
        take_way(ticket_id=opened.pk, way="triage", actor=staff("Bob"), now=NOW)


def test_agent_without_leave_for_safety_can_do_nothing_with_a_safety_ticket() -> None:
    opened = ticket("safety")
    agent = staff("Bob", "work_ticket", "decide_money", "decide_customs")

    assert next_steps(opened, agent) == []
    with pytest.raises(PermissionRefused):
        take_way(ticket_id=opened.pk, way="dismiss", data={"resolution": "false_alarm"}, actor=agent, now=NOW)


def test_next_steps_put_the_usual_one_first() -> None:
    opened = ticket("failed_delivery")

    steps = next_steps(opened, staff())

    assert steps[0].is_main
    assert [step.way.name for step in steps if not step.is_main] == ["hold_for_pickup", "return_to_sender", "dismiss"]


def test_dismissing_a_false_alarm_says_so_and_reopening_takes_it_back() -> None:
    opened = ticket("delay")
    actor = staff()

    dismissed = take_way(ticket_id=opened.pk, way="dismiss", data={"resolution": "false_alarm"}, actor=actor, now=NOW)
    assert (dismissed.state, dismissed.phase, dismissed.resolution) == ("dismissed", "resolved", "false_alarm")
    assert dismissed.resolved_at == NOW

    reopened = take_way(ticket_id=opened.pk, way="reopen", actor=actor, now=NOW + timedelta(days=1))
    assert (reopened.state, reopened.resolution, reopened.resolved_at) == ("carrier_answered", "", None)
    assert reopened.reopened_count == 1
    assert_history_is_whole(opened.pk)


def test_step_wakes_a_snoozed_ticket() -> None:
    opened = ticket("clearance")
    actor = staff()
    snooze(ticket_id=opened.pk, until=NOW + timedelta(days=3), actor=actor, now=NOW)

    moved = take_way(ticket_id=opened.pk, way="triage", actor=actor, now=NOW + timedelta(hours=1))

    assert moved.snoozed_until is None


def test_scan_takes_the_way_of_its_incident() -> None:
    opened = ticket("clearance")
    way = type(opened).way_for_incident("released")  # type: ignore[attr-defined]

    moved = take_way(ticket_id=opened.pk, way=way.name, actor=Actor.scan("17track"), now=NOW)

    event = TicketEvent.objects.get(ticket=moved, type="transition")
    assert (moved.state, event.actor_kind, event.via) == ("released", "scan", "scan")


def test_parcel_has_one_open_ticket_of_a_kind() -> None:
    parcel = shipment()
    ticket("delay", shipment=parcel)

    with pytest.raises(TransitionRefused) as refusal:
        ticket("delay", shipment=parcel)

    assert refusal.value.code == "already_open"
    assert Ticket.objects.filter(shipment=parcel).count() == 1


def test_error_inside_a_change_undoes_all_of_it() -> None:
    opened = ticket("inquiry")
    before = _stands(opened)

    def change_and_stumble() -> None:
        with changing(opened.pk, actor=staff(), now=NOW) as change:
            change.ticket.priority = Priority.URGENT
            change.record("priority_changed", {"from": 3, "to": 1})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_stumble()

    assert _stands(opened) == before
    assert Ticket.objects.get(pk=opened.pk).priority == Priority.NORMAL


@pytest.mark.parametrize("kind", Kind.values)
def test_ticket_is_loaded_through_its_kinds_proxy(kind: str) -> None:
    opened = ticket(kind)

    typed = Ticket.objects.get_typed(opened.pk)

    assert typed.workflow_kind == kind  # type: ignore[attr-defined]
    assert typed.detail.pk == opened.pk
