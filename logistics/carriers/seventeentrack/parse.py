"""17TRACK's push notifications (API v2.2) to normalised tracks.

A push is ``{"event", "data"}``: TRACKING_UPDATED with the whole history under ``data.track_info``, or TRACKING_STOPPED
with the number alone. Source: https://asset.17track.net/api/document/v2.2_en/ (WebHook; Tracking information).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

from common.errors import MalformedPayload, UnsupportedEvent
from logistics.carriers.payload import Node, read_object
from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.policies.local_time import LARGEST_OFFSET, LocalTime, at_offset_shown, localise, with_offset
from logistics.policies.tracking import (
    CodeMeaning,
    NormalisedEvent,
    NormalisedTrack,
    in_order,
    standing,
)

UPDATED, STOPPED = "TRACKING_UPDATED", "TRACKING_STOPPED"
_UNMAPPED = CodeMeaning(TrackingStatus.UNKNOWN)
_YEARS = range(2000, 2101)


def parse_push(raw: bytes, *, mapping: Mapping[str, CodeMeaning]) -> NormalisedTrack:
    """Read one push. ``mapping`` gives each raw code its meaning; a code it lacks is UNKNOWN and marked for review.

    Raises MalformedPayload for what does not have the documented form, UnsupportedEvent for other notifications.
    """
    push = read_object(raw)
    kind = push.text("event")
    if not kind:
        raise MalformedPayload("$.event is missing.", data={"path": "$.event"})
    if kind not in {UPDATED, STOPPED}:
        raise UnsupportedEvent(f"17TRACK notification {kind} is not one we act on.", data={"event": kind})
    data = push.node("data")
    number = data.text("number", limit=64)
    if not number:
        raise MalformedPayload("$.data.number is missing.", data={"path": "$.data.number"})
    if kind == STOPPED:
        return NormalisedTrack(
            tracking_number=number,
            carrier_code=data.code("carrier"),
            status=TrackingStatus.UNKNOWN,
            reason=TrackingReason.NONE,
            tracking_stopped=True,
        )
    if not data.has("track_info"):
        raise MalformedPayload("$.data.track_info is missing.", data={"path": "$.data.track_info"})
    return _track(data, number, mapping)


def _track(data: Node, number: str, mapping: Mapping[str, CodeMeaning]) -> NormalisedTrack:
    info = data.node("track_info")
    shipping = info.node("shipping_info")
    origin = shipping.node("shipper_address").country("country")
    destination = shipping.node("recipient_address").country("country")
    events = in_order(_events(info, mapping, (destination, origin)))
    status, reason, unmapped = _status(info, events, mapping)
    estimate = info.node("time_metrics").node("estimated_delivery_date")
    return NormalisedTrack(
        tracking_number=number,
        carrier_code=data.code("carrier"),
        status=status,
        reason=reason,
        events=events,
        estimated_from=_estimate(estimate, "from", destination, time.min),
        estimated_to=_estimate(estimate, "to", destination, time(23, 59, 59)),
        origin_country=origin,
        destination_country=destination,
        unmapped_codes=tuple(sorted({event.raw_code for event in events if event.needs_review} | unmapped)),
    )


def _status(
    info: Node, events: tuple[NormalisedEvent, ...], mapping: Mapping[str, CodeMeaning]
) -> tuple[TrackingStatus, TrackingReason, set[str]]:
    """Status after the events. 17TRACK's own latest status only counts where no scan can say it."""
    latest = info.node("latest_status")
    code = latest.text("sub_status", limit=100) or latest.text("status", limit=100)
    meaning = mapping.get(code, _UNMAPPED)
    unmapped = {code} if code and code not in mapping else set()
    now = standing(events)
    if now.event is None or (meaning.status == TrackingStatus.EXPIRED and not now.is_final):
        return meaning.status, meaning.reason, unmapped
    return now.status, now.reason, unmapped


