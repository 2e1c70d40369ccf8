"""Tracking in one form for every carrier: events, tracks, and which event says where a parcel stands now.

Status, reason and fault are the words of ``logistics.choices``. Times are aware and carry the offset of the place
where the scan happened, so that ``isoformat()`` shows local time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from logistics.choices import Fault, TrackingReason, TrackingStatus

FINAL = frozenset({TrackingStatus.DELIVERED, TrackingStatus.RETURNED})

# Neither says where a parcel is: a label's data can be sent again at any time, and a code that nobody mapped yet must
# not hide the last thing that was known.
_SAYS_NO_PLACE = frozenset({TrackingStatus.UNKNOWN, TrackingStatus.INFO_RECEIVED})

# After a delivery these are late paperwork, not a parcel that moves again.
_CANNOT_CONTRADICT_FINAL = frozenset({TrackingStatus.PICKED_UP, TrackingStatus.EXPIRED})

# Which of two events of one instant came last: carriers give minutes, often one for several scans.
_PROGRESS = {
    status: place
    for place, status in enumerate(
        (
            TrackingStatus.UNKNOWN,
            TrackingStatus.INFO_RECEIVED,
            TrackingStatus.PICKED_UP,
            TrackingStatus.EXPIRED,
            TrackingStatus.IN_TRANSIT,
            TrackingStatus.CUSTOMS,
            TrackingStatus.EXCEPTION,
            TrackingStatus.OUT_FOR_DELIVERY,
            TrackingStatus.ATTEMPT_FAILED,
            TrackingStatus.AVAILABLE_FOR_PICKUP,
            TrackingStatus.RETURNING,
            TrackingStatus.DELIVERED,
            TrackingStatus.RETURNED,
        )
    )
}


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """What a carrier's raw code means on our axes; a row of the mapping that administrators edit."""

    status: TrackingStatus
    reason: TrackingReason = TrackingReason.NONE
    fault: Fault = Fault.NOBODY


@dataclass(frozen=True, slots=True)
class NormalisedEvent:
    """One scan.

    ``at`` is aware; ``offset_minutes`` is the local offset from UTC at the place, None when it is not known.
    ``country`` is ISO 3166-1 alpha-2 or empty. ``external_key`` is the same whenever the same scan is told again.
    ``time_exact`` is False when the hour or the zone had to be assumed. ``needs_review`` marks a raw code that the
    mapping does not know (its status is then UNKNOWN).
    """

    at: datetime
    offset_minutes: int | None
    status: TrackingStatus
    reason: TrackingReason
    fault: Fault
    location: str
    country: str
    raw_code: str
    text: str
    external_key: str
    time_exact: bool = True
    needs_review: bool = False


@dataclass(frozen=True, slots=True)
class NormalisedTrack:
    """What a carrier said about one parcel in one payload; ``events`` are oldest first, newest last.

    ``carrier_code`` is the provider's own code of the carrier. ``tracking_stopped`` says that the provider will send
    no more. ``unmapped_codes`` are the raw codes for the administrators' review list.
    """

    tracking_number: str
    carrier_code: str
    status: TrackingStatus
    reason: TrackingReason
    events: tuple[NormalisedEvent, ...] = ()
    estimated_from: datetime | None = None
    estimated_to: datetime | None = None
    origin_country: str = ""
    destination_country: str = ""
    tracking_stopped: bool = False
    unmapped_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a parcel stands and which event says so (None before any event)."""

    status: TrackingStatus
    reason: TrackingReason
    fault: Fault
    event: NormalisedEvent | None = None

    @property
    def is_final(self) -> bool:
        return self.status in FINAL


def order_of(event: NormalisedEvent) -> tuple[datetime, int, str]:
    """Sort key of events: time, then progress, then key; the same whatever order they arrived in."""
    return event.at, _PROGRESS[event.status], event.external_key


def in_order(events: Iterable[NormalisedEvent]) -> tuple[NormalisedEvent, ...]:
    """Events oldest first, each external key once (the one given last wins)."""
    return tuple(sorted({event.external_key: event for event in events}.values(), key=order_of))


def standing(events: Iterable[NormalisedEvent]) -> Standing:
    """Where a parcel stands after these events, in whatever order they are given.

    The newest event counts, so that an older one that arrives late changes nothing. Delivered and returned are final
    unless a later scan contradicts them. Unmapped codes and label data never replace a status that says more.
    """
    ordered = in_order(events)
    telling = [event for event in ordered if event.status not in _SAYS_NO_PLACE]
    if not telling:
        telling = [event for event in ordered if event.status == TrackingStatus.INFO_RECEIVED] or list(ordered)
    if not telling:
        return Standing(TrackingStatus.UNKNOWN, TrackingReason.NONE, Fault.NOBODY)
    current = telling[0]
    for event in telling[1:]:
        if current.status in FINAL and event.status in _CANNOT_CONTRADICT_FINAL:
            continue
        current = event
    return Standing(current.status, current.reason, current.fault, current)
