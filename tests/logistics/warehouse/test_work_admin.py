"""Warehouse work at the desk: lists by who is late, one page each, steps as forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from common.models import User
from logistics.models import InboundBooking, ShipmentInstruction, StockCount
from logistics.services.warehouse import shelves
from logistics.services.warehouse.overdue import notice_overdue
from tests.logistics.warehouse.orders import booking, go, instruction, stock_count, theirs, warehouse
from tickets.services.roles import set_up_roles

pytestmark = pytest.mark.django_db
BACKEND = "common.auth.EmployeeBackend"


def desk(role: str) -> Client:
    """A browser in which somebody of a role has signed in."""
    set_up_roles(reset=True)
    user = User.objects.create_user(
        f"{role.split(maxsplit=1)[0].lower()}@clearway.example", full_name=role, is_staff=True
    )
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def liaison() -> Client:
    return desk("Warehouse liaison")


def page(kind: str, work: Any = None, step: str = "") -> str:
    where = f"/admin/logistics/{kind}/" + (f"{work.pk}/" if work else "")
    return where + (f"step/{step}/" if step else "change/" if work else "")


def test_booking_is_opened_moved_and_received_at_the_desk(liaison: Client) -> None:
    partner = warehouse()
    add = page("inboundbooking") + "add/"
    assert liaison.get(add).status_code == 200
    sent = {
        "partner": partner.pk,
        "expected_at": (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
        "lines-0-item": "CUP",
        "lines-0-units": "10",
        "lines-1-item": "",
        "lines-1-units": "",
        "lines-2-item": "PLATE",
        "lines-2-units": "4",
    }
    assert liaison.post(add, sent).status_code == 302
    work = InboundBooking.objects.get()
    assert [(line.item, line.expected_units) for line in work.lines.all()] == [("CUP", 10), ("PLATE", 4)]

    shown = liaison.get(page("inboundbooking", work)).content.decode()
    assert work.reference in shown
    assert "Goods arrived" in shown
    assert liaison.post(page("inboundbooking", work, "arrive"), {}).status_code == 302
    form = liaison.get(page("inboundbooking", work, "receive")).content.decode()
    assert 'name="lines-1-item" value="PLATE"' in form
    assert "announced: 4" in form
    short = liaison.post(page("inboundbooking", work, "receive"), {"lines-0-item": "CUP", "lines-0-received": "9"})
    assert short.status_code == 422
    assert "Nothing is said of: PLATE" in short.content.decode()
    came = {"lines-0-item": "CUP", "lines-0-received": "9", "lines-1-item": "PLATE", "lines-1-received": "4"}
    assert liaison.post(page("inboundbooking", work, "receive"), came).status_code == 302

    work = InboundBooking.objects.get()
    assert (work.state, work.event_sequence) == ("received", 3)
    shown = liaison.get(page("inboundbooking", work)).content.decode()
    assert "Received otherwise than announced" in shown
    assert "CUP 10 → 9" in shown


def test_difference_and_refusal_are_shown_with_what_the_partner_said(liaison: Client) -> None:
    partner = warehouse()
    shelves.move(partner_id=partner.pk, units={"CUP": 10})
    count = go(stock_count(partner, ("CUP",)), "count", theirs(partner), lines=[{"item": "CUP", "counted": 7}])
    refused = go(instruction(partner), "refuse", theirs(partner), refusal="other", refusal_note="<b>Fire</b>")

    form = liaison.get(page("stockcount", count, "explain")).content.decode()
    assert "expected 10, counted 7" in form
    shown = liaison.get(page("shipmentinstruction", refused)).content.decode()
    assert "&lt;b&gt;Fire&lt;/b&gt;" in shown
    assert "Send again" in shown


def test_list_tells_who_is_late(liaison: Client) -> None:
    partner = warehouse()
    long_ago = timezone.now() - timedelta(days=9)
    late, waiting, answered = booking(partner, now=long_ago), booking(partner, now=timezone.now()), booking(partner)
    slot: dict[str, Any] = {"slot_from": "2026-11-30T08:00Z", "slot_to": "2026-11-30T10:00Z", "reason": "Full."}
    go(answered, "counter", theirs(partner), **slot)
    notice_overdue(now=timezone.now())

    def found(acts: str) -> set[str]:
        shown = liaison.get(page("inboundbooking"), {"acts": acts}).content.decode()
        return {work.reference for work in (late, waiting, answered) if work.reference in shown}

    assert found("late") == {late.reference}
    assert found("partner") == {late.reference, waiting.reference}
    assert found("us") == {answered.reference}
    assert found("nobody") == set()


def test_agent_reads_and_opens_and_moves_nothing() -> None:
    agent = desk("Agent")
    work = booking(warehouse())

    shown = agent.get(page("inboundbooking", work))
    assert shown.status_code == 200
    assert "/step/" not in shown.content.decode()
    assert agent.get(page("inboundbooking") + "add/").status_code == 403
    for step in ("cancel", "confirm"):
        assert agent.post(page("inboundbooking", work, step), {"reason": "x"}).status_code == 403
    assert agent.post(page("inboundbooking", work), {"note": "x"}).status_code == 403
    assert InboundBooking.objects.get().event_sequence == 1


def test_step_taken_meanwhile_is_told_and_one_that_is_none_is_not_found(liaison: Client) -> None:
    partner = warehouse()
    work = go(booking(partner), "confirm", theirs(partner))

    again = liaison.post(page("inboundbooking", work, "confirm"), {})

    assert again.status_code == 409
    assert "since Lagerhaus Nord moved it" in again.content.decode()
    assert liaison.get(page("inboundbooking", work, "fly")).status_code == 404
    assert liaison.get("/admin/logistics/inboundbooking/0/change/").status_code == 404
    assert liaison.get("/admin/logistics/inboundbooking/x/change/").status_code == 404


@pytest.mark.parametrize("kind", ["inboundbooking", "stockcount", "shipmentinstruction"])
def test_every_step_has_a_form_in_chinese_too(liaison: Client, kind: str) -> None:
    from logistics.workflows import MACHINES

    partner = warehouse()
    make: dict[str, Any] = {"inboundbooking": booking, "stockcount": stock_count, "shipmentinstruction": instruction}
    models: dict[str, Any] = {
        "inboundbooking": InboundBooking,
        "stockcount": StockCount,
        "shipmentinstruction": ShipmentInstruction,
    }
    work = make[kind](partner)
    machine = next(one for one in MACHINES.values() if issubclass(one.flow, models[kind]))

    for step in machine.steps().values():
        shown = liaison.get(page(kind, work, step.name), headers={"Accept-Language": "zh-hans"})
        assert shown.status_code == 200
        assert "csrfmiddlewaretoken" in shown.content.decode()
