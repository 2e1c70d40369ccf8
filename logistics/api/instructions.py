"""Shipment instructions."""

from __future__ import annotations

from django.urls import URLPattern

from common.api.filters import WordFilter
from logistics.api.work import Kind, WorkFilters, state_filter, urls_of
from logistics.api.work_rows import InstructionRow, instruction_row
from logistics.choices import InstructionState
from logistics.services.warehouse.scope import instructions_of
from logistics.workflows import MACHINES


class InstructionFilters(WorkFilters):
    """Instructions, also by the number of what was sent."""

    state = state_filter(InstructionState.choices)
    tracking_number = WordFilter(help_text="Tracking number, whole, in capitals without blanks.")


KIND = Kind(
    name="instructions",
    folder="shipment-instructions",
    title="shipment instruction",
    machine=MACHINES["instruction"],
    rows=instructions_of,
    row=InstructionRow,
    row_of=instruction_row,
    related=("carrier",),
    example={
        "id": 31,
        "reference": "SI-000031",
        "partner_id": 7,
        "awaiting": "partner",
        "our_number": "A-77",
        "note": "",
        "state_since": "2026-11-24T09:00:00Z",
        "answer_due_at": "2026-11-24T10:00:00Z",
        "is_overdue": False,
        "created_at": "2026-11-24T09:00:00Z",
        "ended_at": None,
        "version": 1,
        "steps": ["acknowledge", "pick", "dispatch", "refuse"],
        "state": "sent",
        "recipient": "Marta Ruiz",
        "address": "Calle Mayor 1, 28013 Madrid",
        "country": "ES",
        "ship_by": None,
        "carrier": None,
        "tracking_number": "",
        "dispatched_at": None,
        "refusal": "",
        "refusal_note": "",
        "lines": [{"item": "CUP-BLUE", "description": "Cup, blue", "units": 3}],
    },
    items={"open": [{"item": "CUP-BLUE", "units": 3}]},
)

urlpatterns: list[URLPattern] = urls_of(KIND, InstructionFilters)
