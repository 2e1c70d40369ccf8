"""Goods announced to a warehouse: it confirms or offers another slot, and says what came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common.errors import InvalidInput, PermissionRefused
from common.models import User
from logistics.choices import IncidentType
from logistics.errors import NoSuchWork, StepRefused
from logistics.models import BookingEvent, InboundBooking, Incident, StockLevel
from logistics.policies.who import Who
from logistics.services.warehouse.work import open_steps, open_work
from logistics.workflows import MACHINES
from tests.logistics.warehouse.orders import NOW, booking, go, staff, theirs, warehouse

pytestmark = pytest.mark.django_db


def test_answer_is_due_after_the_agreed_time_on_the_partners_own_calendar() -> None:
    partner = warehouse(answer_minutes=120)

    late_in_the_day = booking(partner, now=datetime(2026, 11, 27, 14, 30, tzinfo=UTC))  # Friday, 15:30 in Berlin

    assert late_in_the_day.answer_due_at == datetime(2026, 11, 30, 8, 30, tzinfo=UTC)  # Monday, 9:30
    assert booking(warehouse("Nothing agreed")).answer_due_at == NOW + timedelta(hours=1)


def test_booking_runs_from_announced_to_closed_when_everything_came() -> None:
    partner = warehouse()
    work = booking(partner)

    work = go(work, "confirm", theirs(partner))
    assert (work.state, work.slot_from, work.awaiting) == ("confirmed", work.expected_at, "partner")
    assert work.answer_due_at == work.slot_to + timedelta(hours=1)
    work = go(work, "arrive", theirs(partner))
    assert (work.arrived_at, work.answer_due_at) == (NOW, datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    lines = [{"item": "CUP", "received": 10}, {"item": "PLATE", "received": 4}]
    work = go(work, "receive", theirs(partner), lines=lines)

    assert (work.state, work.awaiting, work.answer_due_at, work.ended_at) == ("closed", "nobody", None, NOW)
    assert not Incident.objects.exists()
    assert dict(StockLevel.objects.values_list("item", "expected_units")) == {"CUP": 10, "PLATE": 4}
    told = BookingEvent.objects.values_list("sequence", "type", "from_state", "to_state", "who_kind", "via")
    assert list(told) == [
        (1, "opened", "", "announced", "staff", "admin"),
        (2, "confirm", "announced", "confirmed", "partner", "api"),
        (3, "arrive", "confirmed", "arrived", "partner", "api"),
        (4, "receive", "arrived", "closed", "partner", "api"),
    ]


def test_each_line_that_differs_becomes_one_incident_and_stock_holds_what_is_sound() -> None:
    partner = warehouse()
    lines = [{"item": "CUP", "units": 10}, {"item": "PLATE", "units": 4}, {"item": "BOWL", "units": 5}]
    work = go(booking(partner, lines), "arrive", theirs(partner))

    came = [
        {"item": "CUP", "received": 8},
        {"item": "PLATE", "received": 4, "damaged": 1, "remark": "wet"},
        {"item": "BOWL", "received": 5},
        {"item": "SPOON", "received": 2},
    ]
    work = go(work, "receive", theirs(partner), lines=came)

    assert (work.state, work.awaiting) == ("received", "us")
    assert list(Incident.objects.order_by("id").values_list("type", "subject")) == [
        (IncidentType.STOCK_DIFFERENCE, "Received otherwise than announced · CUP 10 → 8"),
        (IncidentType.STOCK_DIFFERENCE, "Received damaged · PLATE 4 → 3"),
        (IncidentType.STOCK_DIFFERENCE, "Received otherwise than announced · SPOON 0 → 2"),
    ]
    found = dict(StockLevel.objects.values_list("item", "expected_units"))
    assert found == {"CUP": 8, "PLATE": 3, "BOWL": 5, "SPOON": 2}


def test_more_differences_than_anybody_looks_at_singly_are_one_incident() -> None:
    partner = warehouse()
    lines = [{"item": f"I{number}", "units": 1} for number in range(30)]
    work = go(booking(partner, lines), "arrive", theirs(partner))

    go(work, "receive", theirs(partner), lines=[{"item": line["item"], "received": 2} for line in lines])

    (incident,) = Incident.objects.all()
    assert incident.subject == f"Many items differ · Lagerhaus Nord {work.reference}"
    assert incident.evidence["number"] == 30


def test_item_that_nothing_is_said_of_is_no_zero() -> None:
    partner = warehouse()
    work = go(booking(partner), "arrive", theirs(partner))

    with pytest.raises(InvalidInput) as refusal:
        go(work, "receive", theirs(partner), lines=[{"item": "CUP", "received": 10}])

    assert refusal.value.data == {"lines": ["Nothing is said of: PLATE"]}
    assert InboundBooking.objects.get().state == "arrived"


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("CUP", "Send a list of lines."),
        ([{"item": "CUP", "received": -1}], "Line 1: Units received: Ensure this value is greater"),
        ([{"item": "CUP", "received": 1}, {"item": "CUP", "received": 1}], "“CUP” is there twice."),
        ([{"item": {"a": 1}, "received": 1}], "Line 1: This is no line."),
        ([7], "Line 1: This is no line."),
        ([{"item": "CUP", "received": 10, "damaged": 11}, {"item": "PLATE", "received": 4}], "“CUP”: more are damaged"),
    ],
)
def test_lines_that_cannot_be_are_refused_in_words(lines: object, sentence: str) -> None:
    partner = warehouse()
    work = go(booking(partner), "arrive", theirs(partner))

    with pytest.raises(InvalidInput) as refusal:
        go(work, "receive", theirs(partner), lines=lines)

    assert refusal.value.data["lines"][0].startswith(sentence)
    assert BookingEvent.objects.filter(type="receive").count() == 0


def test_other_slot_is_offered_refused_and_accepted() -> None:
    partner = warehouse()
    slot: dict[str, Any] = {
        "slot_from": "2026-11-30T08:00:00+01:00",
        "slot_to": "2026-11-30T10:00:00+01:00",
        "reason": "Full.",
    }
    work = go(booking(partner), "counter", theirs(partner), **slot)
    assert (work.state, work.awaiting, work.answer_due_at) == ("countered", "us", None)

    work = go(work, "propose", staff(), expected_at="2026-12-01T09:00:00+01:00")
    assert (work.state, work.slot_from) == ("announced", None)
    work = go(work, "counter", theirs(partner), **slot)
    work = go(work, "accept_slot", staff())

    assert (work.state, work.slot_to) == ("confirmed", datetime(2026, 11, 30, 9, 0, tzinfo=UTC))


def test_slot_that_ends_before_it_begins_and_arrival_ahead_are_refused() -> None:
    partner = warehouse()
    work = booking(partner)

    with pytest.raises(InvalidInput) as slot:
        go(work, "confirm", theirs(partner), slot_from="2026-11-30T10:00Z", slot_to="2026-11-30T08:00Z")
    with pytest.raises(InvalidInput) as ahead:
        go(work, "arrive", theirs(partner), arrived_at="2026-11-25T10:00Z")

    assert slot.value.data == {"slot_to": ["The slot ends before it begins."]}
    assert ahead.value.data == {"arrived_at": ["This moment lies ahead."]}


def test_step_that_does_not_begin_here_says_who_moved_it() -> None:
    partner = warehouse()
    work = go(booking(partner), "confirm", theirs(partner))

    with pytest.raises(StepRefused) as refusal:
        go(work, "confirm", theirs(partner))

    assert str(refusal.value) == (
        f"“Confirm” is not possible: {work.reference} is “Confirmed” since Lagerhaus Nord moved it. Look at it again."
    )


def test_another_partners_booking_is_as_good_as_none() -> None:
    work = booking(warehouse())
    other = warehouse("Other")

    with pytest.raises(NoSuchWork) as foreign:
        go(work, "confirm", theirs(other))
    work.pk = 999_999
    with pytest.raises(NoSuchWork) as missing:
        go(work, "confirm", theirs(other))

    assert str(foreign.value) == str(missing.value)
    assert InboundBooking.objects.get().state == "announced"


def test_partners_open_nothing_and_do_nothing_that_is_ours() -> None:
    partner = warehouse()
    work = booking(partner)
    powerless = Who.staff(User.objects.create_user("no@clearway.example", full_name="No", is_staff=True))

    with pytest.raises(PermissionRefused):
        open_work(machine=MACHINES["booking"], data={}, by=theirs(partner), now=NOW)
    with pytest.raises(PermissionRefused):
        go(work, "cancel", theirs(partner), reason="No")
    with pytest.raises(PermissionRefused):
        go(work, "confirm", powerless)

    steps = {
        name: [step.name for step in open_steps(machine=MACHINES["booking"], work=work, by=by)]
        for name, by in {"partner": theirs(partner), "staff": staff(), "powerless": powerless}.items()
    }
    assert steps == {
        "partner": ["confirm", "counter", "arrive"],
        "staff": ["confirm", "counter", "arrive", "cancel"],
        "powerless": [],
    }


def test_database_refuses_a_state_that_waits_on_somebody_else() -> None:
    work = booking(warehouse())

    for wrong in (
        {"awaiting": "nobody"},
        {"state": "closed"},
        {"state": "flying"},
        {"overdue_at": NOW, "answer_due_at": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            InboundBooking.objects.filter(pk=work.pk).update(**wrong)
