"""Noticing what is wrong with a parcel: from new scans at once, from silence and delay by the clock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from common.jobs import nudge
from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.models import Incident, Shipment, TrackingEvent
from logistics.policies.detection import Limits, ShipmentFacts, next_check, notice
from logistics.policies.local_time import end_of_day
from logistics.policies.tracking import NormalisedEvent

BATCH = 200


def normalised(row: TrackingEvent) -> NormalisedEvent:
    """A stored scan as the policies see it."""
    return NormalisedEvent(
        at=row.at,
        offset_minutes=row.offset_minutes,
        status=TrackingStatus(row.status),
        reason=TrackingReason(row.reason),
        fault=Fault(row.fault),
        location=row.location,
        country=row.country,
        raw_code=row.raw_code,
        text=row.text,
        external_key=row.key,
        time_exact=row.time_exact,
    )


def notice_incidents(
    *, shipment: Shipment, history: Sequence[TrackingEvent], new_keys: Collection[str], now: datetime
) -> int:
    """Write an incident for whatever is to be noticed about a locked shipment, once each; say when to look again.

    Returns how many are new. Sets ``shipment.next_check_at``; the caller saves the shipment.
    """
    facts = _facts(shipment, history, new_keys)
    with translation.override("en"):  # subjects are stored in English, whoever's request brought the scan
        noticed = notice(facts, now=now)
    rows = [
        Incident(
            type=one.type,
            shipment=shipment,
            subject=one.subject[:200],
            evidence={"scans": list(one.evidence), "reason": one.reason, "fault": one.fault},
            dedupe_key=f"{shipment.pk}:{one.dedupe_key}"[:160],
            happened_at=one.at,
            noticed_at=now,
        )
        for one in noticed
    ]
    keys = [row.dedupe_key for row in rows]
    known = set(Incident.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)) if keys else set()
    fresh = [row for row in rows if row.dedupe_key not in known]
    Incident.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh:
        nudge("incident_noticed")
    shipment.next_check_at = next_check(facts, now=now)
    return len(fresh)


def check_due(*, now: datetime) -> int:
    """Look at the parcels whose next look is due (late, without a scan). Returns how many incidents are new.

    Costs what is due, not what is under way; two callers at once share the work.
    """
    found = 0
    while True:
        with transaction.atomic():
            due = list(
                Shipment.objects.to_check(before=now)
                .select_for_update(skip_locked=True, no_key=True, of=("self",))
                .select_related("carrier")[:BATCH]
            )
            if not due:
                return found
            histories: dict[int, list[TrackingEvent]] = {shipment.pk: [] for shipment in due}
            for row in TrackingEvent.objects.filter(shipment__in=due):
                histories[row.shipment_id].append(row)
            for shipment in due:
                found += notice_incidents(shipment=shipment, history=histories[shipment.pk], new_keys=(), now=now)
            Shipment.objects.bulk_update(due, ["next_check_at"])


def _facts(shipment: Shipment, history: Sequence[TrackingEvent], new_keys: Collection[str]) -> ShipmentFacts:
    return ShipmentFacts(
        created_at=shipment.created_at,
        events=tuple(normalised(row) for row in history),
        new_keys=frozenset(new_keys),
        promised_at=_promised_at(shipment),
        limits=_limits(shipment),
    )


def _limits(shipment: Shipment) -> Limits:
    if shipment.carrier is None:
        return Limits()
    stale = timedelta(days=shipment.carrier.stale_after_days)
    return Limits(
        first_scan_within=stale,
        stale_after=stale,
        stale_after_customs=stale + timedelta(days=2),
        late_grace=timedelta(hours=shipment.carrier.late_grace_hours),
    )


def _promised_at(shipment: Shipment) -> datetime | None:
    """Our own promise is the end of that day where the parcel goes; without one, the carrier's estimate holds."""
    if shipment.promised_date is None:
        return shipment.estimated_to
    return end_of_day(shipment.promised_date, country=shipment.destination_country)
