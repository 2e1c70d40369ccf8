"""Pushes in the documented form of 17TRACK's API v2.2, written by hand."""

from __future__ import annotations

import json
from typing import Any

API_KEY = "0123456789ABCDEF0123456789ABCDEF"


def scan(code: str = "InTransit_Other", *, at: str = "2026-11-20T09:30:00+01:00", **more: Any) -> dict[str, Any]:
    return {
        "time_iso": at,
        "time_utc": None,
        "time_raw": {"date": None, "time": None, "timezone": None},
        "description": "Scan",
        "location": "Frankfurt",
        "stage": None,
        "sub_status": code,
        "address": {"country": "DE", "state": None, "city": "Frankfurt"},
    } | more


def raw_scan(date: str | None, time: str | None, *, timezone: str | None = None, country: str | None) -> dict[str, Any]:
    """A scan whose carrier told a wall clock only."""
    return scan(
        at="",
        time_iso=None,
        time_raw={"date": date, "time": time, "timezone": timezone},
        address={"country": country},
    )


def push(
    *events: dict[str, Any],
    event: str = "TRACKING_UPDATED",
    number: str = "RR123456785CN",
    latest: str = "InTransit_Other",
    newest: dict[str, Any] | None = None,
    estimate: dict[str, Any] | None = None,
    origin: str | None = "CN",
    destination: str | None = "DE",
    provider_country: str | None = "CN",
) -> bytes:
    track = {
        "shipping_info": {"shipper_address": {"country": origin}, "recipient_address": {"country": destination}},
        "latest_status": {"status": latest.partition("_")[0], "sub_status": latest, "sub_status_descr": None},
        "latest_event": newest,
        "time_metrics": {"estimated_delivery_date": estimate or {"source": None, "from": None, "to": None}},
        "tracking": {
            "providers_hash": 1,
            "providers": [
                {"provider": {"key": 3011, "name": "China Post", "country": provider_country}, "events": list(events)}
            ],
        },
    }
    data = {"number": number, "carrier": 3011, "param": None, "tag": None, "track_info": track}
    return json.dumps({"event": event, "data": data}, ensure_ascii=False).encode()
