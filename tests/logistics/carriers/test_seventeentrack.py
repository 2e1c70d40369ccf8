from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidInput, MalformedPayload, SignatureRefused, UnsupportedEvent
from logistics import carriers
from logistics.carriers.seventeentrack.mapping import shipped_rows
from logistics.carriers.seventeentrack.parse import parse_push
from logistics.carriers.seventeentrack.signature import sign, verify
from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.policies.tracking import CodeMeaning, NormalisedTrack
from tests.logistics.carriers.pushes import API_KEY, push, raw_scan, scan

MAPPING = {row.raw_code: row.meaning for row in shipped_rows()}


def parsed(*events: dict[str, Any], **more: Any) -> NormalisedTrack:
    return parse_push(push(*events, **more), mapping=MAPPING)


def test_push_with_its_accounts_signature_is_accepted_whatever_the_headers_case() -> None:
    raw = push(scan(description="Zollabfertigung läuft"))

    verify({"Sign": sign(raw, secret=API_KEY).upper()}, raw, API_KEY)


def test_signature_is_the_documented_hash_of_body_slash_and_key() -> None:
    # sha256 of the literal text {"event":"TRACKING_STOPPED"}/123456ABCDEF, computed with coreutils' sha256sum
    raw = b'{"event":"TRACKING_STOPPED"}'

    assert sign(raw, secret="123456ABCDEF") == "8ae5fb1c337ed8ec0c9f1a31c7894650716b267bc1386995fdf2244ac3feb66d"


@pytest.mark.parametrize("headers", [{}, {"sign": ""}, {"sign": "0" * 64}, {"sign": "é☃"}])
def test_push_without_a_fitting_signature_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused):
        verify(headers, push(scan()), API_KEY)


def test_changed_body_is_refused() -> None:
    raw = push(scan())

    with pytest.raises(SignatureRefused):
        verify({"sign": sign(raw, secret=API_KEY)}, raw + b" ", API_KEY)


def test_connection_without_key_refuses_even_the_hash_of_an_empty_key() -> None:
    raw = push(scan())

    with pytest.raises(SignatureRefused):
        verify({"sign": sign(raw, secret="")}, raw, "")


def test_push_becomes_a_track_with_events_oldest_first() -> None:
    track = parsed(
        scan("InTransit_CustomsRequiringInformation", at="2026-11-21T10:00:00+01:00", description="需要提供清关资料"),
        scan("InTransit_PickedUp", at="2026-11-18T20:00:00+08:00", address={"country": "CN"}, location="Shenzhen"),
        estimate={"source": "17TRACK", "from": "2026-11-24T00:00:00+01:00", "to": "2026-11-26T00:00:00+01:00"},
    )

    assert (track.tracking_number, track.carrier_code) == ("RR123456785CN", "3011")
    assert (track.origin_country, track.destination_country) == ("CN", "DE")
    assert (track.status, track.reason) == (TrackingStatus.CUSTOMS, TrackingReason.DOCUMENTS_REQUIRED)
    assert [event.status for event in track.events] == [TrackingStatus.PICKED_UP, TrackingStatus.CUSTOMS]
    assert track.events[1].fault == Fault.CUSTOMS
    assert track.events[1].text == "需要提供清关资料"
    assert track.events[0].at.isoformat() == "2026-11-18T20:00:00+08:00"
    assert track.estimated_to is not None
    assert track.estimated_to.isoformat() == "2026-11-26T00:00:00+01:00"


def test_stopped_notice_keeps_the_number_and_claims_no_status() -> None:
    raw = json.dumps({"event": "TRACKING_STOPPED", "data": {"number": "RR1", "carrier": 3011}}).encode()

    track = parse_push(raw, mapping=MAPPING)

    assert (track.tracking_number, track.tracking_stopped, track.events) == ("RR1", True, ())
    assert track.status == TrackingStatus.UNKNOWN


def test_unmapped_code_is_unknown_and_marked_for_review() -> None:
    track = parsed(scan("InTransit_OnAUnicycle"), latest="InTransit_OnAUnicycle")

    assert track.status == TrackingStatus.UNKNOWN
    assert track.events[0].needs_review
    assert track.events[0].raw_code == "InTransit_OnAUnicycle"
    assert track.unmapped_codes == ("InTransit_OnAUnicycle",)


def test_unmapped_code_does_not_hide_the_last_known_status() -> None:
    track = parsed(
        scan("InTransit_OnAUnicycle", at="2026-11-22T10:00:00+01:00"), scan("OutForDelivery_Other"), latest="New_Code"
    )

    assert track.status == TrackingStatus.OUT_FOR_DELIVERY
    assert track.unmapped_codes == ("InTransit_OnAUnicycle", "New_Code")


