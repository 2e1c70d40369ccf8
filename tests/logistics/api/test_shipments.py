"""Parcels and customers over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.models import User
from logistics.models import Carrier, Customer, Partner, Shipment, ShipmentInstruction, TrackingEvent
from tests.tickets.api.conftest import Api, key_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def correos() -> Partner:
    partner = Partner.objects.create(kind="carrier", name="Correos")
    Carrier.objects.create(code="correos", name="Correos", partner=partner)
    return partner


@pytest.fixture
def mine(correos: Partner) -> Shipment:
    return Shipment.objects.create(
        tracking_number="RB123456785CN",
        carrier=Carrier.objects.get(code="correos"),
        customer=Customer.objects.create(name="Marisol Quintana"),
        order_number="ORDER-77",
        declared_value="12.500",
        declared_currency="EUR",
    )


@pytest.fixture
def theirs() -> Shipment:
    return Shipment.objects.create(
        tracking_number="RB999999999CN", carrier=Carrier.objects.create(code="other", name="Other")
    )


@pytest.fixture
def staff() -> Api:
    user = User.objects.create_user("ivy@clearway.example", full_name="Ivy", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="logistics"))
    return key_of(user=user)


def test_a_carrier_sees_its_own_parcels_without_money_order_and_customer(
    correos: Partner, mine: Shipment, theirs: Shipment
) -> None:
    api = key_of(partner=correos)

    listed = api.read("shipments/").json()["results"]

    assert [row["id"] for row in listed] == [mine.pk]
    assert api.read(f"shipments/{mine.pk}/").json() == listed[0]
    assert not {"customer", "order_number", "declared_value", "declared_currency"} & set(listed[0])
    for path in (f"shipments/{theirs.pk}/", f"shipments/{theirs.pk}/tracking-events/"):
        foreign, nowhere = api.read(path), api.read(path.replace(str(theirs.pk), str(10**12)))
        assert (foreign.status_code, nowhere.status_code) == (404, 404)
    assert api.read(f"shipments/?tracking_number={theirs.tracking_number}").json()["results"] == []
    for query in ("customer=1", "order_number=ORDER-77", "carrier=correos", "declared_value=1"):
        assert api.read(f"shipments/?{query}").status_code == 400


def test_a_warehouse_sees_the_parcels_it_was_told_to_send(mine: Shipment, theirs: Shipment) -> None:
    hub = Partner.objects.create(kind="warehouse", name="Hub")
    api = key_of(partner=hub)
    assert api.read("shipments/").json()["results"] == []
    ShipmentInstruction.objects.bulk_create(
        [
            ShipmentInstruction(
                partner=hub,
                shipment=mine,
                recipient="x",
                address="x",
                country="ES",
                answer_due_at=timezone.now(),
                created_at=timezone.now(),
                state_since=timezone.now(),
            )
        ]
    )

    assert [row["id"] for row in api.read("shipments/").json()["results"]] == [mine.pk]


def test_partners_announce_and_change_nothing(correos: Partner, mine: Shipment) -> None:
    api = key_of(partner=correos)
    assert api.send("shipments/", {"tracking_number": "RB111111111CN"}).status_code == 403
    assert api.send(f"shipments/{mine.pk}/", {"contents": "x"}, method="patch").status_code == 403
    assert api.read("customers/").status_code == 403
    assert Shipment.objects.count() == 1


def test_an_integration_announces_a_parcel_once(staff: Api, correos: Partner) -> None:
    customer = Customer.objects.create(name="Marta")
    body = {
        "tracking_number": " rb 123456785 cn ",
        "carrier": "correos",
        "customer": customer.pk,
        "origin": "CN",
        "destination": "ES",
        "declared_value": "12.50",
        "declared_currency": "EUR",
    }

    answer = staff.send("shipments/", body)

    assert answer.status_code == 201, answer.content
    parcel = Shipment.objects.get()
    assert (parcel.tracking_number, parcel.customer, str(parcel.declared_value)) == (
        "RB123456785CN",
        customer,
        "12.500",
    )
    again = staff.send("shipments/", body)
    assert (again.status_code, again.json()["code"]) == (409, "shipment_known")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "tracking_number"),
        ({"tracking_number": "---"}, "tracking_number"),
        ({"tracking_number": "RB123456785CN", "carrier": "nobody"}, "carrier"),
        ({"tracking_number": "RB123456785CN", "customer": 10**14}, "customer"),
        ({"tracking_number": "RB123456785CN", "origin": "china"}, "origin"),
        ({"tracking_number": "RB123456785CN", "origin": "c1"}, "origin"),
        ({"tracking_number": "RB123456785CN", "declared_value": "1"}, "declared_currency"),
        ({"tracking_number": "RB123456785CN", "declared_value": "NaN", "declared_currency": "EUR"}, "declared_value"),
        ({"tracking_number": "RB123456785CN", "status": "delivered"}, "status"),
    ],
)
def test_parcels_that_cannot_be_are_refused_by_field(staff: Api, body: dict[str, Any], field: str) -> None:
    answer = staff.send("shipments/", body)
    assert answer.status_code == 400, answer.content
    assert field in answer.json()["errors"]
    assert not Shipment.objects.exists()


def test_a_parcel_is_corrected_against_lost_updates(staff: Api, mine: Shipment) -> None:
    read = staff.read(f"shipments/{mine.pk}/")
    old = read.headers["ETag"]
    first = staff.send(f"shipments/{mine.pk}/", {"contents": "Cups"}, method="patch", headers={"If-Match": old})
    second = staff.send(f"shipments/{mine.pk}/", {"contents": "Bowls"}, method="patch", headers={"If-Match": old})

    assert (first.status_code, second.status_code) == (200, 412)
    mine.refresh_from_db()
    assert mine.contents == "Cups"
    assert staff.read(f"shipments/{mine.pk}/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_scans_of_a_parcel_are_paged_by_their_time(correos: Partner, mine: Shipment) -> None:
    for number in range(3):
        TrackingEvent.objects.create(
            shipment=mine,
            key=str(number),
            at=timezone.now(),
            status="in_transit",
            source="correos",
            received_at=timezone.now(),
        )
    api = key_of(partner=correos)

    first = api.read(f"shipments/{mine.pk}/tracking-events/?limit=2").json()
    rest = api.get(first["next"]).json()

    keys = [row["id"] for row in [*first["results"], *rest["results"]]]
    assert keys == list(TrackingEvent.objects.order_by("-at", "-id").values_list("pk", flat=True))


def test_a_carriers_page_reads_along_its_index(correos: Partner, mine: Shipment) -> None:
    api = key_of(partner=correos)
    api.read("shipments/")
    with CaptureQueriesContext(connection) as queries:
        api.read("shipments/")
    assert len(queries) <= 4
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    rows = Shipment.objects.filter(carrier=mine.carrier, pk__lt=10**9).order_by("-id")[:50]
    assert "Backward using shipment_of_carrier" in rows.explain()


def test_integrations_keep_customers(staff: Api) -> None:
    answer = staff.send("customers/", {"name": "Marta Ruiz", "language": "es", "time_zone": "Europe/Madrid"})
    assert answer.status_code == 201, answer.content
    path = answer.headers["Location"].removeprefix("/api/v1/")
    changed = staff.send(path, {"tier": "vip"}, method="patch", headers={"If-Match": answer.headers["ETag"]})
    assert (changed.status_code, changed.json()["tier"]) == (200, "vip")
    assert staff.send(path, {"tier": "x"}, method="patch").status_code == 400
    assert staff.send(path, {"time_zone": "Mars/Base"}, method="patch").status_code == 400
    assert staff.send(path, {"id": 1}, method="patch").status_code == 400
    assert [row["name"] for row in staff.read("customers/?name=RUIZ").json()["results"]] == ["Marta Ruiz"]
    assert staff.read("customers/?name=ru").status_code == 400


def test_people_without_the_permission_see_no_customer() -> None:
    user = User.objects.create_user("nobody@clearway.example", full_name="Nobody", is_staff=True)
    assert key_of(user=user).read("customers/").status_code == 403
