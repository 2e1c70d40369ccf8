"""Recording what a carrier says about a parcel: its scans, where it stands, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from common.jobs import nudge
from logistics.choices import TrackingReason
from logistics.models import TOLD_STATUSES, Carrier, Movement, Shipment, StatusMapping, TrackingEvent
from logistics.policies.tracking import CodeMeaning, NormalisedEvent, NormalisedTrack, standing
from logistics.policies.tracking_number import normalise_tracking_number
from logistics.services.detection import normalised, notice_incidents

_LEAVING_CUSTOMS = (TrackingReason.CUSTOMS_RELEASED, TrackingReason.CUSTOMS_REFUSED)
"""Scans of customs that say no more that a parcel is there."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The parcel and how many of the scans told were new."""

    shipment: Shipment
    new_events: int


def load_mapping(source: str) -> dict[str, CodeMeaning]:
    """What an administrator says each raw code of a source means. Codes awaiting review are not in it."""
    rows = StatusMapping.objects.filter(source=source, needs_review=False)
    return {row.raw_code: CodeMeaning(row.status, row.reason, row.fault) for row in rows}  # type: ignore[arg-type]


@transaction.atomic
def record_track(*, source: str, track: NormalisedTrack, now: datetime) -> Recorded:
    """Record one payload of a carrier or aggregator. The same payload again changes nothing.

    Scans may come late, twice and out of order: what counts is when they happened.
    Unmapped codes go to the review list.
    """
    number = normalise_tracking_number(track.tracking_number)
    Shipment.objects.bulk_create([Shipment(tracking_number=number, created_at=now)], ignore_conflicts=True)
    shipment = Shipment.objects.select_for_update(no_key=True).get(tracking_number=number)
    _ask_for_review(source, track, now=now)
    events = _add_events(shipment, source, track.events, now=now)
    _place(shipment, source, track)
    history = list(TrackingEvent.objects.filter(shipment=shipment))
    _bring_up_to_date(shipment, history)
    _note_movements(shipment, events, now=now)
    notice_incidents(shipment=shipment, history=history, new_keys={event.key for event in events}, now=now)
    shipment.save()
    return Recorded(shipment, len(events))


def _add_events(
    shipment: Shipment, source: str, events: Iterable[NormalisedEvent], *, now: datetime
) -> list[TrackingEvent]:
    known = set(TrackingEvent.objects.filter(shipment=shipment).values_list("key", flat=True))
    rows = [
        TrackingEvent(
            shipment=shipment,
            key=event.external_key,
            at=event.at,
            offset_minutes=event.offset_minutes,
            time_exact=event.time_exact,
            status=event.status,
            reason=event.reason,
            fault=event.fault,
            location=event.location[:200],
            country=event.country,
            raw_code=event.raw_code[:120],
            text=event.text,
            source=source,
            received_at=now,
        )
        for event in events
        if event.external_key not in known
    ]
    return TrackingEvent.objects.bulk_create(rows)


def _ask_for_review(source: str, track: NormalisedTrack, *, now: datetime) -> None:
    if not track.unmapped_codes:
        return
    examples = {event.raw_code: event.text for event in track.events}
    StatusMapping.objects.bulk_create(
        [
            StatusMapping(
                source=source,
                raw_code=code[:120],
                needs_review=True,
                example=f"{track.tracking_number} {examples.get(code, '')}"[:300],
                first_seen_at=now,
            )
            for code in track.unmapped_codes
        ],
        ignore_conflicts=True,
    )


def _place(shipment: Shipment, source: str, track: NormalisedTrack) -> None:
    """Fill in what the carrier knows and we did not; what we know ourselves stays."""
    shipment.origin_country = shipment.origin_country or track.origin_country
    shipment.destination_country = shipment.destination_country or track.destination_country
    shipment.estimated_from = track.estimated_from or shipment.estimated_from
    shipment.estimated_to = track.estimated_to or shipment.estimated_to
    if shipment.carrier_id is None and track.carrier_code:
        shipment.carrier = Carrier.objects.filter(**{f"aggregator_codes__{source}": _code(track.carrier_code)}).first()


def _note_movements(shipment: Shipment, events: Iterable[TrackingEvent], *, now: datetime) -> None:
    """Write down what the customer wants to be told of, each status once; who tells it looks how old it is."""
    if shipment.customer is None or not shipment.customer.wants_notices:
        return
    first: dict[str, datetime] = {}
    for event in events:
        if event.status in TOLD_STATUSES and event.reason not in _LEAVING_CUSTOMS:
            first[event.status] = min(event.at, first.get(event.status, event.at))
    if first:
        Movement.objects.bulk_create(
            [
                Movement(shipment=shipment, status=status, happened_at=at, noticed_at=now)
                for status, at in sorted(first.items(), key=lambda one: one[1])
            ],
            ignore_conflicts=True,
        )
        nudge("parcel_moved")


def _code(code: str) -> int | str:
    return int(code) if code.isdigit() else code


def _bring_up_to_date(shipment: Shipment, history: list[TrackingEvent]) -> None:
    where = standing(normalised(row) for row in history)
    if where.event is None:
        return
    shipment.status, shipment.reason, shipment.fault = where.status, where.reason, where.fault
    shipment.last_event_at = max(row.at for row in history)
    shipment.delivered_at = where.event.at if where.status == "delivered" else None
