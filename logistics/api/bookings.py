"""Inbound bookings."""

from __future__ import annotations

from django.urls import URLPattern

from common.api.filters import MomentFilter
from logistics.api.work import Kind, WorkFilters, state_filter, urls_of
from logistics.api.work_rows import BookingRow, booking_row
from logistics.choices import BookingState
from logistics.services.warehouse.scope import bookings_of
from logistics.workflows import MACHINES


class BookingFilters(WorkFilters):
    """Bookings, also by when the goods are expected."""

    state = state_filter(BookingState.choices)
    expected_since = MomentFilter(field_name="expected_at", lookup_expr="gte", help_text="Expected since this moment.")
    expected_before = MomentFilter(field_name="expected_at", lookup_expr="lt", help_text="Expected before this moment.")


KIND = Kind(
    name="bookings",
    folder="inbound-bookings",
    title="inbound booking",
    machine=MACHINES["booking"],
    rows=bookings_of,
    row=BookingRow,
    row_of=booking_row,
    example={
        "id": 12,
        "reference": "IB-000012",
        "partner_id": 7,
        "awaiting": "partner",
        "our_number": "PO-2291",
        "note": "",
        "state_since": "2026-11-24T09:00:00Z",
        "answer_due_at": "2026-11-24T10:00:00Z",
        "is_overdue": False,
        "created_at": "2026-11-24T09:00:00Z",
        "ended_at": None,
        "version": 1,
        "steps": ["confirm", "counter", "arrive"],
        "state": "announced",
        "expected_at": "2026-11-26T09:00:00Z",
        "slot_from": None,
        "slot_to": None,
        "packages": 3,
        "tracking_number": "",
        "arrived_at": None,
        "received_at": None,
        "lines": [
            {
                "item": "CUP-BLUE",
                "description": "Cup, blue",
                "expected_units": 120,
                "received_units": None,
                "damaged_units": None,
                "remark": "",
            }
        ],
    },
    items={
        "open": [{"item": "CUP-BLUE", "units": 120}],
        "receive": [{"item": "CUP-BLUE", "received": 118, "damaged": 2, "remark": "One box was wet."}],
    },
)

urlpatterns: list[URLPattern] = urls_of(KIND, BookingFilters)
