"""Scans pushed in bulk: kept at once, recorded by a worker, and only on the partner's own parcels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from logistics.models import Carrier, Partner, PushedScan, Shipment, StatusMapping, TrackingEvent
from logistics.services import scans
from tests.tickets.api.conftest import Api, key_of

pytestmark = pytest.mark.django_db
NUMBER = "RB123456785CN"


@pytest.fixture
def correos() -> Partner:
    partner = Partner.objects.create(kind="carrier", name="Correos")
    Carrier.objects.create(code="correos", name="Correos", partner=partner)
    return partner


@pytest.fixture
def api(correos: Partner) -> Api:
    return key_of(partner=correos)


def scan(**fields: Any) -> dict[str, Any]:
    return {"tracking_number": NUMBER, "at": "2026-11-01T09:30:00+01:00", "status": "in_transit", **fields}


def _push(api: Api, *items: Any) -> Any:
    return api.send("tracking-events/", {"items": list(items)})


def test_accepted_scans_are_kept_and_recorded_by_the_worker(api: Api, correos: Partner) -> None:
    answer = _push(api, scan(location="Madrid", country="ES"), scan(status="delivered", at="2026-11-02T08:00:00Z"))

    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert [(one["index"], one["status"]) for one in body["results"]] == [(0, 202), (1, 202)]
    assert (body["accepted"], body["refused"], PushedScan.objects.count()) == (2, 0, 2)
    assert scans.record_pushed(now=timezone.now()) == 2
    parcel = Shipment.objects.get()
    assert (parcel.tracking_number, parcel.status, parcel.carrier) == (NUMBER, "delivered", Carrier.objects.get())
    first = TrackingEvent.objects.order_by("at").first()
    assert first is not None
    assert (first.location, first.offset_minutes, first.source) == ("Madrid", 60, "correos")
    assert not PushedScan.objects.exists()


def test_the_same_scan_twice_is_one_scan(api: Api) -> None:
    for _ in range(2):
        _push(api, scan(id="scan-1"), scan(id="scan-1", text="told again"))
        scans.record_pushed(now=timezone.now())

    assert TrackingEvent.objects.count() == 1


def test_each_item_is_answered_by_itself(api: Api) -> None:
    answer = _push(
        api,
        scan(),
        {},
        "nothing",
        scan(at="2026-11-01T09:30:00"),
        scan(at=(timezone.now() + timedelta(days=3)).isoformat()),
        scan(at="0001-01-01T00:00:00+14:00"),
        scan(status="teleported"),
        scan(shape="round"),
        scan(text="x" * 2_001),
        scan(tracking_number=7),
        scan(tracking_number="hello"),
        scan(country="Spain"),
        scan(status="", raw_code="P040"),
    )

    results = answer.json()["results"]
    assert [one["status"] for one in results] == [202, *[400] * 11, 202]
    assert list(results[7]["error"]["errors"]) == ["shape"]
    assert (answer.json()["accepted"], PushedScan.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    "body", [{}, {"items": []}, {"items": {}}, {"items": [scan()] * 501}, [], {"items": [1], "x": 1}]
)
def test_bodies_that_are_no_list_of_scans_are_refused(api: Api, body: Any) -> None:
    assert api.send("tracking-events/", body).status_code == 400
    assert not PushedScan.objects.exists()


def test_a_foreign_parcel_is_answered_like_an_unknown_one_and_stays_as_it_was(api: Api) -> None:
    foreign = Shipment.objects.create(
        tracking_number=NUMBER, carrier=Carrier.objects.create(code="other", name="Other"), status="customs"
    )
    answers = [
        _push(api, scan(status="delivered", tracking_number=number)).json() for number in (NUMBER, "RB999999999CN")
    ]
    assert [one["results"][0]["status"] for one in answers] == [202, 202]

    scans.record_pushed(now=timezone.now())

    foreign.refresh_from_db()
    assert (foreign.status, foreign.events.count()) == ("customs", 0)
    assert PushedScan.objects.get().refusal == "not_theirs"
    assert Shipment.objects.filter(tracking_number="RB999999999CN", status="delivered").exists()
    assert scans.forget_refused(now=timezone.now() + timedelta(days=31)) == 1


def test_a_warehouse_makes_no_parcel_known(correos: Partner) -> None:
    hub = Partner.objects.create(kind="warehouse", name="Hub")
    _push(key_of(partner=hub), scan())

    scans.record_pushed(now=timezone.now())

    assert not Shipment.objects.exists()


def test_own_codes_mean_what_administrators_say_else_they_wait_for_review(api: Api) -> None:
    StatusMapping.objects.create(source="correos", raw_code="P040", status="out_for_delivery")
    mapped, unmapped = scan(raw_code="P040"), scan(raw_code="Z9", at="2026-11-01T08:00:00Z")
    for one in (mapped, unmapped):
        del one["status"]
    _push(api, mapped, unmapped)

    scans.record_pushed(now=timezone.now())

    assert Shipment.objects.get().status == "out_for_delivery"
    assert StatusMapping.objects.get(raw_code="Z9").needs_review


def test_five_hundred_scans_cost_as_many_statements_as_one(api: Api) -> None:
    _push(api, scan())

    def cost(count: int) -> int:
        items = [scan(tracking_number=f"RB{number:09d}CN") for number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assert _push(api, *items).json()["accepted"] == count
        return len(queries)

    assert cost(1) == cost(500)


def test_pushing_asks_for_its_scope(correos: Partner) -> None:
    assert _push(key_of(partner=correos, scopes=["read", "answer"]), scan()).status_code == 403
    assert not PushedScan.objects.exists()
