"""Sums read: from the rollups where they have what is asked, from the marks themselves where several cuts meet.

Steps are half-open spans of quarter hours (UTC, numbered from 1970), given by where they begin and where the last one
ends. A day of UTC that lies in one step is read as one row; of a day at a step's edge the quarter hours are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection

from tickets.policies.kpi import histogram
from tickets.policies.kpi.cuts import CUTS, OF_PARCELS, WHOLE
from tickets.policies.kpi.figures import refuse_unknown_cuts
from tickets.policies.kpi.measures import BY_NUMBER, MEASURES
from tickets.policies.kpi.periods import QUARTERS_A_DAY
from tickets.services.kpi import parcels
from tickets.services.kpi.rolling import SEPARATOR

type Filters = Mapping[str, Sequence[str]]
_EPOCH = date(1970, 1, 1)
_QUARTER_SECONDS = 900
type Key = tuple[str, int, str]
"""Measure, step (from 0), part."""

_ABOUT = "r.measure = ANY(%(measures)s) AND r.cut = %(cut)s AND r.day >= %(first)s::date AND r.day <= %(last)s::date"
_DAY_NUMBER = "(r.day - DATE '1970-01-01')"
_SPLIT = f"""
SELECT r.*, width_bucket({_DAY_NUMBER} * {QUARTERS_A_DAY}, %(edges)s::int[]) AS begins,
    width_bucket({_DAY_NUMBER} * {QUARTERS_A_DAY} + {QUARTERS_A_DAY - 1}, %(edges)s::int[]) AS ends
FROM tickets_kpirollup r WHERE {_ABOUT} AND {{parts}}
"""  # noqa: S608 - our own texts
_SUMS = f"""
WITH r AS ({_SPLIT})
SELECT measure, step, {{part}} AS part, sum(n)::bigint, sum(total)::bigint FROM (
    SELECT measure, part, begins AS step, n, total FROM r WHERE begins = ends
    UNION ALL
    SELECT r.measure, r.part, width_bucket({_DAY_NUMBER} * {QUARTERS_A_DAY} + c.slot, %(edges)s::int[]), c.n, c.total
    FROM r, unnest(r.slots, r.ns, r.totals) c (slot, n, total) WHERE r.begins <> r.ends
) cells WHERE step > 0 AND step < %(end)s GROUP BY 1, 2, 3
"""  # noqa: S608 - our own texts
_CLASSES = f"""
WITH r AS ({_SPLIT})
SELECT measure, step, {{part}} AS part, bucket, sum(n)::bigint FROM (
    SELECT r.measure, r.part, r.begins AS step, c.bucket, c.n
    FROM r, unnest(r.day_buckets, r.day_ns) c (bucket, n) WHERE r.begins = r.ends
    UNION ALL
    SELECT r.measure, r.part, width_bucket({_DAY_NUMBER} * {QUARTERS_A_DAY} + c.slot, %(edges)s::int[]), c.bucket, c.n
    FROM r, unnest(r.slots, r.buckets, r.ns) c (slot, bucket, n) WHERE r.begins <> r.ends
) cells WHERE step > 0 AND step < %(end)s GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - our own texts
_NUMBER = "floor(extract(epoch FROM {at}) / 900)::int"
_OF_MARKS = f"""
SELECT m.measure, width_bucket({_NUMBER.format(at="m.at")}, %(edges)s::int[]) AS step,
    CASE WHEN d.currency = '' THEN {{part}} ELSE d.currency || '{SEPARATOR}' || {{part}} END AS part,
    {{bucket}} AS bucket, sum(m.n)::bigint, sum(m.value)::bigint
FROM tickets_kpimark m JOIN tickets_kpidims d ON d.id = m.dims_id
WHERE m.measure = ANY(%(measures)s) AND m.at >= to_timestamp(%(since)s) AND m.at < to_timestamp(%(until)s) AND {{where}}
GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - our own texts
_OF_SHIPMENTS = f"""
SELECT m.measure, width_bucket({_NUMBER.format(at="m.at")}, %(edges)s::int[]) AS step, {{part}} AS part, 0,
    count(*)::bigint, sum(m.value)::bigint
FROM ({
    parcels.MARKS.format(
        created_at="s.created_at >= to_timestamp(%(since)s) AND s.created_at < to_timestamp(%(until)s)",
        delivered_at="s.delivered_at >= to_timestamp(%(since)s) AND s.delivered_at < to_timestamp(%(until)s)",
    )
}) m JOIN logistics_shipment s ON s.id = m.id LEFT JOIN logistics_carrier k ON k.id = s.carrier_id
WHERE m.measure = ANY(%(measures)s) AND {{where}} GROUP BY 1, 2, 3
"""  # noqa: S608 - our own texts


@dataclass(slots=True)
class Cell:
    """A sum: how many, what their values come to, and the classes of durations."""

    n: int = 0
    total: int = 0
    classes: dict[int, int] = field(default_factory=dict)

    def add(self, other: Cell) -> None:
        """Put another sum to this one."""
        self.n += other.n
        self.total += other.total
        for bucket, count in other.classes.items():
            self.count(bucket, count)

    def count(self, bucket: int, count: int) -> None:
        """So many more durations of a class."""
        self.classes[bucket] = self.classes.get(bucket, 0) + count

    def percentile(self, share: float) -> float | None:
        """The duration (seconds) that this share does not exceed."""
        return histogram.percentile(self.classes.items(), share)


class Cells:
    """Sums by measure, step and part; money's currencies apart."""

    def __init__(self) -> None:
        self._cells: dict[Key, dict[str, Cell]] = defaultdict(dict)

    def of(self, measure: str, step: int, part: str = "") -> Cell:
        """One sum, over all currencies: of what is no money."""
        found = self._cells.get((measure, step, part), {})
        return found.get("") or Cell()

    def by_currency(self, measure: str, step: int, part: str = "") -> Mapping[str, Cell]:
        """Sums of money, by currency."""
        return self._cells.get((measure, step, part), {})

    def parts(self, measures: Iterable[str]) -> list[str]:
        """The parts that any of these measures has."""
        wanted = set(measures)
        return list(dict.fromkeys(part for measure, _step, part in self._cells if measure in wanted))

    def cell(self, number: int, step: int, part: str) -> Cell:
        """The cell of a row, to be filled."""
        measure, currency = BY_NUMBER[number], ""
        if measure.is_money:
            currency, _, part = part.partition(SEPARATOR)
        return self._cells[measure.name, step, part].setdefault(currency, Cell())


