"""Files of figures: what a customer or a partner called themselves is never a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from tickets.policies.cells import safe_cell
from tickets.services.reports.files import as_csv, as_xlsx
from tickets.services.reports.tables import Column, Table

HOSTILE = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    " =1+1",
    "＝1+1",
)


def table(*names: str) -> Table:
    at = datetime(2026, 10, 25, 8, 0, tzinfo=ZoneInfo("Asia/Kathmandu"))
    rows = tuple((name, -1.5, 0.25, Decimal("-3.10"), at) for name in names)
    columns = (Column("Partner"), Column("Hours", "hours"), Column("Share", "share"), Column("EUR", "money"))
    return Table("Partners [a/b]", ("note",), (*columns, Column("From", "moment")), rows)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_of_a_csv_file_is_a_formula(name: str) -> None:
    read = list(csv.reader(io.StringIO(as_csv([table(name)]).decode("utf-8-sig"))))
    assert read[1] == [f"'{name}", "-1.5", "0.25", "-3.10", "2026-10-25T08:00:00+05:45"]


def test_no_cell_of_a_workbook_is_a_formula_and_numbers_are_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([table(*HOSTILE, "中国仓库"), table("same name")])))
    assert book.sheetnames == ["Partners  a b", "Partners  a b 2"]
    at = datetime(2026, 10, 25, 8, 0, tzinfo=UTC)
    rows = list(book.worksheets[0].iter_rows(min_row=4))
    assert [row[0].value for row in rows] == [*HOSTILE, "中国仓库"]
    assert {row[0].data_type for row in rows} == {"s"}
    assert [cell.value for cell in rows[0][1:]] == [-1.5, 0.25, -3.1, at.replace(tzinfo=None)]
    assert rows[0][2].number_format == "0.0%"


def test_control_characters_that_break_a_workbook_are_left_out() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([table("a\x00b\x0bc\ufffe")])))
    assert book.worksheets[0]["A4"].value == "abc"
    assert safe_cell("\x00=1") == "'=1"
