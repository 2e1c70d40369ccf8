"""A warehouse's own system does all of its work through the API, and sees nothing of another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.models import User
from logistics.choices import Scope
from logistics.models import (
    BookingEvent,
    InboundBooking,
    Incident,
    Partner,
    ShipmentInstruction,
    StockCount,
    StockLevel,
    StockSync,
)
from logistics.services.api_keys import issue_key
from logistics.services.warehouse import shelves
from tests.logistics.warehouse.orders import booking, instruction, stock_count, warehouse

pytestmark = pytest.mark.django_db


class Caller:
    """A system with a key."""

    def __init__(self, scopes: tuple[str, ...] = (Scope.READ, Scope.STOCK), **holder: Any) -> None:
        _key, self.text = issue_key(name="System", scopes=list(scopes), now=timezone.now(), **holder)

    def get(self, path: str, **headers: str) -> Any:
        return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {self.text}", **headers})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {self.text}", **headers}
        return Client().post(f"/api/v1/{path}", body or {}, content_type="application/json", headers=given)


@pytest.fixture
def partner() -> Partner:
    return warehouse()


@pytest.fixture
def theirs(partner: Partner) -> Caller:
    return Caller(partner=partner)


@pytest.fixture
def ours() -> Caller:
    return Caller(user=User.objects.create_superuser("integration@clearway.example", full_name="Integration"))


def test_booking_is_listed_read_confirmed_arrived_and_received(partner: Partner, theirs: Caller) -> None:
    work = booking(partner, now=timezone.now())
    booking(warehouse("Other"), now=timezone.now())

    (row,) = theirs.get("inbound-bookings/?state=announced,confirmed").json()["results"]
    assert (row["reference"], row["state"], [line["item"] for line in row["lines"]]) == (
        work.reference,
        "announced",
        ["CUP", "PLATE"],
    )
    one = theirs.get(f"inbound-bookings/{work.pk}/")
    assert one.json()["steps"] == ["confirm", "counter", "arrive"]
    assert theirs.get(f"inbound-bookings/{work.pk}/", **{"If-None-Match": one["ETag"]}).status_code == 304

    confirmed = theirs.post(f"inbound-bookings/{work.pk}/confirm/", **{"If-Match": one["ETag"]})
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    stale = theirs.post(f"inbound-bookings/{work.pk}/arrive/", **{"If-Match": one["ETag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert theirs.post(f"inbound-bookings/{work.pk}/arrive/").json()["awaiting"] == "partner"
    received = theirs.post(
        f"inbound-bookings/{work.pk}/receive/",
        {"lines": [{"item": "CUP", "received": 9}, {"item": "PLATE", "received": 4, "damaged": None}]},
    ).json()

    assert (received["state"], received["steps"], received["version"]) == ("received", [], 4)
    assert received["lines"][0]["received_units"] == 9
    assert Incident.objects.get().evidence["counted"] == 9
    events = theirs.get(f"inbound-bookings/{work.pk}/events/").json()["results"]
    assert [(event["type"], event["who"], event["via"]) for event in events] == [
        ("opened", "staff", "admin"),
        ("confirm", "partner", "api"),
        ("arrive", "partner", "api"),
        ("receive", "partner", "api"),
    ]


def test_same_step_sent_twice_with_one_key_is_taken_once(partner: Partner, theirs: Caller) -> None:
    work = booking(partner, now=timezone.now())

    answers = [theirs.post(f"inbound-bookings/{work.pk}/confirm/", **{"Idempotency-Key": "k1"}) for _time in range(2)]
    again = theirs.post(f"inbound-bookings/{work.pk}/confirm/")

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert (again.status_code, again.json()["code"]) == (409, "transition_refused")
    assert BookingEvent.objects.filter(type="confirm").count() == 1


def test_integration_of_ours_opens_work_and_partner_opens_none(partner: Partner, ours: Caller, theirs: Caller) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "inbound-bookings": {
            "partner": partner.pk,
            "expected_at": (timezone.now() + timedelta(days=1)).isoformat(),
            "lines": [{"item": "CUP", "units": 5}],
        },
        "stock-counts": {"partner": partner.pk, "lines": [{"item": "CUP"}]},
        "shipment-instructions": {
            "partner": partner.pk,
            "recipient": "Marta",
            "address": "Madrid",
            "country": "ES",
            "lines": [{"item": "CUP", "units": 1}],
        },
    }
    for folder, body in bodies.items():
        refused = theirs.post(f"{folder}/", body)
        assert (folder, refused.status_code, refused.json()["code"]) == (folder, 403, "permission_refused")
        made = ours.post(f"{folder}/", body)
        assert made.status_code == 201, made.json()
        assert theirs.get(made["Location"].removeprefix("/api/v1/")).json()["id"] == made.json()["id"]

    models: tuple[Any, ...] = (InboundBooking, StockCount, ShipmentInstruction)
    assert [model.objects.count() for model in models] == [1, 1, 1]


def test_foreign_work_is_answered_like_work_that_does_not_exist(theirs: Caller) -> None:
    other = warehouse("Other")
    works: dict[str, Any] = {
        "inbound-bookings": booking(other, now=timezone.now()),
        "stock-counts": stock_count(other, now=timezone.now()),
        "shipment-instructions": instruction(other, now=timezone.now()),
    }
    steps = {"inbound-bookings": "confirm", "stock-counts": "count", "shipment-instructions": "acknowledge"}
    body = {"lines": [{"item": "CUP", "counted": 1}]}

    for folder, work in works.items():
        sent = body if folder == "stock-counts" else {}
        for ending in ("", "events/"):
            answers = [theirs.get(f"{folder}/{number}/{ending}") for number in (work.pk, 999_999)]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert _same(answers)
        answers = [theirs.post(f"{folder}/{number}/{steps[folder]}/", sent) for number in (work.pk, 999_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert _same(answers)
        items = [{"id": number, "step": steps[folder], "inputs": sent} for number in (work.pk, 999_999)]
        bulk = theirs.post(f"{folder}/steps/", {"items": items}).json()
        assert [one["status"] for one in bulk["results"]] == [404, 404]
        assert theirs.get(f"{folder}/?partner={other.pk}").json()["results"] == []
        assert type(work).objects.get(pk=work.pk).event_sequence == 1


def _same(answers: list[Any]) -> bool:
    first, second = ({k: v for k, v in answer.json().items() if k != "request_id"} for answer in answers)
    return first == second


def test_many_steps_are_each_answered_for_themselves(partner: Partner, theirs: Caller) -> None:
    now = timezone.now()
    one, two = instruction(partner, now=now), instruction(partner, now=now)

    answer = theirs.post(
        "shipment-instructions/steps/",
        {
            "items": [
                {"id": one.pk, "step": "dispatch", "inputs": {"tracking_number": "LX738201945CN"}},
                {"id": two.pk, "step": "dispatch"},
                {"id": two.pk, "step": "fly"},
                {"id": two.pk, "step": "refuse", "inputs": {"refusal": "other", "refusal_note": "Fire."}},
                7,
            ]
        },
    ).json()

    assert [result["status"] for result in answer["results"]] == [200, 400, 400, 200, 400]
    assert answer["results"][1]["error"]["errors"].keys() == {"tracking_number"}
    assert (answer["accepted"], answer["refused"]) == (2, 3)
    assert set(ShipmentInstruction.objects.values_list("state", flat=True)) == {"dispatched", "refused"}


def test_inputs_that_cannot_be_are_told_by_field_and_change_nothing(partner: Partner, theirs: Caller) -> None:
    work = stock_count(partner, now=timezone.now())
    address = f"stock-counts/{work.pk}/count/"

    told = [
        theirs.post(address, body).json().get("errors", {}).keys()
        for body in (
            {},
            {"lines": "CUP"},
            {"lines": [{"item": "CUP", "counted": -1}]},
            {"lines": [{"item": "CUP", "counted": 1}]},
            {"lines": [], "colour": "blue"},
        )
    ]

    assert [{name.partition(".")[0] for name in names} for names in told] == [
        {"lines"},
        {"lines"},
        {"lines"},
        {"lines"},
        {"colour"},
    ]
    assert StockCount.objects.get().state == "asked"


def test_what_is_expected_is_told_once_it_is_counted(partner: Partner, theirs: Caller) -> None:
    shelves.move(partner_id=partner.pk, units={"CUP": 10})
    work = stock_count(partner, ("CUP",), now=timezone.now())
    assert theirs.get(f"stock-counts/{work.pk}/").json()["lines"][0]["expected_units"] is None

    counted = theirs.post(f"stock-counts/{work.pk}/count/", {"lines": [{"item": "CUP", "counted": 8}]}).json()

    assert (counted["lines"][0]["expected_units"], counted["lines"][0]["differs"]) == (10, True)


def test_stock_is_reported_in_parts_with_an_answer_for_each_item(partner: Partner, theirs: Caller) -> None:
    shelves.move(partner_id=partner.pk, units={"CUP": 10, "PLATE": 3})

    part = theirs.post("stock-levels/", {"is_complete": False, "levels": [{"item": "CUP", "units": 7}]}).json()
    wrong = [{"item": "BOWL", "units": 2}, {"item": "PAN", "units": -1}, {"item": "BOWL", "units": 2}, "PLATE"]
    flawed = theirs.post("stock-levels/", {"levels": wrong}).json()
    whole = theirs.post("stock-levels/", {"levels": [{"item": "PLATE", "units": 3}]}).json()

    assert part["results"] == [{"index": 0, "status": 200, "item": "CUP", "expected_units": 10, "differs": True}]
    assert [one["status"] for one in flawed["results"]] == [200, 400, 400, 400]
    assert (flawed["completed_at"], flawed["accepted"], flawed["refused"]) == (None, 1, 3)
    assert whole["completed_at"]
    assert dict(StockLevel.objects.values_list("item", "units")) == {"CUP": 7, "PLATE": 3, "BOWL": 2}
    assert Incident.objects.count() == 1
    assert [row["item"] for row in theirs.get("stock-levels/?item=CUP").json()["results"]] == ["CUP"]
    assert len(theirs.get("stock-reports/").json()["results"]) == 1


def test_stock_of_another_partner_is_neither_read_nor_reported(partner: Partner, theirs: Caller, ours: Caller) -> None:
    other = warehouse("Other")
    body = {"partner": other.pk, "levels": [{"item": "CUP", "units": 7}]}

    answers = [theirs.post("stock-levels/", {**body, "partner": number}) for number in (other.pk, 999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert _same(answers)
    assert not StockSync.objects.exists()
    assert ours.post("stock-levels/", body).status_code == 200
    assert ours.post("stock-levels/", {"levels": []}).json()["errors"].keys() == {"partner"}
    assert theirs.get("stock-levels/").json()["results"] == []
    assert len(ours.get("stock-levels/").json()["results"]) == 1
    ahead = theirs.post("stock-levels/", {"day": "2099-01-01", "levels": []})
    assert (ahead.status_code, ahead.json()["code"]) == (409, "stock_refused")


def test_key_without_the_scope_and_person_without_the_permission_are_refused(partner: Partner) -> None:
    work = booking(partner, now=timezone.now())
    reader = Caller((Scope.READ,), partner=partner)
    powerless = Caller(user=User.objects.create_user("no@clearway.example", full_name="No", is_staff=True))

    assert reader.post(f"inbound-bookings/{work.pk}/confirm/").status_code == 403
    assert powerless.get("inbound-bookings/").status_code == 403
    assert powerless.post(f"inbound-bookings/{work.pk}/confirm/").status_code == 403
    assert InboundBooking.objects.get().state == "announced"


@pytest.mark.parametrize("folder", ["inbound-bookings", "stock-counts", "shipment-instructions"])
def test_list_asks_the_same_for_few_and_for_many(
    partner: Partner, theirs: Caller, folder: str, django_assert_max_num_queries: Any
) -> None:
    make: Any = {
        "inbound-bookings": booking,
        "stock-counts": stock_count,
        "shipment-instructions": instruction,
    }[folder]
    for _one in range(8):
        make(partner, now=timezone.now())
    theirs.get(f"{folder}/")  # the first one writes down that the key was used

    with django_assert_max_num_queries(6):
        assert len(theirs.get(f"{folder}/").json()["results"]) == 8
