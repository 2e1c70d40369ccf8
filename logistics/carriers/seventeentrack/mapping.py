"""What 17TRACK's codes mean, as data that seeds ``logistics.StatusMapping``, which administrators then edit.

The codes are the sub-statuses of 17TRACK's API v2.2, then main statuses and stages for events without a sub-status.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.policies.tracking import CodeMeaning

_ROWS = Path(__file__).resolve().parents[2] / "data" / "seventeentrack.json"


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One row of the shipped mapping."""

    raw_code: str
    meaning: CodeMeaning
    comment: str


@cache
def shipped_rows() -> tuple[MappingRow, ...]:
    """The mapping as shipped. Raises ValueError when the file names a word that ``logistics.choices`` lacks."""
    return tuple(
        MappingRow(
            raw_code=row["raw_code"],
            meaning=CodeMeaning(
                TrackingStatus(row["status"]),
                TrackingReason(row["reason"]),
                Fault(row["fault"]),
            ),
            comment=row["comment"],
        )
        for row in json.loads(_ROWS.read_text(encoding="utf-8"))
    )
