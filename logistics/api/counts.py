"""Stock counts."""

from __future__ import annotations

from django.urls import URLPattern

from logistics.api.work import Kind, WorkFilters, state_filter, urls_of
from logistics.api.work_rows import CountRow, count_row
from logistics.choices import CountState
from logistics.services.warehouse.scope import counts_of
from logistics.workflows import MACHINES


class CountFilters(WorkFilters):
    """Counts."""

    state = state_filter(CountState.choices)


KIND = Kind(
    name="counts",
    folder="stock-counts",
    title="stock count",
    machine=MACHINES["count"],
    rows=counts_of,
    row=CountRow,
    row_of=count_row,
    example={
        "id": 4,
        "reference": "SC-000004",
        "partner_id": 7,
        "awaiting": "partner",
        "our_number": "",
        "note": "",
        "state_since": "2026-11-24T09:00:00Z",
        "answer_due_at": "2026-11-24T10:00:00Z",
        "is_overdue": False,
        "created_at": "2026-11-24T09:00:00Z",
        "ended_at": None,
        "version": 1,
        "steps": ["count"],
        "state": "asked",
        "counted_at": None,
        "lines": [
            {
                "item": "CUP-BLUE",
                "description": "Cup, blue",
                "expected_units": None,
                "counted_units": None,
                "differs": False,
                "explanation": "",
            }
        ],
    },
    items={
        "open": [{"item": "CUP-BLUE"}],
        "count": [{"item": "CUP-BLUE", "counted": 94}],
        "explain": [{"item": "CUP-BLUE", "explanation": "Six broke on the way to the shelf."}],
    },
)

urlpatterns: list[URLPattern] = urls_of(KIND, CountFilters)
