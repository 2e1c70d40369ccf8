"""Bookings, counts, instructions and stock, each with every step from where it may be taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from logistics.models import Partner
from logistics.policies.who import Who
from logistics.services.warehouse import shelves
from logistics.services.warehouse.reports import Level, report_stock
from logistics.services.warehouse.work import open_work, take_step
from logistics.workflows import MACHINES
from tests.security.api_walking import Case, World, case

SLOT = {"slot_from": "2030-01-07T08:00:00Z", "slot_to": "2030-01-07T10:00:00Z", "reason": "Full."}
CAME = {"lines": [{"item": "CUP", "received": 4}]}
COUNTED = {"lines": [{"item": "CUP", "counted": 3}]}
EXPLAINED = {"lines": [{"item": "CUP", "explanation": "Two broke."}]}
REASON = {"reason": "Not needed."}
REFUSED = {"refusal": "damaged"}
FOLDERS = {"inbound-bookings": "booking", "stock-counts": "count", "shipment-instructions": "instruction"}
BODIES: dict[str, dict[str, dict[str, Any]]] = {
    "booking": {
        "confirm": {},
        "counter": SLOT,
        "accept_slot": {},
        "propose": {"expected_at": "2030-01-08T08:00:00Z"},
        "arrive": {},
        "receive": CAME,
        "close": {},
        "cancel": REASON,
    },
    "count": {"count": COUNTED, "explain": EXPLAINED, "recount": REASON, "accept": {}, "cancel": REASON},
    "instruction": {
        "acknowledge": {},
        "pick": {},
        "dispatch": {"tracking_number": "LX738201945CN"},
        "refuse": REFUSED,
        "send_again": {},
        "cancel": REASON,
    },
}
"""What each step is sent."""
BEFORE: dict[str, dict[str, tuple[str, ...]]] = {
    "booking": {
        "accept_slot": ("counter",),
        "propose": ("counter",),
        "receive": ("arrive",),
        "close": ("arrive", "receive"),
    },
    "count": {"explain": ("count",), "recount": ("count",), "accept": ("count",)},
    "instruction": {"send_again": ("refuse",)},
}
"""Steps taken before a step can be."""


def opening(machine: str, partner: Partner) -> dict[str, Any]:
    """What one is opened with; `our_number` tells whose it is."""
    shared = {"partner": partner.pk, "our_number": f"OF-{partner.name.upper()}"}
    item = {"item": "CUP"} if machine == "count" else {"item": "CUP", "units": 5}
    own = {
        "booking": {"expected_at": "2030-01-07T08:00:00Z"},
        "count": {},
        "instruction": {"recipient": f"Friend of {partner.name}", "address": "Calle 1", "country": "ES"},
    }
    return {**shared, **own[machine], "lines": [item]}


def work_of(world: World, partner: Partner, machine: str, before: tuple[str, ...] = ()) -> Any:
    """A piece of work of a partner's after some steps."""
    by = Who.staff(world.staff)
    shared: dict[str, Any] = {"machine": MACHINES[machine], "by": by, "now": timezone.now()}
    if machine == "count":
        shelves.settle(partner_id=partner.pk, units={"CUP": 5}, day=timezone.now().date(), now=timezone.now())
    made = open_work(data=opening(machine, partner), **shared)
    for step in before:
        made = take_step(work_id=made.pk, step=step, data=BODIES[machine][step], **shared)
    return made


def marks_of(partner: Partner) -> tuple[str, ...]:
    return (f"OF-{partner.name.upper()}", f"Friend of {partner.name}")


def feelers_of(partner: Partner) -> tuple[str, ...]:
    return (f"our_number=OF-{partner.name.upper()}", f"partner={partner.pk}")


def register(folder: str, machine: str) -> None:
    """Every address of one kind of work."""

    @case(f"{folder}/")
    def listed(world: World, partner: Partner) -> Case:
        work_of(world, partner, machine)
        body = opening(machine, partner)
        return Case(bodies={"POST": body}, marks=marks_of(partner), feelers=feelers_of(partner))

    @case(f"{folder}/steps/")
    def several(world: World, partner: Partner) -> Case:
        step = next(iter(BODIES[machine]))
        item = {"id": work_of(world, partner, machine).pk, "step": step, "inputs": BODIES[machine][step]}
        return Case(bodies={"POST": {"items": [item]}}, marks=marks_of(partner))

    @case(f"{folder}/<int:pk>/")
    def one(world: World, partner: Partner) -> Case:
        return Case({"pk": work_of(world, partner, machine).pk}, marks=marks_of(partner))

    @case(f"{folder}/<int:pk>/events/")
    def events(world: World, partner: Partner) -> Case:
        return Case({"pk": work_of(world, partner, machine).pk}, marks=marks_of(partner))

    for step, body in BODIES[machine].items():
        case(f"{folder}/<int:pk>/{step.replace('_', '-')}/")(_step_case(machine, step, body))


def _step_case(machine: str, step: str, body: dict[str, Any]) -> Callable[[World, Partner], Case]:
    def taken(world: World, partner: Partner) -> Case:
        made = work_of(world, partner, machine, BEFORE[machine].get(step, ()))
        return Case({"pk": made.pk}, bodies={"POST": body}, marks=marks_of(partner))

    return taken


for _folder, _machine in FOLDERS.items():
    register(_folder, _machine)


@case("stock-levels/")
def stock(world: World, partner: Partner) -> Case:
    item = f"ONLY-AT-{partner.name.upper()}"
    levels = [Level(item, 5)]
    now = timezone.now()
    report_stock(partner_id=partner.pk, levels=levels, is_complete=True, by=Who.staff(world.staff), now=now)
    body = {"partner": partner.pk, "levels": [{"item": item, "units": 4}]}
    feelers = (f"item={item}", f"partner={partner.pk}")
    return Case(bodies={"POST": body}, marks=(item,), naming={"POST": body}, feelers=feelers)


@case("stock-reports/")
def reports(world: World, partner: Partner) -> Case:
    report_stock(partner_id=partner.pk, levels=[], is_complete=True, by=Who.staff(world.staff), now=timezone.now())
    return Case(feelers=(f"partner={partner.pk}",))
