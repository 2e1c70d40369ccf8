"""What to notice about a parcel: troubles, which open a ticket, and movements, which move one.

Everything follows from the events and ``now``; running twice gives the same incidents with the same dedupe keys. An
episode is a row of scans that tell the same trouble: it is noticed once, however many scans repeat it, and again only
after a scan has ended it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from logistics.choices import Fault, IncidentType, TrackingReason, TrackingStatus
from logistics.policies.subjects import no_scan_since, promised_for
from logistics.policies.tracking import FINAL, NormalisedEvent, in_order, standing

LONGEST_SUBJECT = 200

HOLD_REASONS = frozenset(
    {
        TrackingReason.CUSTOMS_HOLD,
        TrackingReason.DOCUMENTS_REQUIRED,
        TrackingReason.DUTIES_DUE,
        TrackingReason.CUSTOMS_REFUSED,
    }
)
DELAY_REASONS = frozenset(
    {
        TrackingReason.DELAYED,
        TrackingReason.WEATHER,
        TrackingReason.CONGESTION,
        TrackingReason.CAPACITY,
        TrackingReason.STRIKE,
        TrackingReason.MISSED_CONNECTION,
        TrackingReason.CARRIER_ERROR,
    }
)
LOSS_REASONS = frozenset({TrackingReason.LOST, TrackingReason.STOLEN, TrackingReason.DESTROYED})

# Beyond customs: these scans cannot happen to a parcel that customs still has.
_AT_THE_DOOR = frozenset(
    {
        TrackingStatus.OUT_FOR_DELIVERY,
        TrackingStatus.ATTEMPT_FAILED,
        TrackingStatus.AVAILABLE_FOR_PICKUP,
        TrackingStatus.DELIVERED,
    }
)
_GOING_BACK = frozenset({TrackingStatus.RETURNING, TrackingStatus.RETURNED})
_MOVING_AGAIN = frozenset({TrackingStatus.PICKED_UP, TrackingStatus.IN_TRANSIT, TrackingStatus.CUSTOMS})

# First-mile and last-mile carriers tell one attempt each in their own words, minutes apart.
_ONE_ATTEMPT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Limits:
    """A carrier's patience, as its administrator set it. None switches a check off.

    ``first_scan_within`` counts from the shipment's creation, ``stale_after`` from the last scan,
    ``stale_after_customs`` from the last scan while customs has the parcel, ``late_grace`` from the promised time.
    """

    first_scan_within: timedelta | None = timedelta(days=5)
    stale_after: timedelta | None = timedelta(days=5)
    stale_after_customs: timedelta | None = timedelta(days=7)
    late_grace: timedelta | None = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """What detection may know of one shipment.

    ``events`` is its whole history, ``new_keys`` the external keys of the events that were not there before.
    ``promised_at`` is the latest time promised (ours if we gave one, else the carrier's estimate), in the
    destination's zone, whose day the subject names.
    ``return_expected`` is set when we or the customer ordered the way back.
    """

    created_at: datetime
    events: tuple[NormalisedEvent, ...] = ()
    new_keys: frozenset[str] = frozenset()
    promised_at: datetime | None = None
    return_expected: bool = False
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Noticed:
    """One incident: ``evidence`` are external keys of events, ``dedupe_key`` is unique within the shipment.

    ``at`` is when it happened (for late and stale: when the limit passed), ``subject`` a short summary.
    """

    type: IncidentType
    at: datetime
    subject: str
    evidence: tuple[str, ...]
    dedupe_key: str
    reason: TrackingReason = TrackingReason.NONE
    fault: Fault = Fault.NOBODY


@dataclass(frozen=True, slots=True)
class _Trouble:
    """How one kind of trouble starts and what ends it."""

    type: IncidentType
    starts: Callable[[NormalisedEvent], bool]
    ends: Callable[[NormalisedEvent], bool]


@dataclass(frozen=True, slots=True)
class _Episode:
    events: tuple[NormalisedEvent, ...]
    ended_by: NormalisedEvent | None


def is_hold(event: NormalisedEvent) -> bool:
    """Whether customs keeps the parcel (ordinary clearance and inspection are no hold)."""
    return event.reason in HOLD_REASONS


def _ends_hold(event: NormalisedEvent) -> bool:
    return (
        event.reason == TrackingReason.CUSTOMS_RELEASED or event.status in _AT_THE_DOOR or event.status in _GOING_BACK
    )


_TROUBLES = (
    _Trouble(IncidentType.CUSTOMS_HOLD, is_hold, _ends_hold),
    _Trouble(
        IncidentType.DELAYED,
        lambda event: event.reason in DELAY_REASONS and event.status not in FINAL,
        lambda event: event.status in _AT_THE_DOOR or event.status in _GOING_BACK,
    ),
    _Trouble(
        IncidentType.LOST,
        lambda event: event.reason in LOSS_REASONS,
        lambda event: event.status in _AT_THE_DOOR or event.status in _GOING_BACK or event.status in _MOVING_AGAIN,
    ),
    _Trouble(
        IncidentType.DAMAGED,
        lambda event: event.reason == TrackingReason.DAMAGED,
        lambda _: False,
    ),
    _Trouble(
        IncidentType.RETURNING,
        lambda event: event.status in _GOING_BACK,
        lambda event: event.status in _AT_THE_DOOR,
    ),
)


def notice(facts: ShipmentFacts, *, now: datetime) -> tuple[Noticed, ...]:
    """All incidents that the new events and ``now`` give rise to, oldest first.

    Troubles come from new events only and only while they last: a parcel that arrived meanwhile opens nothing.
    Late and stale depend on ``now`` alone and are named on every run; their dedupe keys make them one incident.
    """
    events = in_order(facts.events)
    noticed = [
        *_troubles(events, facts),
        *_failed_attempts(events, facts),
        *_movements(events, facts),
        *_late(events, facts, now),
        *_stale(events, facts, now),
    ]
    return tuple(sorted(noticed, key=lambda incident: incident.at))


def next_check(facts: ShipmentFacts, *, now: datetime) -> datetime | None:
    """The next moment at which time alone can make ``notice`` say something new; None when there is none."""
    events = in_order(facts.events)
    due = (_late_at(events, facts), _stale_at(events, facts))
    return min((moment for moment in due if moment is not None and moment >= now), default=None)


def movement(event: NormalisedEvent) -> IncidentType | None:
    """Which way through a ticket's machine a scan takes by itself; None for a scan that moves nothing."""
    match event.status:
        case TrackingStatus.DELIVERED:
            return IncidentType.DELIVERED
        case TrackingStatus.RETURNED:
            return IncidentType.ARRIVED_BACK
        case TrackingStatus.ATTEMPT_FAILED:
            return IncidentType.ATTEMPT_FAILED
    match event.reason:
        case TrackingReason.CUSTOMS_RELEASED:
            return IncidentType.RELEASED
        case TrackingReason.CUSTOMS_INSPECTION:
            return IncidentType.INSPECTION_STARTED
    return None


def episodes(
    events: tuple[NormalisedEvent, ...],
    starts: Callable[[NormalisedEvent], bool],
    ends: Callable[[NormalisedEvent], bool],
) -> Iterator[_Episode]:
    """Split an ordered history into episodes: the scans that tell the trouble, and the scan that ended it."""
    running: list[NormalisedEvent] = []
    for event in events:
        if starts(event):
            if running and _other_country(running[0], event) and event.status == TrackingStatus.CUSTOMS:
                # Export customs let it go without saying so; now the other country's customs have it.
                yield _Episode(tuple(running), None)
                running = []
            running.append(event)
        elif running and ends(event):
            yield _Episode(tuple(running), event)
            running = []
    if running:
        yield _Episode(tuple(running), None)


def _other_country(one: NormalisedEvent, other: NormalisedEvent) -> bool:
    return bool(one.country and other.country and one.country != other.country)


def _troubles(events: tuple[NormalisedEvent, ...], facts: ShipmentFacts) -> Iterator[Noticed]:
    delivered = standing(events).status == TrackingStatus.DELIVERED
    for trouble in _TROUBLES:
        if trouble.type == IncidentType.RETURNING and facts.return_expected:
            continue
        for episode in episodes(events, trouble.starts, trouble.ends):
            over = episode.ended_by is not None or (delivered and trouble.type != IncidentType.DAMAGED)
            if over or any(event.external_key not in facts.new_keys for event in episode.events):
                continue
            yield _noticed(trouble.type, episode.events[0], evidence=episode.events)


def _failed_attempts(events: tuple[NormalisedEvent, ...], facts: ShipmentFacts) -> Iterator[Noticed]:
    """Each attempt is an incident of its own, unless the parcel has since been delivered or come back."""
    if standing(events).is_final:
        return
    attempt: list[NormalisedEvent] = []
    attempts: list[list[NormalisedEvent]] = []
    for event in events:
        if event.status != TrackingStatus.ATTEMPT_FAILED:
            continue
        if attempt and event.at - attempt[0].at <= _ONE_ATTEMPT:
            attempt.append(event)
        else:
            attempt = [event]
            attempts.append(attempt)
    for attempt in attempts:
        if all(event.external_key in facts.new_keys for event in attempt):
            yield _noticed(IncidentType.ATTEMPT_FAILED, attempt[0], evidence=tuple(attempt))


def _movements(events: tuple[NormalisedEvent, ...], facts: ShipmentFacts) -> Iterator[Noticed]:
    """New scans that move a ticket, as long as no later scan says otherwise."""
    now = standing(events)
    for place, event in enumerate(events):
        later = events[place + 1 :]
        match movement(event):
            case (IncidentType.DELIVERED | IncidentType.ARRIVED_BACK) as kind:
                still_so = now.status == event.status
            case IncidentType.RELEASED as kind:
                still_so = not any(is_hold(other) for other in later)
            case IncidentType.INSPECTION_STARTED as kind:
                still_so = not any(_ends_hold(other) for other in later)
            case _:
                continue
        if still_so and event.external_key in facts.new_keys:
            yield _noticed(kind, event)
    yield from _silent_releases(events, facts)


def _silent_releases(events: tuple[NormalisedEvent, ...], facts: ShipmentFacts) -> Iterator[Noticed]:
    """A held parcel that is seen at the door was released, though nobody scanned that."""
    holds = list(episodes(events, is_hold, _ends_hold))
    if not holds or (ender := holds[-1].ended_by) is None:
        return
    if ender.reason == TrackingReason.CUSTOMS_RELEASED:
        return
    if ender.status in _AT_THE_DOOR and ender.external_key in facts.new_keys:
        yield _noticed(IncidentType.RELEASED, ender, evidence=(*holds[-1].events, ender))


def _late(events: tuple[NormalisedEvent, ...], facts: ShipmentFacts, now: datetime) -> Iterator[Noticed]:
    """Past the promised time and its grace, and not there: once for each promised day."""
    due = _late_at(events, facts)
    if due is None or facts.promised_at is None or now <= due:
        return
    where = standing(events).event
    yield Noticed(
        type=IncidentType.LATE,
        at=due,
        subject=promised_for(facts.promised_at.date()),
        evidence=(where.external_key,) if where else (),
        # In UTC, so that the key does not depend on the zone in which the promise was read.
        dedupe_key=f"{IncidentType.LATE.value}:{facts.promised_at.astimezone(UTC).date().isoformat()}",
    )


def _stale(events: tuple[NormalisedEvent, ...], facts: ShipmentFacts, now: datetime) -> Iterator[Noticed]:
    """No scan for longer than the carrier's limit: once for each last scan."""
    due = _stale_at(events, facts)
    if due is None or now <= due:
        return
    last = events[-1] if events else None
    since = last.at if last else facts.created_at
    yield Noticed(
        type=IncidentType.STALE,
        at=due,
        subject=no_scan_since(since.date()),
        evidence=(last.external_key,) if last else (),
        dedupe_key=f"{IncidentType.STALE.value}:{last.external_key if last else 'never_scanned'}",
    )


def _late_at(events: tuple[NormalisedEvent, ...], facts: ShipmentFacts) -> datetime | None:
    """When the parcel becomes late as things stand; None when it cannot."""
    if facts.promised_at is None or facts.limits.late_grace is None or _nothing_due(events):
        return None
    return facts.promised_at + facts.limits.late_grace


def _stale_at(events: tuple[NormalisedEvent, ...], facts: ShipmentFacts) -> datetime | None:
    """When the parcel becomes stale as things stand; None when no scan is due."""
    if _nothing_due(events):
        return None
    if not events:
        patience = facts.limits.first_scan_within
    elif standing(events).status == TrackingStatus.CUSTOMS:
        patience = facts.limits.stale_after_customs
    else:
        patience = facts.limits.stale_after
    if patience is None:
        return None
    return (events[-1].at if events else facts.created_at) + patience


def _nothing_due(events: tuple[NormalisedEvent, ...]) -> bool:
    """Whether nobody owes a scan: it arrived or waits for its consignee, goes back, is lost or was cancelled."""
    where = standing(events)
    return (
        where.status in FINAL | _GOING_BACK | {TrackingStatus.AVAILABLE_FOR_PICKUP}
        or where.reason in LOSS_REASONS
        or where.reason == TrackingReason.CANCELLED
    )


def _noticed(kind: IncidentType, event: NormalisedEvent, *, evidence: tuple[NormalisedEvent, ...] = ()) -> Noticed:
    what = str((event.reason.label if event.reason else event.status.label) or kind.label)
    where = ", ".join(filter(None, (event.location, event.country if event.country not in event.location else "")))
    return Noticed(
        type=kind,
        at=event.at,
        subject=(f"{what} · {where}" if where else what)[:LONGEST_SUBJECT],
        evidence=tuple(piece.external_key for piece in evidence or (event,)),
        dedupe_key=f"{kind.value}:{event.external_key}",
        reason=event.reason,
        fault=event.fault,
    )
