"""People, parcels and tickets that these tests work with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import Permission

from common.errors import PermissionRefused
from common.models import User
from logistics.models import Carrier, Customer, Shipment
from tickets.models import Ticket
from tickets.policies.actor import Actor
from tickets.services.linking import open_ticket

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DECIDES = ("work_ticket", "decide_customs", "decide_money", "decide_safety", "view_safety", "work_warehouse")


def person(name: str, *permissions: str) -> User:
    user = User.objects.create_user(f"{name.lower()}@clearway.example", full_name=name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="tickets", codename__in=permissions))
    return user


def staff(name: str = "Alice", *permissions: str) -> Actor:
    """One of us; without permissions named, one who may decide everything."""
    return Actor.staff(person(name, *(permissions or DECIDES)))


def customer(**fields: Any) -> Customer:
    return Customer.objects.create(**{"name": "Marta Ruiz", "language": "es", "time_zone": "Europe/Madrid", **fields})


def shipment(number: str = "RB123456785CN", **fields: Any) -> Shipment:
    carrier, _ = Carrier.objects.get_or_create(code="correos", defaults={"name": "Correos"})
    values = {"carrier": carrier, "origin_country": "CN", "destination_country": "ES", **fields}
    return Shipment.objects.create(tracking_number=number, **values)


def ticket(kind: str, *, actor: Actor | None = None, now: datetime = NOW, **fields: Any) -> Ticket:
    return open_ticket(kind=kind, actor=actor or Actor.system(), now=now, **fields)


__all__ = ["NOW", "PermissionRefused", "customer", "person", "shipment", "staff", "ticket"]