def test_administrators_mapping_is_what_counts() -> None:
    mapping = {"InTransit_Other": CodeMeaning(TrackingStatus.CUSTOMS, TrackingReason.CUSTOMS_HOLD, Fault.CUSTOMS)}

    track = parse_push(push(scan("InTransit_Other")), mapping=mapping)

    assert (track.status, track.reason) == (TrackingStatus.CUSTOMS, TrackingReason.CUSTOMS_HOLD)


def test_event_without_sub_status_is_read_by_its_stage() -> None:
    assert parsed(scan(sub_status=None, stage="PickedUp")).status == TrackingStatus.PICKED_UP


def test_newest_event_without_sub_status_takes_the_tracks_and_stays_the_same_event() -> None:
    lost = scan(sub_status=None, stage="Exception", description="Investigation closed: lost")
    newest = parsed(lost, latest="Exception_Lost", newest=lost).events[0]
    later = parsed(lost, latest="InTransit_Other", newest=scan()).events[0]

    assert (newest.raw_code, newest.reason) == ("Exception_Lost", TrackingReason.LOST)
    assert (later.raw_code, later.external_key) == ("Exception", newest.external_key)


def test_event_without_any_code_is_unknown_but_nothing_to_map() -> None:
    event = parsed(scan(sub_status=None)).events[0]

    assert (event.status, event.needs_review) == (TrackingStatus.UNKNOWN, False)


def test_expired_is_taken_from_the_latest_status_since_no_scan_says_it() -> None:
    assert parsed(scan(), latest="Expired_Other").status == TrackingStatus.EXPIRED
    assert parsed(scan("Delivered_Other"), latest="Expired_Other").status == TrackingStatus.DELIVERED


def test_time_without_offset_is_the_places_local_time() -> None:
    event = parsed(raw_scan("2026-07-01", "09:30:00", country="JP")).events[0]

    assert event.at.isoformat() == "2026-07-01T09:30:00+09:00"
    assert (event.offset_minutes, event.time_exact) == (540, True)


def test_iso_time_without_offset_is_local_too() -> None:
    event = parsed(scan(at="2026-07-01T09:30:00", address={"country": "DE"})).events[0]

    assert event.at.isoformat() == "2026-07-01T09:30:00+02:00"


def test_carriers_own_zone_is_used_where_it_names_one() -> None:
    named = parsed(raw_scan("2026-07-01", "09:30:00", timezone="America/Denver", country="US")).events[0]
    offset = parsed(raw_scan("2026-07-01", "09:30:00", timezone="UTC-07:00", country="US")).events[0]

    assert named.at.isoformat() == "2026-07-01T09:30:00-06:00"
    assert offset.at.isoformat() == "2026-07-01T09:30:00-07:00"
    assert named.time_exact
    assert offset.time_exact


def test_country_with_several_zones_gives_its_main_zone_marked_as_not_exact() -> None:
    event = parsed(raw_scan("2026-07-01", "09:30:00", country="US")).events[0]

    assert event.at.isoformat() == "2026-07-01T09:30:00-04:00"
    assert not event.time_exact


def test_time_without_place_takes_the_destinations_zone_marked_as_not_exact() -> None:
    event = parsed(raw_scan("2026-07-01", "09:30:00", country=None)).events[0]

    assert event.at.isoformat() == "2026-07-01T09:30:00+02:00"
    assert not event.time_exact


def test_time_without_any_place_is_kept_without_an_offset() -> None:
    event = parsed(
        raw_scan("2026-07-01", "09:30:00", country=None), origin=None, destination=None, provider_country=None
    ).events[0]

    assert (event.offset_minutes, event.time_exact) == (None, False)


def test_date_without_hour_is_not_exact() -> None:
    event = parsed(raw_scan("2026-07-01", None, country="JP")).events[0]

    assert event.at.isoformat() == "2026-07-01T00:00:00+09:00"
    assert not event.time_exact


def test_utc_and_a_wall_clock_together_give_the_offset() -> None:
    event = parsed(
        raw_scan("2026-07-01", "15:15", country="NP") | {"time_utc": "2026-07-01T09:30:00Z"},
    ).events[0]

    assert event.at.isoformat() == "2026-07-01T15:15:00+05:45"
    assert (event.offset_minutes, event.time_exact) == (345, True)


def test_event_without_time_is_left_out() -> None:
    assert parsed(raw_scan(None, None, country="JP")).events == ()


