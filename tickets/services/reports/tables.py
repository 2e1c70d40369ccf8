"""Figures as tables, in the active language: columns with their units, cells as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from tickets.policies.kpi import CUTS, FIGURES, Figure, Step, Unit, figure_of
from tickets.services import kpi
from tickets.services.kpi import Filters, Period, Value

type Cell = str | float | int | Decimal | datetime | None
_HOUR = 3_600
MOST_PARTS = 500


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head and how its numbers are shown: text, count, hours, share, number, money, moment."""

    label: str
    shape: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """What becomes a sheet. ``notes`` stand above it: the period, its zone, how far the figures have come."""

    title: str
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table_of_figures(names: Sequence[str], period: Period, filters: Filters | None = None) -> Table:
    """A row a figure: now, the period before, the change. Raises KpiRefused."""
    rows: list[tuple[Cell, ...]] = []
    for name, compared in kpi.compare(names, period, filters).items():
        figure = FIGURES[name]
        for currency, now, before in _sides(figure, compared.now, compared.before):
            change = None if figure.is_money else compared.change
            goal = shown(figure, figure.goal)
            unit = unit_words(figure, currency)
            rows.append((str(figure.label), unit, now, before, change, compared.now.count, goal))
    columns = (
        Column(_("Figure")),
        Column(_("Unit")),
        Column(_("Now"), "number"),
        Column(_("Period before"), "number"),
        Column(_("Change against before"), "share"),
        Column(_("Made of"), "count"),
        Column(_("Goal"), "number"),
    )
    return Table(_("Figures"), notes_of(period), columns, tuple(rows))


def table_of_parts(
    names: Sequence[str], period: Period, by: str, filters: Filters | None = None, limit: int = MOST_PARTS
) -> Table:
    """A row a part of a cut, a column a figure. Raises KpiRefused."""
    rows = kpi.breakdown(names, period, by, filters, limit=limit)
    heads, cells = _spread(names, [row.values for row in rows])
    label = str(CUTS[by].label)
    columns = (Column(label), Column(_("Key")), *heads)
    found = tuple((row.label, row.part, *values) for row, values in zip(rows, cells, strict=True))
    return Table(label, notes_of(period), columns, found)


def table_of_series(names: Sequence[str], period: Period, step: Step, filters: Filters | None = None) -> Table:
    """A row an hour, day, week or month, a column a figure. Raises KpiRefused."""
    found = kpi.series(names, period, step, filters)
    values = [{name: found.lines[name][""][number] for name in names} for number in range(len(found.starts))]
    heads, cells = _spread(names, values)
    columns = (Column(_("From"), "moment"), *heads)
    rows = tuple((start, *row) for start, row in zip(found.starts, cells, strict=True))
    return Table(_("Figures over time"), notes_of(period), columns, rows)


def notes_of(period: Period) -> tuple[str, ...]:
    """What period a table is about, by its own clock."""
    span = _("From %(since)s until before %(until)s, time zone %(zone)s") % {
        "since": f"{period.since:%Y-%m-%d %H:%M}",
        "until": f"{period.until:%Y-%m-%d %H:%M}",
        "zone": str(period.zone),
    }
    return (span, _("Durations in hours (median), shares from 0 to 1."))


def shown(figure: Figure, value: float | None) -> float | None:
    """A value in the unit of tables: seconds become hours."""
    if value is None:
        return None
    return round(value / _HOUR, 3) if figure.unit == Unit.SECONDS else round(value, 4)


def cell_of(figure: Figure, value: Value) -> float | None:
    """A figure's cell: the median of durations, as dashboards show them."""
    return shown(figure, value.median if value.median is not None else value.value)


def unit_words(figure: Figure, currency: str = "") -> str:
    """A figure's unit in words; of money its currency."""
    words = {
        Unit.COUNT: _("number"),
        Unit.SECONDS: _("hours"),
        Unit.SHARE: _("share"),
        Unit.PER_THOUSAND: _("per thousand"),
        Unit.SCORE: _("mark from 1 to 5"),
        Unit.MONEY: currency or _("money"),
        Unit.NUMBER: _("number"),
    }
    return words[figure.unit]


def _sides(figure: Figure, now: Value, before: Value) -> list[tuple[str, Cell, Cell]]:
    """A figure's rows: one, or of money one for each currency, for money of two currencies is never added."""
    if not figure.is_money:
        return [("", cell_of(figure, now), cell_of(figure, before))]
    currencies = sorted(now.by_currency.keys() | before.by_currency.keys())
    return [(one, now.by_currency.get(one), before.by_currency.get(one)) for one in currencies] or [("", None, None)]


_SHAPES = {
    Unit.COUNT: "count",
    Unit.SECONDS: "hours",
    Unit.SHARE: "share",
    Unit.PER_THOUSAND: "number",
    Unit.SCORE: "number",
    Unit.NUMBER: "number",
}


def _spread(names: Sequence[str], rows: Sequence[dict[str, Value]]) -> tuple[tuple[Column, ...], list[list[Cell]]]:
    """Columns for figures, one a currency of money, and each row's cells."""
    heads: list[Column] = []
    cells: list[list[Cell]] = [[] for _row in rows]
    for name in names:
        figure = figure_of(name)
        if not figure.is_money:
            heads.append(Column(f"{figure.label} ({unit_words(figure)})", _SHAPES[figure.unit]))
            for line, row in zip(cells, rows, strict=True):
                line.append(cell_of(figure, row[name]))
            continue
        for currency in sorted({one for row in rows for one in row[name].by_currency}):
            heads.append(Column(f"{figure.label} ({currency})", "money"))
            for line, row in zip(cells, rows, strict=True):
                line.append(row[name].by_currency.get(currency))
    return tuple(heads), cells
