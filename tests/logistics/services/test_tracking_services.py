"""A parcel's scans are recorded once, whatever order they come in, and what is wrong is noticed once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from logistics import carriers
from logistics.choices import IncidentType, TrackingReason, TrackingStatus
from logistics.models import Carrier, Incident, Shipment, StatusMapping, TrackingEvent
from logistics.services.detection import check_due
from logistics.services.tracking import load_mapping, record_track

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NUMBER = "LX738201945CN"
SOURCE = "seventeentrack"


def scan(at: str, code: str, text: str = "", place: str = "", country: str = "DE") -> dict[str, Any]:
    """One event of a push, as 17TRACK documents it."""
    return {
        "time_iso": at,
        "time_utc": datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "description": text or code,
        "location": place,
        "stage": None,
        "sub_status": code,
        "address": {"country": country, "city": place or None},
    }


def push(*events: dict[str, Any], carrier: int = 3011, estimate: str | None = None) -> bytes:
    """A TRACKING_UPDATED push with the newest event first."""
    ordered = sorted(events, key=lambda event: str(event["time_utc"]), reverse=True)
    latest = ordered[0]["sub_status"] if ordered else "NotFound"
    return json.dumps(
        {
            "event": "TRACKING_UPDATED",
            "data": {
                "number": NUMBER,
                "carrier": carrier,
                "track_info": {
                    "shipping_info": {
                        "shipper_address": {"country": "CN"},
                        "recipient_address": {"country": "DE"},
                    },
                    "latest_status": {"status": latest.split("_")[0], "sub_status": latest},
                    "time_metrics": {"estimated_delivery_date": {"from": estimate, "to": estimate}},
                    "tracking": {"providers": [{"provider": {"key": carrier}, "events": ordered}]},
                },
            },
        }
    ).encode()


def record(*events: dict[str, Any], now: datetime = NOW, estimate: str | None = None) -> Shipment:
    track = carriers.get(SOURCE).parse(push(*events, estimate=estimate), load_mapping(SOURCE))
    return record_track(source=SOURCE, track=track, now=now).shipment


LEFT = scan("2026-11-19T03:15:00+08:00", "InTransit_Departure", "Left Shenzhen", "Shenzhen", "CN")
HELD = scan("2026-11-21T05:40:00+01:00", "InTransit_CustomsRequiringInformation", "Invoice missing", "Leipzig")
RELEASED = scan("2026-11-23T10:00:00+01:00", "InTransit_CustomsReleased", "Released", "Leipzig")
DELIVERED = scan("2026-11-24T08:00:00+01:00", "Delivered_Other", "Delivered", "Hamburg")

pytestmark = pytest.mark.django_db


def test_scans_become_a_shipment_on_both_axes() -> None:
    shipment = record(LEFT, HELD)

    assert (shipment.status, shipment.reason) == (TrackingStatus.CUSTOMS, TrackingReason.DOCUMENTS_REQUIRED)
    assert (shipment.origin_country, shipment.destination_country) == ("CN", "DE")
    assert shipment.last_event_at == datetime(2026, 11, 21, 4, 40, tzinfo=UTC)
    event = TrackingEvent.objects.get(shipment=shipment, location__contains="Leipzig")
    assert event.offset_minutes == 60
    assert event.raw_code == "InTransit_CustomsRequiringInformation"


def test_same_push_again_changes_nothing() -> None:
    record(LEFT, HELD)
    record(LEFT, HELD, now=NOW + timedelta(minutes=1))

    assert Shipment.objects.count() == 1
    assert TrackingEvent.objects.count() == 2
    assert Incident.objects.count() == 1


def test_hold_is_noticed_once_however_often_it_is_told() -> None:
    record(LEFT, HELD)
    record(
        LEFT,
        HELD,
        scan("2026-11-21T09:00:00+01:00", "InTransit_CustomsRequiringInformation", "Still waiting", "Leipzig"),
    )

    incident = Incident.objects.get()

    assert incident.type == IncidentType.CUSTOMS_HOLD
    assert incident.happened_at == datetime(2026, 11, 21, 4, 40, tzinfo=UTC)


def test_older_scan_that_comes_late_does_not_move_the_parcel_back() -> None:
    record(DELIVERED)
    shipment = record(LEFT, HELD, RELEASED, DELIVERED)

    assert shipment.status == TrackingStatus.DELIVERED
    assert shipment.delivered_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert set(Incident.objects.values_list("type", flat=True)) <= {IncidentType.DELIVERED, IncidentType.RELEASED}


def test_unmapped_code_is_unknown_and_waits_for_review() -> None:
    shipment = record(scan("2026-11-21T05:40:00+01:00", "InTransit_Teleported", "Beamed up", "Leipzig"))

    assert shipment.status == TrackingStatus.UNKNOWN
    row = StatusMapping.objects.get(raw_code="InTransit_Teleported")
    assert row.needs_review
    assert NUMBER in row.example


def test_carrier_is_known_by_the_aggregators_code() -> None:
    carrier = Carrier.objects.create(code="china-post", name="China Post", aggregator_codes={SOURCE: 3011})

    assert record(LEFT).carrier == carrier


def test_parcel_without_a_scan_is_noticed_when_its_carriers_patience_ends_and_once() -> None:
    Carrier.objects.create(code="china-post", name="China Post", aggregator_codes={SOURCE: 3011}, stale_after_days=4)
    record(LEFT, now=datetime(2026, 11, 19, tzinfo=UTC))
    silent_until = datetime(2026, 11, 22, 19, 15, tzinfo=UTC)

    assert check_due(now=silent_until - timedelta(minutes=1)) == 0
    assert check_due(now=silent_until + timedelta(minutes=1)) == 1
    assert check_due(now=silent_until + timedelta(days=1)) == 0
    assert Incident.objects.get().type == IncidentType.STALE


def test_parcel_is_late_after_the_promised_day_has_ended_where_it_goes() -> None:
    shipment = record(LEFT, now=datetime(2026, 11, 19, tzinfo=UTC))
    carrier = Carrier.objects.create(code="x", name="X", stale_after_days=90, late_grace_hours=0)
    Shipment.objects.filter(pk=shipment.pk).update(
        promised_date=date(2026, 11, 23), carrier=carrier, next_check_at=NOW - timedelta(days=9)
    )
    end_of_day_in_berlin = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)

    assert check_due(now=end_of_day_in_berlin - timedelta(minutes=1)) == 0
    assert check_due(now=end_of_day_in_berlin + timedelta(minutes=1)) == 1
    assert Incident.objects.get().type == IncidentType.LATE


def test_delivered_parcel_is_not_looked_at_again() -> None:
    assert record(LEFT, DELIVERED).next_check_at is None


def test_administrators_mapping_counts() -> None:
    StatusMapping.objects.filter(source=SOURCE, raw_code="InTransit_Departure").update(
        status=TrackingStatus.PICKED_UP, reason=""
    )

    assert record(LEFT).status == TrackingStatus.PICKED_UP


def test_command_prints_one_normalised_line_a_file_and_an_error_for_what_it_cannot_read(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(push(LEFT, HELD, estimate="2026-11-26T00:00:00+01:00"))
    bad.write_bytes(b"[1, 2")
    out = StringIO()

    call_command("normalize_tracking", str(good), str(bad), carrier=SOURCE, stdout=out)

    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["tracking_number"], first["status"], first["reason"]) == (NUMBER, "customs", "documents_required")
    assert first["events"][-1]["at"] == "2026-11-21T05:40:00+01:00"
    assert first["estimated_delivery"].startswith("2026-11-26")
    assert second["error"]["code"] == "malformed"
    assert Shipment.objects.count() == 0


def test_command_names_the_carriers_it_knows(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="seventeentrack"):
        call_command("normalize_tracking", str(tmp_path / "x"), carrier="pigeon")