def test_estimate_given_as_dates_covers_the_destinations_whole_days() -> None:
    track = parsed(scan(), estimate={"source": "Official", "from": "2026-07-01", "to": "2026-07-02"})

    assert track.estimated_from is not None
    assert track.estimated_to is not None
    assert track.estimated_from.isoformat() == "2026-07-01T00:00:00+02:00"
    assert track.estimated_to.isoformat() == "2026-07-02T23:59:59+02:00"


def test_same_push_twice_gives_the_same_events() -> None:
    raw = push(scan(), scan("InTransit_Arrival", at="2026-11-20T11:00:00+01:00"))

    first = parse_push(raw, mapping=MAPPING)
    second = parse_push(raw, mapping=MAPPING)

    assert first == second
    assert carriers.get("seventeentrack").envelopes(raw) == carriers.get("seventeentrack").envelopes(raw)


def test_scan_told_twice_in_one_push_is_one_event() -> None:
    assert len(parsed(scan(), scan()).events) == 1


def test_shipped_mapping_has_no_code_twice_and_every_word_is_known() -> None:
    codes = [row.raw_code for row in shipped_rows()]

    assert len(codes) == len(set(codes))
    assert "InTransit_CustomsRequiringInformation" in codes


def test_other_notification_is_unsupported() -> None:
    with pytest.raises(UnsupportedEvent):
        parse_push(push(event="TRACKING_SOMETHING"), mapping={})


def test_unknown_carrier_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="seventeentrack"):
        carriers.get("pigeon")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"event": 17}',
        b'{"event": "TRACKING_UPDATED"}',
        b'{"event": "TRACKING_UPDATED", "data": []}',
        b'{"event": "TRACKING_UPDATED", "data": {"number": 12}}',
        b'{"event": "TRACKING_UPDATED", "data": {"number": "  "}}',
        b'{"event": "TRACKING_UPDATED", "data": {"number": "RR1"}}',
        b'{"event": "TRACKING_UPDATED", "data": {"number": "RR1", "track_info": 5}}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"event": ' + b"9" * 5_000 + b"}",
        push(scan(at="yesterday")),
        push(scan(at="0001-01-01T00:00:00+14:00")),
        push(scan(at="9999-12-31T23:59:59-14:00")),
        push(scan(at="2026-11-20T09:30:00+23:59")),
        push(scan(time_iso=20261120)),
        push(scan(time_iso=None, time_raw=[])),
        push(scan(description={"html": "<b>"})),
        push(estimate={"to": True}),
    ],
    ids=map(str, range(24)),
)
def test_hostile_payload_is_malformed_and_nothing_else(raw: bytes) -> None:
    with pytest.raises(MalformedPayload):
        parse_push(raw, mapping=MAPPING)
    assert len(carriers.get("seventeentrack").envelopes(raw)) == 1


def test_texts_that_no_database_takes_are_cleaned() -> None:
    raw = push(scan()).replace(b'"Scan"', b'"a\\u0000b\\ud800c"')

    assert parse_push(raw, mapping=MAPPING).events[0].text == "ab?c"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in children for found in _paths(child, (*path, key)))]


@given(st.data(), _json)
def test_wrong_type_anywhere_is_malformed_or_harmless(data: st.DataObject, wrong: Any) -> None:
    payload = json.loads(push(scan(), raw_scan("2026-07-01", "10:00", country="US")))
    path = data.draw(st.sampled_from(_paths(payload)))
    spoiled: Any = payload
    if not path:
        payload = wrong
    else:
        for key in path[:-1]:
            spoiled = spoiled[key]
        spoiled[path[-1]] = wrong

    try:
        track = parse_push(json.dumps(payload).encode(), mapping=MAPPING)
    except (MalformedPayload, UnsupportedEvent):
        return
    assert track.tracking_number
    assert all(event.at.tzinfo is not None for event in track.events)


@given(st.binary(max_size=200))
def test_any_bytes_are_malformed_or_unsupported(raw: bytes) -> None:
    with pytest.raises((MalformedPayload, UnsupportedEvent)):
        parse_push(raw, mapping=MAPPING)


@given(
    st.datetimes(datetime(2001, 1, 2), datetime(2099, 12, 30)),  # noqa: DTZ001 (the offset is drawn apart)
    st.integers(-12 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
)
def test_offset_and_instant_survive(wall_clock: datetime, offset: timedelta) -> None:
    sign_, minutes = ("-" if offset < timedelta(0) else "+"), abs(offset) // timedelta(minutes=1)
    at = f"{wall_clock.replace(microsecond=0).isoformat()}{sign_}{minutes // 60:02}:{minutes % 60:02}"

    event = parsed(scan(at=at)).events[0]

    assert event.at.isoformat() == at
    assert event.offset_minutes == offset / timedelta(minutes=1)
    assert event.at.astimezone(UTC) == datetime.fromisoformat(at)
