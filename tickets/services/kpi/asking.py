"""What dashboards ask: figures of a period, against the one before, as a series, by parts, by weekday and hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from django.utils import timezone

from tickets.policies.kpi.cuts import OF_PARCELS
from tickets.policies.kpi.figures import Figure, Of, Sum, Unit, figure_of, refuse_unknown_cuts
from tickets.policies.kpi.measures import MEASURES
from tickets.policies.kpi.periods import Period, Step, quarter_of
from tickets.services.kpi.cells import Cell, Cells, Filters, read
from tickets.services.kpi.labels import part_labels

_MEDIAN, _P90 = 0.5, 0.9
_THOUSAND = 1_000
_ALWAYS = 0
"""The quarter hour before which nothing happened: levels are what came less what went since then."""


@dataclass(frozen=True, slots=True)
class Value:
    """A figure's value in its unit, None when there is nothing to divide by; ``count`` is how many it is made of.

    Durations have ``median`` and ``p90`` (seconds); their value is the average. Money is in ``by_currency``; its value
    is set when there is one currency alone.
    """

    value: float | None
    count: int
    median: float | None = None
    p90: float | None = None
    by_currency: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure now and in the period before. ``change``: of a share the difference, else relative to before."""

    now: Value
    before: Value
    change: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """Figures over time: ``lines[figure][part]`` has a value for each of ``starts`` (part "" when not cut)."""

    starts: list[datetime]
    lines: dict[str, dict[str, list[Value]]]


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a cut and its figures."""

    part: str
    label: str
    values: dict[str, Value]


def figures(names: Iterable[str], period: Period, filters: Filters | None = None) -> dict[str, Value]:
    """Figures of a period. Raises KpiRefused for what there is none of."""
    wanted = [figure_of(name) for name in names]
    found = _Found(wanted, [quarter_of(period.since), quarter_of(period.until)], filters or {})
    return {figure.name: found.value(figure, 0) for figure in wanted}


def compare(names: Iterable[str], period: Period, filters: Filters | None = None) -> dict[str, Compared]:
    """Figures of a period and of the one just before it. Raises KpiRefused."""
    wanted = [figure_of(name) for name in names]
    edges = [quarter_of(moment) for moment in (period.before.since, period.since, period.until)]
    found = _Found(wanted, edges, filters or {})
    return {figure.name: _compared(figure, found.value(figure, 1), found.value(figure, 0)) for figure in wanted}


def series(
    names: Iterable[str], period: Period, step: Step = "day", filters: Filters | None = None, by: str | None = None
) -> Series:
    """Figures by the period's hours, days, weeks or months. Levels are as they stood at the end of each; steps that
    have not begun are None. Raises KpiRefused.
    """
    wanted = [figure_of(name) for name in names]
    starts = period.starts(step)
    edges = [quarter_of(moment) for moment in (*starts, period.until)]
    found = _Found(wanted, edges, filters or {}, by=by)
    now = timezone.now()
    begun = [start.astimezone(UTC) <= now for start in starts]
    lines: dict[str, dict[str, list[Value]]] = {}
    for figure in wanted:
        parts = found.parts(figure) if by else [""]
        lines[figure.name] = {
            part: [
                found.value(figure, number, part) if begun[number] or not figure.is_level else Value(None, 0)
                for number in range(len(starts))
            ]
            for part in parts
        }
    return Series(starts, lines)


def breakdown(
    names: Iterable[str], period: Period, by: str, filters: Filters | None = None, limit: int = 50
) -> list[Row]:
    """Figures by the parts of a cut, those with most of the first figure first. Raises KpiRefused."""
    wanted = [figure_of(name) for name in names]
    refuse_unknown_cuts(by)
    found = _Found(wanted, [quarter_of(period.since), quarter_of(period.until)], filters or {}, by=by)
    parts = list(dict.fromkeys(part for figure in wanted for part in found.parts(figure)))
    values = {part: {figure.name: found.value(figure, 0, part) for figure in wanted} for part in parts}
    first = wanted[0].name
    parts.sort(key=lambda part: (-values[part][first].count, part))
    parts = [part for part in parts if any(value.count for value in values[part].values())][:limit]
    labels = part_labels(by, parts)
    return [Row(part, labels[part], values[part]) for part in parts]


def heat_map(name: str, period: Period, filters: Filters | None = None) -> list[list[Value]]:
    """A figure by weekday (Monday first) and hour of the period's zone: 7 rows of 24. Raises KpiRefused."""
    figure = figure_of(name)
    starts = period.starts("hour")
    edges = [quarter_of(moment) for moment in (*starts, period.until)]
    found = _Found([figure], edges, filters or {})
    slots: dict[tuple[int, int], list[int]] = {}
    for number, start in enumerate(starts):
        slots.setdefault((start.weekday(), start.hour), []).append(number)
    return [[found.value_of_many(figure, slots.get((weekday, hour), [])) for hour in range(24)] for weekday in range(7)]