def read(
    measures: Iterable[str],
    edges: Sequence[int],
    *,
    filters: Filters,
    by: str | None = None,
    classes: Iterable[str] = (),
) -> Cells:
    """Sums of measures in the steps that ``edges`` (quarter hours) bound, cut ``by`` or not.

    ``classes`` names the measures whose durations are wanted, too. Raises KpiRefused for an unknown cut.
    """
    filters = {name: list(parts) for name, parts in filters.items() if parts}
    refuse_unknown_cuts(*filters, *([by] if by else []))
    found = Cells()
    wanted = [MEASURES[name] for name in dict.fromkeys(measures)]
    of_parcels = {measure.number for measure in wanted if measure.of_parcels}
    of_tickets = {measure.number for measure in wanted} - of_parcels
    with_classes = {MEASURES[name].number for name in classes}
    if of_tickets:
        _Question(of_tickets, with_classes, edges, filters, by).answer(found, _OF_MARKS, _TICKETS_PARTS)
    if of_parcels:
        # What a parcel does not have divides nothing: complaints of a team are held against all parcels.
        own = {name: parts for name, parts in filters.items() if name in OF_PARCELS}
        cut = by if by in OF_PARCELS else None
        _Question(of_parcels, set(), edges, own, cut).answer(found, _OF_SHIPMENTS, parcels.PARTS)
    return found


_TICKETS_PARTS = {name: f"d.{name}" for name in CUTS}


@dataclass(frozen=True, slots=True)
class _Question:
    """Which sums: of which measures (by number), with the classes of which, in which steps, cut how."""

    numbers: set[int]
    with_classes: set[int]
    edges: Sequence[int]
    filters: Filters
    by: str | None

    def answer(self, found: Cells, sql: str, columns: Mapping[str, str]) -> None:
        """Read them: from rollups, or by ``sql`` from rows whose parts stand in ``columns``."""
        met = {*self.filters, *([self.by] if self.by else [])}
        money = {number for number in self.numbers if BY_NUMBER[number].is_money}
        for group in (money, self.numbers - money):
            some = replace(self, numbers=group, with_classes=self.with_classes & group)
            if group and len(met) <= 1:
                some._from_rollups(found, is_money=group == money)  # noqa: SLF001 - one of us
            elif group:
                some._from_rows(found, sql, columns)  # noqa: SLF001 - one of us

    def _from_rollups(self, found: Cells, *, is_money: bool) -> None:
        name = self.by or next(iter(self.filters), None)
        parts = self.filters.get(name, []) if name else []
        asked: dict[str, Any] = {
            "measures": sorted(self.numbers),
            "cut": CUTS[name].number if name else WHOLE,
            "edges": list(self.edges),
            "end": len(self.edges),
            "first": _day(self.edges[0]),
            "last": _day(self.edges[-1] - 1),
            "parts": list(parts),
        }
        bare = f"split_part(r.part, '{SEPARATOR}', 2)" if is_money else "r.part"
        where = f"{bare} = ANY(%(parts)s)" if parts else "TRUE"
        whole = f"split_part(part, '{SEPARATOR}', 1) || '{SEPARATOR}'" if is_money else "''"
        part = "part" if self.by else whole
        with connection.cursor() as cursor:
            cursor.execute(_SUMS.format(parts=where, part=part), asked)
            for number, step, key, n, total in cursor.fetchall():
                cell = found.cell(number, step - 1, key)
                cell.n, cell.total = cell.n + n, cell.total + total
            if self.with_classes:
                asked["measures"] = sorted(self.with_classes)
                cursor.execute(_CLASSES.format(parts=where, part=part), asked)
                for number, step, key, bucket, n in cursor.fetchall():
                    found.cell(number, step - 1, key).count(bucket, n)

    def _from_rows(self, found: Cells, sql: str, columns: Mapping[str, str]) -> None:
        asked: dict[str, Any] = {
            "measures": sorted(self.numbers),
            "edges": list(self.edges),
            "since": self.edges[0] * _QUARTER_SECONDS,
            "until": self.edges[-1] * _QUARTER_SECONDS,
            **{f"of_{name}": list(parts) for name, parts in self.filters.items()},
        }
        where = " AND ".join(f"{columns[name]} = ANY(%(of_{name})s)" for name in self.filters) or "TRUE"
        listed = ", ".join(str(number) for number in sorted(self.with_classes))
        bucket = f"CASE WHEN m.measure IN ({listed}) THEN {histogram.SQL % 'm.value'} ELSE 0 END" if listed else "0"
        with connection.cursor() as cursor:
            cursor.execute(sql.format(part=columns[self.by] if self.by else "''", where=where, bucket=bucket), asked)
            for number, step, part, klass, n, total in cursor.fetchall():
                cell = found.cell(number, step - 1, part)
                cell.n, cell.total = cell.n + n, cell.total + total
                if klass:
                    cell.count(klass, n)


def _day(quarter: int) -> date:
    return _EPOCH + timedelta(days=quarter // QUARTERS_A_DAY)
