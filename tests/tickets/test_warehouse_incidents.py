"""A difference at a warehouse, or a refusal, opens a warehouse ticket that knows what it is about, once."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from logistics.services.warehouse import overdue, shelves
from logistics.services.warehouse.reports import Level, report_stock
from tests.logistics.warehouse.orders import NOW, booking, go, instruction, staff, stock_count, theirs, warehouse
from tickets.choices import Kind
from tickets.models import Ticket, TicketEvent, WarehouseDetail
from tickets.services.incidents import handle_incidents

pytestmark = pytest.mark.django_db


def tickets() -> list[tuple[str, str, int | None, int | None]]:
    """Summary, item, expected and counted units of each warehouse ticket."""
    handle_incidents(now=NOW)
    rows = WarehouseDetail.objects.order_by("ticket_id").select_related("ticket", "warehouse")
    assert {row.ticket.kind for row in rows} <= {Kind.WAREHOUSE}
    assert {row.warehouse.name for row in rows if row.warehouse} <= {"Lagerhaus Nord"}
    assert all(row.warehouse for row in rows)
    return [(row.ticket.summary, row.item, row.expected_units, row.counted_units) for row in rows]


def test_each_difference_of_a_booking_opens_a_ticket_with_its_numbers_once() -> None:
    partner = warehouse()
    work = go(booking(partner), "arrive", theirs(partner))
    go(
        work,
        "receive",
        theirs(partner),
        lines=[{"item": "CUP", "received": 8}, {"item": "PLATE", "received": 6}],
    )

    expected = [
        ("Received otherwise than announced · CUP 10 → 8", "CUP", 10, 8),
        ("Received otherwise than announced · PLATE 4 → 6", "PLATE", 4, 6),
    ]
    assert tickets() == expected
    assert tickets() == expected
    assert TicketEvent.objects.filter(type="incident").count() == 2


def test_difference_counted_again_stays_one_ticket() -> None:
    partner = warehouse()
    shelves.move(partner_id=partner.pk, units={"CUP": 100})
    work = go(stock_count(partner, ("CUP",)), "count", theirs(partner), lines=[{"item": "CUP", "counted": 90}])
    work = go(work, "explain", theirs(partner), lines=[{"item": "CUP", "explanation": "?"}])
    work = go(work, "recount", staff(), reason="Again.")
    go(work, "count", theirs(partner), lines=[{"item": "CUP", "counted": 91}])

    assert tickets() == [("Counted otherwise than expected · CUP 100 → 90", "CUP", 100, 90)]


def test_stock_report_beyond_tolerance_opens_a_ticket_and_one_within_opens_none() -> None:
    partner = warehouse(stock_tolerance_percent=10)
    for days, units in enumerate((100, 91, 60)):
        report_stock(
            partner_id=partner.pk,
            levels=[Level("CUP", units)],
            is_complete=True,
            by=theirs(partner),
            now=NOW + timedelta(days=days),
        )

    assert tickets() == [("Stock differs · CUP 91 → 60", "CUP", 91, 60)]


def test_refused_instruction_and_a_report_that_did_not_come_open_tickets() -> None:
    partner = warehouse(daily_sync_at=time(9, 0))
    work = go(instruction(partner), "refuse", theirs(partner), refusal="out_of_stock")
    overdue.notice_missing_reports(now=NOW + timedelta(hours=1))

    assert tickets() == [
        (f"Instruction refused · {work.reference}", "", None, None),
        ("Stock not reported · Lagerhaus Nord", "", None, None),
    ]


def test_units_that_no_column_holds_do_not_keep_the_ticket_from_opening() -> None:
    partner = warehouse()
    for _time in range(3):
        shelves.move(partner_id=partner.pk, units={"CUP": 10**9})
    report_stock(partner_id=partner.pk, levels=[Level("CUP", 1)], is_complete=True, by=theirs(partner), now=NOW)

    assert tickets() == [("Stock differs · CUP 3000000000 → 1", "CUP", None, 1)]
    assert Ticket.objects.count() == 1
