"""What warehouse work looks like in answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.views import moment
from logistics.choices import (
    Awaiting,
    BookingState,
    CountState,
    InstructionRefusal,
    InstructionState,
    WhoKind,
    WorkVia,
)
from logistics.models import (
    BookingLine,
    CountLine,
    InboundBooking,
    InstructionLine,
    ShipmentInstruction,
    StockCount,
    WarehouseWork,
    WorkEvent,
)


class WorkRow(serializers.Serializer):  # type: ignore[type-arg]
    """What every kind of warehouse work has."""

    id = serializers.IntegerField()
    reference = serializers.CharField(help_text="How people call it.")
    partner_id = serializers.IntegerField()
    awaiting = serializers.ChoiceField(choices=Awaiting.values, help_text="Who has to act.")
    our_number = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    state_since = serializers.DateTimeField()
    answer_due_at = serializers.DateTimeField(allow_null=True, help_text="By when the partner has to act.")
    is_overdue = serializers.BooleanField(help_text="Whether that moment has passed and was noticed.")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Number of the last event.")
    steps = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Steps open to you. Not in lists."
    )


class BookingItem(serializers.Serializer):  # type: ignore[type-arg]
    """One item of a booking."""

    item = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    expected_units = serializers.IntegerField()
    received_units = serializers.IntegerField(allow_null=True)
    damaged_units = serializers.IntegerField(allow_null=True)
    remark = serializers.CharField(allow_blank=True)


class BookingRow(WorkRow):
    """An inbound booking."""

    state = serializers.ChoiceField(choices=BookingState.values)
    expected_at = serializers.DateTimeField()
    slot_from = serializers.DateTimeField(allow_null=True)
    slot_to = serializers.DateTimeField(allow_null=True)
    packages = serializers.IntegerField(allow_null=True)
    tracking_number = serializers.CharField(allow_blank=True)
    arrived_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField(allow_null=True)
    lines = BookingItem(many=True)


class CountItem(serializers.Serializer):  # type: ignore[type-arg]
    """One item of a count. What was expected is told once it is counted."""

    item = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    expected_units = serializers.IntegerField(allow_null=True)
    counted_units = serializers.IntegerField(allow_null=True)
    differs = serializers.BooleanField(help_text="Whether the difference is more than was agreed.")
    explanation = serializers.CharField(allow_blank=True)


class CountRow(WorkRow):
    """A stock count."""

    state = serializers.ChoiceField(choices=CountState.values)
    counted_at = serializers.DateTimeField(allow_null=True)
    lines = CountItem(many=True)


class InstructionItem(serializers.Serializer):  # type: ignore[type-arg]
    """One item to send."""

    item = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    units = serializers.IntegerField()


class InstructionRow(WorkRow):
    """A shipment instruction."""

    state = serializers.ChoiceField(choices=InstructionState.values)
    recipient = serializers.CharField()
    address = serializers.CharField()
    country = serializers.CharField()
    ship_by = serializers.DateTimeField(allow_null=True)
    carrier = serializers.CharField(allow_null=True, help_text="A carrier's code.")
    tracking_number = serializers.CharField(allow_blank=True)
    dispatched_at = serializers.DateTimeField(allow_null=True)
    refusal = serializers.ChoiceField(choices=["", *InstructionRefusal.values])
    refusal_note = serializers.CharField(allow_blank=True)
    lines = InstructionItem(many=True)


class WorkEventRow(serializers.Serializer):  # type: ignore[type-arg]
    """One thing that happened to warehouse work."""

    sequence = serializers.IntegerField()
    at = serializers.DateTimeField()
    type = serializers.CharField(help_text="A step, or opened, or overdue.")
    from_state = serializers.CharField(allow_blank=True)
    to_state = serializers.CharField()
    who = serializers.ChoiceField(choices=WhoKind.values)
    via = serializers.ChoiceField(choices=WorkVia.values)
    content = serializers.DictField(help_text="What was sent with the step.")


def _shared(work: WarehouseWork) -> dict[str, Any]:
    return {
        "id": work.pk,
        "reference": work.reference,
        "partner_id": work.partner_id,
        "awaiting": work.awaiting,
        "our_number": work.our_number,
        "note": work.note,
        "state_since": moment(work.state_since),
        "answer_due_at": moment(work.answer_due_at),
        "is_overdue": work.overdue_at is not None,
        "created_at": moment(work.created_at),
        "ended_at": moment(work.ended_at),
        "version": work.event_sequence,
    }


def booking_row(booking: InboundBooking) -> dict[str, Any]:
    """A booking with its lines (prefetched)."""
    return _shared(booking) | {
        "state": booking.state,
        "expected_at": moment(booking.expected_at),
        "slot_from": moment(booking.slot_from),
        "slot_to": moment(booking.slot_to),
        "packages": booking.packages,
        "tracking_number": booking.tracking_number,
        "arrived_at": moment(booking.arrived_at),
        "received_at": moment(booking.received_at),
        "lines": [_booking_item(line) for line in booking.lines.all()],
    }


def count_row(count: StockCount) -> dict[str, Any]:
    """A count with its lines (prefetched)."""
    return _shared(count) | {
        "state": count.state,
        "counted_at": moment(count.counted_at),
        "lines": [_count_item(line) for line in count.lines.all()],
    }


def instruction_row(instruction: ShipmentInstruction) -> dict[str, Any]:
    """An instruction with its lines and carrier (prefetched)."""
    return _shared(instruction) | {
        "state": instruction.state,
        "recipient": instruction.recipient,
        "address": instruction.address,
        "country": instruction.country,
        "ship_by": moment(instruction.ship_by),
        "carrier": instruction.carrier.code if instruction.carrier else None,
        "tracking_number": instruction.tracking_number,
        "dispatched_at": moment(instruction.dispatched_at),
        "refusal": instruction.refusal,
        "refusal_note": instruction.refusal_note,
        "lines": [_instruction_item(line) for line in instruction.lines.all()],
    }


def event_row(event: WorkEvent) -> dict[str, Any]:
    """An event. Who of us it was stays in the house."""
    return {
        "sequence": event.sequence,
        "at": moment(event.at),
        "type": event.type,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "who": event.who_kind,
        "via": event.via,
        "content": event.content,
    }


def _booking_item(line: BookingLine) -> dict[str, Any]:
    return {
        "item": line.item,
        "description": line.description,
        "expected_units": line.expected_units,
        "received_units": line.received_units,
        "damaged_units": line.damaged_units,
        "remark": line.remark,
    }


def _count_item(line: CountLine) -> dict[str, Any]:
    return {
        "item": line.item,
        "description": line.description,
        "expected_units": line.expected_units,
        "counted_units": line.counted_units,
        "differs": line.differs,
        "explanation": line.explanation,
    }


def _instruction_item(line: InstructionLine) -> dict[str, Any]:
    return {"item": line.item, "description": line.description, "units": line.units}
