"""What logistics notices opens a ticket of the right kind once, and scans move it by the machine's own ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from logistics.choices import IncidentState, IncidentType, Tier
from logistics.models import Customer, Incident, Shipment
from tickets.choices import Audience, Direction, Kind, MessageStatus, Phase, Priority, WaitingOn
from tickets.models import Message, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services.chain import verify_chain
from tickets.services.incidents import handle_incidents
from tickets.services.linking import open_ticket

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def a_shipment(**fields: Any) -> Shipment:
    return Shipment.objects.create(
        **{"tracking_number": "LX738201945CN", "origin_country": "CN", "destination_country": "DE", **fields}
    )


def notice(shipment: Shipment | None, type_: str, *, at: datetime = NOW, reason: str = "", key: str = "") -> Incident:
    return Incident.objects.create(
        type=type_,
        shipment=shipment,
        subject=f"{type_} seen",
        evidence={"reason": reason, "scans": []},
        dedupe_key=key or f"{type_}:{at.isoformat()}",
        happened_at=at,
        noticed_at=at,
    )


def name_parcel(ticket: Ticket) -> None:
    """Its customer wrote the parcel's number."""
    Message.objects.create(
        ticket=ticket,
        direction=Direction.IN,
        audience=Audience.CUSTOMER,
        status=MessageStatus.RECEIVED,
        text="LX738201945CN?",
        tracking_numbers=["LX738201945CN"],
        sent_at=NOW,
        created_at=NOW,
    )


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        (IncidentType.CUSTOMS_HOLD, Kind.CLEARANCE),
        (IncidentType.DELAYED, Kind.DELAY),
        (IncidentType.LATE, Kind.DELAY),
        (IncidentType.STALE, Kind.DELAY),
        (IncidentType.LOST, Kind.LOSS),
        (IncidentType.DAMAGED, Kind.LOSS),
        (IncidentType.ATTEMPT_FAILED, Kind.FAILED_DELIVERY),
        (IncidentType.RETURNING, Kind.FAILED_DELIVERY),
    ],
)
def test_trouble_opens_a_ticket_of_its_kind(type_: str, kind: str) -> None:
    shipment = a_shipment()
    notice(shipment, type_)

    assert handle_incidents(now=NOW) == 1

    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.phase, ticket.waiting_on) == (kind, Phase.NEW, WaitingOn.US)
    assert (ticket.shipment, ticket.origin, ticket.destination) == (shipment, "CN", "DE")
    assert Incident.objects.get().state == IncidentState.HANDLED


def test_stock_difference_opens_a_warehouse_ticket_without_a_shipment() -> None:
    notice(None, IncidentType.STOCK_DIFFERENCE)

    handle_incidents(now=NOW)

    assert Ticket.objects.get().kind == Kind.WAREHOUSE


def test_customer_of_the_shipment_becomes_the_tickets_and_a_vip_comes_first() -> None:
    customer = Customer.objects.create(name="Anna", language="de", country="DE", tier=Tier.VIP)
    notice(a_shipment(customer=customer), IncidentType.CUSTOMS_HOLD)

    handle_incidents(now=NOW)

    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.language, ticket.priority) == (customer, "de", Priority.HIGH)


def test_second_trouble_of_the_same_kind_is_told_to_the_open_ticket() -> None:
    shipment = a_shipment()
    notice(shipment, IncidentType.LATE)
    notice(shipment, IncidentType.STALE, at=NOW + timedelta(hours=1))

    handle_incidents(now=NOW)

    ticket = Ticket.objects.get()
    assert list(TicketEvent.objects.filter(ticket=ticket).values_list("type", flat=True)).count("incident") == 2


def test_trouble_after_the_ticket_ended_opens_a_new_one() -> None:
    shipment = a_shipment()
    notice(shipment, IncidentType.CUSTOMS_HOLD)
    handle_incidents(now=NOW)
    notice(shipment, IncidentType.RELEASED, at=NOW + timedelta(hours=1))
    handle_incidents(now=NOW + timedelta(hours=1))
    notice(shipment, IncidentType.CUSTOMS_HOLD, at=NOW + timedelta(hours=2))
    handle_incidents(now=NOW + timedelta(hours=2))

    assert list(Ticket.objects.order_by("id").values_list("state", flat=True)) == ["released", "reported"]


