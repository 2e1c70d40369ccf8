"""What the steps do besides moving the work: to its lines, to stock, to parcels, and what becomes an incident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.errors import InvalidInput
from logistics.models import (
    BookingLine,
    Carrier,
    CountLine,
    InboundBooking,
    Shipment,
    ShipmentInstruction,
    StockCount,
)
from logistics.policies.tracking_number import normalise_tracking_number
from logistics.services.detection import notice_incidents
from logistics.services.warehouse import noticing, shelves
from logistics.services.warehouse.noticing import Difference
from logistics.services.warehouse.terms import terms_of

type Effect = Callable[[Any, dict[str, Any], datetime], dict[str, Any]]
"""Gets the locked work, its clean inputs and now; returns what the step's method gets besides or instead."""

EFFECTS: dict[tuple[str, str], Effect] = {}


def effect(machine: str, *steps: str) -> Callable[[Effect], Effect]:
    """Register what some steps of a machine do."""

    def register(call: Effect) -> Effect:
        for step in steps:
            EFFECTS[machine, step] = call
        return call

    return register


@effect("booking", "arrive")
def arrive(booking: InboundBooking, inputs: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Said without a time, it is now."""
    return {"arrived_at": inputs["arrived_at"] or now}


@effect("booking", "receive")
def receive(booking: InboundBooking, inputs: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Write down what came, expect it on the shelf, tell of every difference."""
    lines = {line.item: line for line in booking.lines.all()}
    for row in inputs["lines"]:
        line = lines.get(row["item"]) or BookingLine(work_id=booking.pk, item=row["item"], expected_units=0)
        lines[row["item"]] = line
        line.received_units, line.damaged_units = row["received"], row["damaged"] or 0
        line.remark = row["remark"]
        if line.damaged_units > line.received_units:
            sentence = _("“%(item)s”: more are damaged than came.") % {"item": line.item}
            raise InvalidInput(_("Some of what you sent cannot be used."), data={"lines": [sentence]})
    _save(BookingLine, list(lines.values()), ["received_units", "damaged_units", "remark"])
    sound = {line.item: (line.received_units or 0) - (line.damaged_units or 0) for line in lines.values()}
    shelves.move(partner_id=booking.partner_id, units={item: units for item, units in sound.items() if units})
    differing = [line for line in lines.values() if line.differs]
    noticing.notice_differences(
        [
            Difference(
                line.item,
                line.expected_units,
                sound[line.item],
                noticing.RECEIVED_DAMAGED
                if line.received_units == line.expected_units
                else noticing.RECEIVED_OTHERWISE,
            )
            for line in differing
        ],
        partner=booking.partner,
        key=f"booking:{booking.pk}",
        reference=booking.reference,
        now=now,
    )
    return {"received_at": inputs["received_at"] or now, "differs": bool(differing)}


@effect("count", "count")
def count(work: StockCount, inputs: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Compare what was counted with what we expect now; what agrees is taken as it is."""
    terms = terms_of(work.partner)
    expected = shelves.expected(partner_id=work.partner_id, items=[row["item"] for row in inputs["lines"]])
    lines = {line.item: line for line in work.lines.all()}
    for row in inputs["lines"]:
        line = lines.get(row["item"]) or CountLine(work_id=work.pk, item=row["item"])
        lines[row["item"]] = line
        line.counted_units, line.expected_units = row["counted"], expected.get(row["item"])
        line.differs = terms.tolerance.is_exceeded(expected=line.expected_units, found=row["counted"])
    _save(CountLine, list(lines.values()), ["counted_units", "expected_units", "differs"])
    differing = [line for line in lines.values() if line.differs]
    noticing.notice_differences(
        [
            Difference(line.item, line.expected_units or 0, line.counted_units or 0, noticing.COUNTED_OTHERWISE)
            for line in differing
        ],
        partner=work.partner,
        key=f"count:{work.pk}",
        reference=work.reference,
        now=now,
    )
    if not differing:
        _settle(work, now)
    return {"counted_at": inputs["counted_at"] or now, "differs": bool(differing)}


@effect("count", "explain")
def explain(work: StockCount, inputs: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Each explanation stands beside its item; of an item that nobody counted there is nothing to explain."""
    lines = {line.item: line for line in work.lines.all()}
    for row in inputs["lines"]:
        if row["item"] not in lines:
            sentence = _("“%(item)s” was not counted.") % {"item": row["item"]}
            raise InvalidInput(_("Some of what you sent cannot be used."), data={"lines": [sentence]})
        lines[row["item"]].explanation = row["explanation"]
    _save(CountLine, list(lines.values()), ["explanation"])
    return {}


@effect("count", "recount")
def recount(work: StockCount, inputs: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The lines are empty again; the events know what they held."""
    work.lines.update(counted_units=None, expected_units=None, differs=False, explanation="")
    return {}


@effect("count", "accept")
def accept(work: StockCount, inputs: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What was counted lies there."""
    _settle(work, now)
    return {}


@effect("instruction", "dispatch")
def dispatch(work: ShipmentInstruction, inputs: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The parcel is known from here on, and the shelf holds less."""
    work.carrier = Carrier.objects.get(code=inputs["carrier"]) if inputs["carrier"] else work.carrier
    work.shipment = _parcel(work, normalise_tracking_number(inputs["tracking_number"]), now)
    shelves.move(partner_id=work.partner_id, units={line.item: -line.units for line in work.lines.all()})
    return {"dispatched_at": inputs["dispatched_at"] or now}


@effect("instruction", "refuse")
def refuse(work: ShipmentInstruction, inputs: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Somebody of ours has to find another way. Refused again after it was sent again, it is another incident."""
    noticing.notice_refusal(
        partner=work.partner,
        key=f"instruction:{work.pk}:refused:{work.event_sequence}",
        reference=work.reference,
        reason=inputs["refusal"],
        note=inputs["refusal_note"],
        now=now,
    )
    return {}


def _settle(work: StockCount, now: datetime) -> None:
    counted = {line.item: line.counted_units for line in work.lines.all() if line.counted_units is not None}
    day = now.astimezone(terms_of(work.partner).zone).date()
    shelves.settle(partner_id=work.partner_id, units=counted, day=day, now=now)


def _save(model: type[Any], lines: list[Any], fields: list[str]) -> None:
    model.objects.bulk_update([line for line in lines if line.pk], fields)
    model.objects.bulk_create([line for line in lines if not line.pk])


def _parcel(work: ShipmentInstruction, number: str, now: datetime) -> Shipment | None:
    """The parcel of that number, made when it is new.

    One that is there already is this instruction's only when the order says so, or when it is nobody's: a number alone
    must not give a warehouse somebody else's parcel.
    """
    made = Shipment(
        tracking_number=number,
        carrier=work.carrier,
        order_number=work.our_number,
        destination_country=work.country,
        created_at=now,
    )
    Shipment.objects.bulk_create([made], ignore_conflicts=True)
    shipment = Shipment.objects.select_for_update(no_key=True).get(tracking_number=number)
    if shipment.created_at == now and shipment.next_check_at is None:
        notice_incidents(shipment=shipment, history=(), new_keys=(), now=now)
        shipment.save(update_fields=["next_check_at"])
        return shipment
    is_ours = bool(work.our_number) and shipment.order_number == work.our_number
    return shipment if is_ours or shipment.customer_id is None else None