class _Found:
    """The sums that some figures need, and what comes of them."""

    def __init__(
        self, wanted: Sequence[Figure], edges: Sequence[int], filters: Filters, *, by: str | None = None
    ) -> None:
        self._by = by
        flows = [figure for figure in wanted if not figure.is_level]
        levels = [figure for figure in wanted if figure.is_level]
        measures = [name for figure in flows for name in figure.measures]
        classes = [figure.histogram for figure in flows if figure.histogram]
        self._edges = edges
        self._flows = read(measures, edges, filters=filters, by=by, classes=classes) if measures else Cells()
        self._levels = Cells()
        if levels:
            of_levels = {name for figure in levels for name in figure.measures}
            self._levels = _stood(read(of_levels, [_ALWAYS, *edges], filters=filters, by=by), of_levels, len(edges))

    def parts(self, figure: Figure) -> list[str]:
        """The parts that have any of the figure's tickets (its top's, where only that can be cut so)."""
        return (self._levels if figure.is_level else self._flows).parts(
            [name for name in figure.measures if not self._is_whole(name)]
        )

    def value(self, figure: Figure, step: int, part: str = "") -> Value:
        """The figure in one step, for one part."""
        return self._value(figure, [step], part)

    def value_of_many(self, figure: Figure, steps: Sequence[int]) -> Value:
        """The figure in several steps taken together."""
        return self._value(figure, steps, "")

    def _value(self, figure: Figure, steps: Sequence[int], part: str) -> Value:
        if figure.is_money:
            return self._money(figure, steps, part)
        over = self._sum(figure.over, steps, part, figure) if figure.over else None
        top = self._sum(figure.top, steps, part, figure)
        if over is None:
            return Value(top, int(top))
        if figure.is_level:
            age = _age(figure, over, top, self._edges[steps[0] + 1])
            return Value(age, int(over))
        if over <= 0:
            return Value(None, 0)
        value = top / over * (_THOUSAND if figure.unit == Unit.PER_THOUSAND else 1)
        count = int(over) if not self._per_parcel(figure) else int(top)
        if not figure.histogram:
            return Value(value, count)
        cell = Cell()
        for step in steps:
            cell.add(self._flows.of(figure.histogram, step, part))
        return Value(value, count, cell.percentile(_MEDIAN), cell.percentile(_P90))

    def _per_parcel(self, figure: Figure) -> bool:
        return not figure.of_parcels and any(MEASURES[name].of_parcels for name in figure.measures)

    def _is_whole(self, measure: str) -> bool:
        """Whether a measure is not divided by the cut that was asked for."""
        return MEASURES[measure].of_parcels and self._by is not None and self._by not in OF_PARCELS

    def _sum(self, terms: Sum, steps: Sequence[int], part: str, figure: Figure) -> float:
        cells = self._levels if figure.is_level else self._flows
        total = 0
        for term in terms:
            key = "" if self._is_whole(term.measure) else part
            for step in steps:
                cell = cells.of(term.measure, step, key)
                total += term.sign * (cell.n if term.of == Of.N else cell.total)
        return total

    def _money(self, figure: Figure, steps: Sequence[int], part: str) -> Value:
        amounts: dict[str, int] = {}
        count = 0
        for term in figure.top:
            for step in steps:
                for currency, cell in self._flows.by_currency(term.measure, step, part).items():
                    amounts[currency] = amounts.get(currency, 0) + term.sign * cell.total
                    count += cell.n
        over = self._sum(figure.over, steps, part, figure) if figure.over else 1
        if over <= 0:
            return Value(None, 0)
        by_currency = {
            currency: (Decimal(amount) / _THOUSAND / Decimal(over)).quantize(Decimal("0.001"))
            for currency, amount in sorted(amounts.items())
        }
        one = float(next(iter(by_currency.values()))) if len(by_currency) == 1 else None
        return Value(0.0 if not by_currency else one, count if not figure.over else int(over), by_currency=by_currency)


def _stood(moved: Cells, measures: set[str], steps: int) -> Cells:
    """How levels stood at the end of each step, from what came and went in it; step 0 is all that was before."""
    found = Cells()
    for measure in measures:
        for part in moved.parts([measure]):
            so_far = Cell()
            so_far.add(moved.of(measure, 0, part))
            for step in range(1, steps):
                so_far.add(moved.of(measure, step, part))
                found.cell(MEASURES[measure].number, step - 1, part).add(so_far)
    return found


def _age(figure: Figure, count: float, opened: float, end: int) -> float | None:
    """The average age of what is open: of moments (seconds) added up, by the end of the step, at most by now."""
    if count <= 0:
        return None
    at = min(end * 900, timezone.now().timestamp())
    return max(at - opened / count, 0.0)


def _compared(figure: Figure, now: Value, before: Value) -> Compared:
    change = None
    if now.value is not None and before.value is not None:
        if figure.unit == Unit.SHARE:
            change = now.value - before.value
        elif before.value:
            change = now.value / before.value - 1
    return Compared(now, before, change)
