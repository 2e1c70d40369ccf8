"""Warehouses and work at them, for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, cast

from common.models import BusinessCalendar, BusinessInterval, User
from logistics.choices import WorkVia
from logistics.models import Agreement, InboundBooking, Partner, ShipmentInstruction, StockCount
from logistics.policies.who import Who
from logistics.services.warehouse.work import open_work, take_step
from logistics.workflows import MACHINES

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday; ten in the morning in Berlin."""


def warehouse(name: str = "Lagerhaus Nord", **agreed: Any) -> Partner:
    """A warehouse in Berlin that works from 8 to 16 on weekdays, with an agreement when anything is agreed."""
    calendar = BusinessCalendar.objects.create(name=f"Hours of {name}", time_zone="Europe/Berlin")
    BusinessInterval.objects.bulk_create(
        BusinessInterval(calendar=calendar, weekday=day, opens_at=time(8), closes_at=time(16)) for day in range(5)
    )
    made = Partner.objects.create(kind="warehouse", name=name, time_zone="Europe/Berlin", calendar=calendar)
    if agreed:
        Agreement.objects.create(partner=made, **agreed)
    return made


def staff(name: str = "Li Wei") -> Who:
    """Somebody of ours who may do everything."""
    email = f"{name.lower().replace(' ', '.')}@clearway.example"
    found = User.objects.filter(email=email).first() or User.objects.create_superuser(email, full_name=name)
    return Who.staff(found)


def theirs(partner: Partner) -> Who:
    """The partner itself, by its system."""
    return Who.partner(partner.pk, partner.name, via=WorkVia.API)


def booking(partner: Partner, lines: list[dict[str, Any]] | None = None, *, now: datetime = NOW) -> InboundBooking:
    data = {
        "partner": partner.pk,
        "expected_at": (now + timedelta(days=2)).isoformat(),
        "our_number": "PO-1",
        "lines": lines or [{"item": "CUP", "units": 10}, {"item": "PLATE", "units": 4}],
    }
    return cast("InboundBooking", open_work(machine=MACHINES["booking"], data=data, by=staff(), now=now))


def stock_count(partner: Partner, items: tuple[str, ...] = ("CUP", "PLATE"), *, now: datetime = NOW) -> StockCount:
    data = {"partner": partner.pk, "lines": [{"item": item} for item in items]}
    return cast("StockCount", open_work(machine=MACHINES["count"], data=data, by=staff(), now=now))


def instruction(partner: Partner, *, now: datetime = NOW, **fields: Any) -> ShipmentInstruction:
    data = {
        "partner": partner.pk,
        "recipient": "Marta Ruiz",
        "address": "Calle Mayor 1, Madrid",
        "country": "ES",
        "our_number": "A-77",
        "lines": [{"item": "CUP", "units": 3}],
        **fields,
    }
    return cast("ShipmentInstruction", open_work(machine=MACHINES["instruction"], data=data, by=staff(), now=now))


def go(work: Any, step: str, by: Who, *, now: datetime = NOW, **data: Any) -> Any:
    """Take a step of any work."""
    name = {InboundBooking: "booking", StockCount: "count", ShipmentInstruction: "instruction"}
    machine = MACHINES[next(name[kind] for kind in name if isinstance(work, kind))]
    return take_step(machine=machine, work_id=work.pk, step=step, data=data, by=by, now=now)
