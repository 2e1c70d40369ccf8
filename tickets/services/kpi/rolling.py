"""Sums of marks: one row a measure, cut, part and day (UTC), with a cell for each quarter hour in it.

``roll_delta`` adds what ``marking`` left in ``kpi_delta``; ``roll_day`` counts a day anew from its marks. Both end at
the same rows: a cell is a sum, and what comes to nothing goes.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

from tickets.policies.kpi import histogram
from tickets.policies.kpi.cuts import CUTS, WHOLE
from tickets.policies.kpi.measures import MEASURES

DURATIONS = sorted(measure.number for measure in MEASURES.values() if measure.is_duration)
OF_MARKS = sorted(measure.number for measure in MEASURES.values() if not measure.of_parcels)

SEPARATOR = "|"
"""Between a currency and a part, in the rows of money: amounts are never added over currencies."""

_CUTS_OF_A_MARK = ", ".join([f"({WHOLE}, '')", *(f"({cut.number}, d.{cut.name})" for cut in CUTS.values())])
_QUARTER = "(extract(hour FROM utc) * 4 + floor(extract(minute FROM utc) / 15))::smallint"
_DURATIONS = ", ".join(str(number) for number in DURATIONS)

CELLS = f"""
SELECT x.measure, c.cut::smallint AS cut, x.day,
    CASE WHEN d.currency = '' THEN c.part ELSE d.currency || '{SEPARATOR}' || c.part END AS part,
    x.slot, x.bucket, sum(x.n)::bigint AS n, sum(x.total)::bigint AS total
FROM (
    SELECT m.measure, m.dims_id, utc::date AS day, {_QUARTER} AS slot,
        CASE WHEN m.measure IN ({_DURATIONS}) THEN {histogram.SQL % "m.seconds"} ELSE 0::smallint END AS bucket,
        sum(m.n)::bigint AS n, sum(m.value)::bigint AS total
    FROM ({{marks}}) m CROSS JOIN LATERAL (SELECT m.at AT TIME ZONE 'UTC' AS utc) u GROUP BY 1, 2, 3, 4, 5
) x JOIN tickets_kpidims d ON d.id = x.dims_id
CROSS JOIN LATERAL (VALUES {_CUTS_OF_A_MARK}) c (cut, part)
GROUP BY 1, 2, 3, 4, 5, 6
"""  # noqa: S608 - our own texts
"""Quarter hours and classes by measure, cut and part; marks of one combination of parts are added up first."""

PACKED = """
SELECT c.measure, c.cut, c.day, c.part, c.n, c.total, coalesce(h.buckets, '{{}}'), coalesce(h.ns, '{{}}'),
    c.slots, c.buckets, c.ns, c.totals
FROM (
    SELECT measure, cut, day, part, sum(n)::int AS n, sum(total)::bigint AS total, array_agg(slot) AS slots,
        array_agg(bucket) AS buckets, array_agg(n::int) AS ns, array_agg(total) AS totals
    FROM (SELECT * FROM {cells} ORDER BY measure, cut, day, part, slot, bucket) c GROUP BY 1, 2, 3, 4
) c
LEFT JOIN (
    SELECT measure, cut, day, part, array_agg(bucket) AS buckets, array_agg(n) AS ns
    FROM (
        SELECT measure, cut, day, part, bucket, sum(n)::int AS n FROM {cells} WHERE bucket > 0
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ) b GROUP BY 1, 2, 3, 4
) h USING (measure, cut, day, part)
"""
"""Rows of the rollup from the cells of ``{cells}``."""

COLUMNS = "measure, cut, day, part, n, total, day_buckets, day_ns, slots, buckets, ns, totals"
_SET = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", ")[4:])

# −value of a duration that goes away is in the class of the value itself.
_DELTA = CELLS.format(marks="SELECT measure, dims_id, at, n, value, abs(value) AS seconds FROM kpi_delta")
_ADD = f"""
WITH came AS MATERIALIZED ({_DELTA}),
keys AS MATERIALIZED (SELECT DISTINCT measure, cut, day, part FROM came),
cells AS MATERIALIZED (
    SELECT measure, cut, day, part, slot, bucket, sum(n)::bigint AS n, sum(total)::bigint AS total FROM (
        SELECT measure, cut, day, part, slot, bucket, n, total FROM came
        UNION ALL
        SELECT r.measure, r.cut, r.day, r.part, u.slot, u.bucket, u.n, u.total
        FROM keys k JOIN tickets_kpirollup r USING (measure, cut, day, part),
            unnest(r.slots, r.buckets, r.ns, r.totals) u (slot, bucket, n, total)
    ) both_sides GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) <> 0 OR sum(total) <> 0
),
gone AS (
    DELETE FROM tickets_kpirollup r USING keys k
    WHERE (r.measure, r.cut, r.day, r.part) = (k.measure, k.cut, k.day, k.part)
    AND NOT EXISTS (SELECT FROM cells c WHERE (c.measure, c.cut, c.day, c.part) = (k.measure, k.cut, k.day, k.part))
)
INSERT INTO tickets_kpirollup ({COLUMNS}) {PACKED.format(cells="cells")}
ON CONFLICT (measure, cut, day, part) DO UPDATE SET {_SET}
"""  # noqa: S608 - our own texts
_DAY = f"""
WITH cells AS MATERIALIZED (
    SELECT * FROM ({
    CELLS.format(
        marks="SELECT measure, dims_id, at, n, value, value AS seconds FROM tickets_kpimark "
        "WHERE measure = ANY(%(measures)s) AND at >= %(day)s::date::timestamp AT TIME ZONE 'UTC' "
        "AND at < (%(day)s::date + 1)::timestamp AT TIME ZONE 'UTC'"
    )
}) c WHERE n <> 0 OR total <> 0
)
INSERT INTO tickets_kpirollup ({COLUMNS}) {PACKED.format(cells="cells")}
"""  # noqa: S608 - our own texts


def roll_delta() -> None:
    """Add the difference that marking left to the sums, in its transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD)


def roll_day(day: date) -> None:
    """Count all measures of tickets on one day (UTC) anew, inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("DELETE FROM tickets_kpirollup WHERE day = %s AND measure = ANY(%s)", [day, OF_MARKS])
        cursor.execute(_DAY, {"day": day, "measures": OF_MARKS})
