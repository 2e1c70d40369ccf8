"""Counts are blind and judged by what was agreed; instructions end with a tracking number or a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from common.errors import InvalidInput
from logistics.choices import IncidentType
from logistics.models import Carrier, Customer, Incident, Shipment, ShipmentInstruction, StockLevel
from logistics.services.warehouse import shelves
from tests.logistics.warehouse.orders import NOW, go, instruction, staff, stock_count, theirs, warehouse

pytestmark = pytest.mark.django_db


def test_count_within_tolerance_is_accepted_and_sets_stock() -> None:
    partner = warehouse(stock_tolerance_percent=5)
    shelves.move(partner_id=partner.pk, units={"CUP": 100})

    work = go(
        stock_count(partner),
        "count",
        theirs(partner),
        lines=[{"item": "CUP", "counted": 95}, {"item": "PLATE", "counted": 7}],
    )

    assert (work.state, Incident.objects.count()) == ("accepted", 0)
    assert dict(StockLevel.objects.values_list("item", "expected_units")) == {"CUP": 95, "PLATE": 7}


def test_difference_is_told_once_explained_counted_again_and_accepted() -> None:
    partner = warehouse()
    shelves.move(partner_id=partner.pk, units={"CUP": 100, "PLATE": 7})
    counted = [{"item": "CUP", "counted": 94}, {"item": "PLATE", "counted": 7}]
    work = stock_count(partner)
    assert [line.expected_units for line in work.lines.all()] == [None, None]  # whoever counts is not told

    work = go(work, "count", theirs(partner), lines=counted)
    assert (work.state, work.awaiting, work.answer_due_at) == ("counted", "partner", NOW + timedelta(hours=1))
    assert [line.expected_units for line in work.lines.all()] == [100, 7]
    with pytest.raises(InvalidInput):
        go(work, "explain", theirs(partner), lines=[{"item": "PLATE", "explanation": "?"}])
    work = go(work, "explain", theirs(partner), lines=[{"item": "CUP", "explanation": "Six broke."}])
    assert (work.state, work.awaiting) == ("difference_explained", "us")
    work = go(work, "recount", staff(), reason="Look again.")
    assert [(line.counted_units, line.explanation) for line in work.lines.all()] == [(None, ""), (None, "")]
    work = go(work, "count", theirs(partner), lines=counted)
    assert StockLevel.objects.get(item="CUP").expected_units == 100
    work = go(work, "accept", staff())

    assert StockLevel.objects.get(item="CUP").expected_units == 94
    (incident,) = Incident.objects.all()
    assert (incident.type, incident.subject) == (
        IncidentType.STOCK_DIFFERENCE,
        "Counted otherwise than expected · CUP 100 → 94",
    )


def test_dispatch_makes_the_parcel_and_takes_it_from_the_shelf() -> None:
    partner = warehouse()
    Carrier.objects.create(code="dhl", name="DHL")
    shelves.move(partner_id=partner.pk, units={"CUP": 10})
    work = go(instruction(partner), "acknowledge", theirs(partner))
    work = go(work, "pick", theirs(partner))

    work = go(work, "dispatch", theirs(partner), tracking_number="lx 7382 0194 5cn", carrier="dhl")

    assert (work.state, work.tracking_number, work.dispatched_at) == ("dispatched", "LX738201945CN", NOW)
    shipment = Shipment.objects.get()
    assert (shipment.carrier, shipment.order_number, shipment.destination_country) == (work.carrier, "A-77", "ES")
    assert shipment.next_check_at is not None
    assert work.shipment == shipment
    assert StockLevel.objects.get().expected_units == 7


def test_number_of_somebody_elses_parcel_does_not_give_it_to_the_warehouse() -> None:
    partner = warehouse()
    Shipment.objects.create(tracking_number="LX738201945CN", customer=Customer.objects.create(name="Marisol"))

    work = go(instruction(partner), "dispatch", theirs(partner), tracking_number="LX738201945CN")

    assert (work.tracking_number, work.shipment) == ("LX738201945CN", None)


def test_refusal_wants_a_reason_and_becomes_an_incident_each_time_it_is_refused() -> None:
    partner = warehouse()
    work = instruction(partner)
    with pytest.raises(InvalidInput) as wordless:
        go(work, "refuse", theirs(partner), refusal="other")
    assert wordless.value.data == {"refusal_note": ["Say in words why."]}

    work = go(work, "refuse", theirs(partner), refusal="out_of_stock", refusal_note="None left.")
    assert (work.awaiting, work.answer_due_at) == ("us", None)
    work = go(work, "send_again", staff(), note="Some came in.")
    assert (work.state, work.refusal, work.address) == ("sent", "", "Calle Mayor 1, Madrid")
    go(work, "refuse", theirs(partner), refusal="address")

    noticed = Incident.objects.order_by("id").values_list("type", "subject", "evidence__reason", "evidence__note")
    assert list(noticed) == [
        (IncidentType.INSTRUCTION_REFUSED, f"Instruction refused · {work.reference}", "out_of_stock", "None left."),
        (IncidentType.INSTRUCTION_REFUSED, f"Instruction refused · {work.reference}", "address", ""),
    ]


def test_time_to_ship_by_is_the_time_that_counts_once_acknowledged() -> None:
    partner = warehouse()
    work = instruction(partner, ship_by=(NOW + timedelta(days=4)).isoformat())

    work = go(work, "acknowledge", theirs(partner))

    assert work.answer_due_at == NOW + timedelta(days=4)


@pytest.mark.parametrize("wrong", [{"country": "es"}, {"lines": []}, {"ship_by": "soon"}, {"carrier": "nobody"}])
def test_instruction_that_cannot_be_carried_out_is_not_sent(wrong: dict[str, Any]) -> None:
    partner = warehouse()

    with pytest.raises(InvalidInput) as refusal:
        instruction(partner, **wrong)

    assert list(refusal.value.data) == list(wrong)
    assert not ShipmentInstruction.objects.exists()
