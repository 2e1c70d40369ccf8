"""Tables as files: CSV (RFC 4180, UTF-8 with its mark, so that Excel reads Chinese) and XLSX. No cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from tickets.models import ReportFormat
from tickets.policies.cells import plain_text, safe_cell
from tickets.services.reports.tables import Cell, Table

MEDIA_TYPES = {
    ReportFormat.CSV: "text/csv; charset=utf-8",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BOM = "\ufeff"
_LONGEST_NAME = 31
"""Of a sheet (Microsoft, Excel specifications and limits)."""
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_WIDEST = 60
_FORMATS = {
    "count": "#,##0",
    "hours": "#,##0.0",
    "share": "0.0%",
    "number": "#,##0.00",
    "money": "#,##0.00",
    "moment": "yyyy-mm-dd hh:mm",
}


def as_file(tables: Sequence[Table], kind: str) -> bytes:
    """Tables in one file of that format."""
    return as_xlsx(tables) if kind == ReportFormat.XLSX else as_csv(tables)


def as_csv(tables: Sequence[Table]) -> bytes:
    """Tables one below the other; with one table, its head is the first line and there is nothing else."""
    out = io.StringIO()
    writer = csv.writer(out)
    for number, table in enumerate(tables):
        if len(tables) > 1:
            writer.writerows([[]] if number else [])
            writer.writerow([safe_cell(table.title)])
        writer.writerow([safe_cell(column.label) for column in table.columns])
        writer.writerows([[safe_cell(_plain(cell)) for cell in row] for row in table.rows])
    return (_BOM + out.getvalue()).encode()


def as_xlsx(tables: Sequence[Table]) -> bytes:
    """A workbook, a sheet a table: texts are texts, numbers numbers with their format, moments local ones."""
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {shape: book.add_format({"num_format": code}) for shape, code in _FORMATS.items()}
        used: set[str] = set()
        for table in tables:
            sheet = book.add_worksheet(_sheet_name(table.title, used))
            for line, note in enumerate(table.notes):
                sheet.write_string(line, 0, plain_text(note))
            top = len(table.notes) + 1 if table.notes else 0
            for place, column in enumerate(table.columns):
                sheet.write_string(top, place, plain_text(column.label), bold)
                cells = [row[place] for row in table.rows]
                longest = max((len(str(cell)) for cell in cells if isinstance(cell, str)), default=0)
                sheet.set_column(place, place, min(max(len(column.label) + 2, longest + 2, 10), _WIDEST))
                for line, cell in enumerate(cells, start=top + 1):
                    _write(sheet, line, place, cell, formats.get(column.shape))
            sheet.freeze_panes(top + 1, 1)
    return out.getvalue()


def _write(sheet: Any, line: int, place: int, cell: Cell, shape: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(line, place, plain_text(cell))
    elif isinstance(cell, datetime):
        sheet.write_datetime(line, place, cell.replace(tzinfo=None), shape)
    else:
        sheet.write_number(line, place, float(cell), shape)


def _sheet_name(title: str, used: set[str]) -> str:
    base = plain_text(title).translate(_FORBIDDEN).strip("' ")[:_LONGEST_NAME] or "1"
    name, number = base, 1
    while name.lower() in used:
        number += 1
        name = f"{base[: _LONGEST_NAME - 4]} {number}"
    used.add(name.lower())
    return name


def _plain(cell: Cell) -> str | float | int | Decimal | None:
    return cell.isoformat() if isinstance(cell, datetime) else cell
