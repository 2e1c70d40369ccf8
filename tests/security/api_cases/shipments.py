"""Parcels, scans, customers."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from logistics.models import Customer, Partner, Shipment, ShipmentInstruction, TrackingEvent
from tests.security.api_walking import Case, World, case


def _parcel(world: World, partner: Partner) -> tuple[Shipment, tuple[str, ...]]:
    """A parcel that the partner was told to send, with a scan."""
    name = f"shipments {partner.pk}"
    if name not in world.shared:
        now = timezone.now()
        number = f"WALK{partner.pk:08d}"
        parcel = Shipment.objects.create(tracking_number=number, contents=f"Cups of {partner.name}")
        TrackingEvent.objects.create(
            shipment=parcel,
            key=number,
            at=now,
            status="in_transit",
            location=f"Hall of {partner.name}",
            source="walk",
            received_at=now,
        )
        ShipmentInstruction.objects.bulk_create(
            [
                ShipmentInstruction(
                    partner=partner,
                    shipment=parcel,
                    recipient="R",
                    address="A",
                    country="ES",
                    created_at=now,
                    state_since=now,
                    answer_due_at=now + timedelta(days=1),
                )
            ]
        )
        world.shared[name] = parcel, (number, parcel.contents, f"Hall of {partner.name}")
    found: tuple[Shipment, tuple[str, ...]] = world.shared[name]
    return found


@case("shipments/")
def shipments(world: World, partner: Partner) -> Case:
    parcel, marks = _parcel(world, partner)
    return Case(
        bodies={"POST": {"tracking_number": "WALKED0001"}},
        marks=marks,
        feelers=(f"tracking_number={parcel.tracking_number}",),
    )


@case("shipments/<int:shipment_id>/")
def shipment(world: World, partner: Partner) -> Case:
    parcel, marks = _parcel(world, partner)
    return Case({"shipment_id": parcel.pk}, bodies={"PATCH": {"contents": "Walked"}}, marks=marks)


@case("shipments/<int:shipment_id>/tracking-events/")
def scans(world: World, partner: Partner) -> Case:
    parcel, marks = _parcel(world, partner)
    return Case({"shipment_id": parcel.pk}, marks=marks)


@case("tracking-events/")
def pushed(world: World, partner: Partner) -> Case:
    _found, marks = _parcel(world, partner)
    scan = {"tracking_number": "WALKED0002", "at": "2026-11-01T00:00:00Z", "status": "in_transit"}
    return Case(bodies={"POST": {"items": [scan]}}, marks=marks)


def _customer(world: World, partner: Partner) -> Customer:
    name = f"customers {partner.pk}"
    if name not in world.shared:
        world.shared[name] = Customer.objects.create(name=f"Somebody of {partner.name}")
    found: Customer = world.shared[name]
    return found


@case("customers/")
def customers(world: World, partner: Partner) -> Case:
    return Case(bodies={"POST": {"name": "Walked"}}, marks=(_customer(world, partner).name,))


@case("customers/<int:customer_id>/")
def customer(world: World, partner: Partner) -> Case:
    found = _customer(world, partner)
    return Case({"customer_id": found.pk}, bodies={"PATCH": {"tier": "vip"}}, marks=(found.name,))