def test_release_scan_moves_the_ticket_by_its_own_way() -> None:
    shipment = a_shipment()
    notice(shipment, IncidentType.CUSTOMS_HOLD)
    handle_incidents(now=NOW)
    notice(shipment, IncidentType.RELEASED, at=NOW + timedelta(hours=1))

    handle_incidents(now=NOW + timedelta(hours=1))

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.phase) == ("released", Phase.RESOLVED)
    moved = TicketEvent.objects.get(ticket=ticket, type="transition")
    assert (moved.data["way"], moved.actor_kind, moved.via) == ("release", "scan", "scan")
    assert verify_chain().broken is None


def test_delivered_scan_ends_a_delay() -> None:
    shipment = a_shipment()
    notice(shipment, IncidentType.LATE)
    notice(shipment, IncidentType.DELIVERED, at=NOW + timedelta(hours=1))

    handle_incidents(now=NOW + timedelta(hours=1))

    assert Ticket.objects.get().state == "delivered"


def test_movement_of_a_parcel_without_tickets_does_nothing() -> None:
    notice(a_shipment(), IncidentType.DELIVERED)

    handle_incidents(now=NOW)

    assert not Ticket.objects.exists()
    assert Incident.objects.get().state == IncidentState.NOTHING_TO_DO


def test_movement_a_ticket_has_no_way_for_is_told_to_it() -> None:
    shipment = a_shipment()
    notice(shipment, IncidentType.LOST)
    handle_incidents(now=NOW)
    notice(shipment, IncidentType.DELIVERED, at=NOW + timedelta(hours=1))

    handle_incidents(now=NOW + timedelta(hours=1))

    ticket = Ticket.objects.get()
    assert ticket.state == "reported"
    assert TicketEvent.objects.filter(ticket=ticket, type="incident", data__type="delivered").exists()


def test_handling_twice_changes_nothing() -> None:
    notice(a_shipment(), IncidentType.CUSTOMS_HOLD)
    handle_incidents(now=NOW)

    assert handle_incidents(now=NOW) == 0
    assert Ticket.objects.count() == 1


def test_incident_that_cannot_be_handled_does_not_stop_the_others_and_is_given_up_visibly() -> None:
    shipment, other = a_shipment(), a_shipment(tracking_number="RB417559833CN")
    broken = notice(shipment, IncidentType.ATTEMPT_FAILED)
    notice(other, IncidentType.CUSTOMS_HOLD)
    Incident.objects.filter(pk=broken.pk).update(evidence=["not", "an", "object"])

    handle_incidents(now=NOW)

    broken.refresh_from_db()
    assert Ticket.objects.filter(shipment=other).exists()
    assert (broken.state, broken.attempts) == (IncidentState.NOTICED, 1)
    for _ in range(4):
        handle_incidents(now=NOW)
    broken.refresh_from_db()
    assert broken.state == IncidentState.FAILED
    assert "AttributeError" in broken.outcome
    assert not Ticket.objects.filter(shipment=shipment).exists()


def test_ticket_whose_customer_named_the_parcel_first_becomes_the_parcels() -> None:
    customer = Customer.objects.create(name="Anna", language="de", country="DE")
    ticket = open_ticket(kind=Kind.CLEARANCE, actor=Actor.system("test"), now=NOW, customer=customer)
    name_parcel(ticket)
    shipment = a_shipment()
    notice(shipment, IncidentType.CUSTOMS_HOLD)

    handle_incidents(now=NOW + timedelta(hours=1))

    only = Ticket.objects.get()
    assert (only.pk, only.shipment, only.destination) == (ticket.pk, shipment, "DE")
    assert set(TicketEvent.objects.filter(ticket=only).values_list("type", flat=True)) >= {"shipment_known", "incident"}


def test_parcel_of_another_customer_is_not_given_to_whoever_named_it() -> None:
    stranger = Customer.objects.create(name="Mallory")
    ticket = open_ticket(kind=Kind.CLEARANCE, actor=Actor.system("test"), now=NOW, customer=stranger)
    name_parcel(ticket)
    notice(a_shipment(customer=Customer.objects.create(name="Anna")), IncidentType.CUSTOMS_HOLD)

    handle_incidents(now=NOW + timedelta(hours=1))

    assert Ticket.objects.get(customer=stranger).shipment is None
    assert Ticket.objects.exclude(customer=stranger).get().shipment is not None