def _events(info: Node, mapping: Mapping[str, CodeMeaning], route: tuple[str, str]) -> Iterator[NormalisedEvent]:
    newest, newest_code = info.node("latest_event"), info.node("latest_status").text("sub_status", limit=100)
    newest_is = (newest.text("time_utc"), newest.text("time_iso"), newest.text("description", limit=2000))
    for provider in info.node("tracking").nodes("providers"):
        who = provider.node("provider")
        for event in provider.nodes("events"):
            told = (event.text("time_utc"), event.text("time_iso"), event.text("description", limit=2000))
            # Accounts of an earlier version get no sub-status on events; the newest one's is then the track's.
            detail = newest_code if any(newest_is) and told == newest_is else ""
            normalised = _event(event, who.code("key"), mapping, (*route, who.country("country")), detail)
            if normalised is not None:
                yield normalised


def _event(
    event: Node, provider: str, mapping: Mapping[str, CodeMeaning], route: tuple[str, ...], detail: str
) -> NormalisedEvent | None:
    """One scan, read by its sub-status, else by ``detail``, else by its stage.

    None when it has no time at all, since it can then be neither ordered nor told apart.
    """
    country = event.node("address").country("country")
    local = _local_time(event, tuple(filter(None, (country,))) or ("", *route))
    if local is None:
        return None
    own_code = event.text("sub_status", limit=100) or event.text("stage", limit=100)
    code = event.text("sub_status", limit=100) or detail or own_code
    meaning = mapping.get(code, _UNMAPPED)
    text = event.text("description", limit=2000)
    location = event.text("location") or event.node("address").text("city")
    wall_clock = local.at.replace(tzinfo=None).isoformat()
    # By its own code: a detail is only told while the event is the newest, and must not make it another event later.
    key = f"{provider}\x1f{wall_clock}\x1f{own_code}\x1f{location}\x1f{text}"
    return NormalisedEvent(
        at=local.at,
        offset_minutes=local.offset_minutes,
        status=meaning.status,
        reason=meaning.reason,
        fault=meaning.fault if code else Fault.NOBODY,
        location=location,
        country=country,
        raw_code=code,
        text=text,
        external_key=hashlib.sha256(key.encode()).hexdigest()[:32],
        time_exact=local.exact,
        needs_review=bool(code) and code not in mapping,
    )


def _local_time(event: Node, countries: tuple[str, ...]) -> LocalTime | None:
    """When a scan happened: ``time_iso`` with its offset, else ``time_utc``, else the carrier's own ``time_raw``."""
    moment = _moment(event, "time_iso")
    if moment is not None and moment.tzinfo is not None:
        return with_offset(moment)
    wall = event.node("time_raw")
    date, clock = wall.text("date"), wall.text("time")
    hour_known = moment is not None or bool(clock)
    if moment is None and date:
        moment = _datetime(wall, "date", f"{date}T{clock}" if clock else date)
        if moment.tzinfo is not None:
            return with_offset(moment)
    utc = _moment(event, "time_utc")
    if utc is not None:
        utc = utc.astimezone(UTC) if utc.tzinfo else utc.replace(tzinfo=UTC)
        return at_offset_shown(utc, wall_clock=moment if hour_known else None)
    if moment is None:
        return None
    local = localise(moment, zone=wall.text("timezone"), countries=countries)
    return local if hour_known else LocalTime(local.at, local.offset_minutes, exact=False)


def _estimate(estimate: Node, name: str, destination: str, day_edge: time) -> datetime | None:
    """One end of the promised range; a bare date is the destination's whole day."""
    text = estimate.text(name)
    moment = _moment(estimate, name)
    if moment is None:
        return None
    if moment.tzinfo is not None:
        return with_offset(moment).at
    if len(text) <= len("2027-01-31"):
        moment = datetime.combine(moment, day_edge)
    return localise(moment, countries=(destination,)).at


def _moment(node: Node, name: str) -> datetime | None:
    text = node.text(name)
    return _datetime(node, name, text) if text else None


def _datetime(node: Node, name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise node.wrong(name, "an ISO 8601 time") from error
    if abs(moment.utcoffset() or timedelta()) > LARGEST_OFFSET:
        raise node.wrong(name, "a time with an offset that exists")
    if moment.year not in _YEARS:
        raise node.wrong(name, f"a time between the years {_YEARS[0]} and {_YEARS[-1]}")
    return moment
