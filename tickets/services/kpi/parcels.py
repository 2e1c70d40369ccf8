"""Parcels, counted by the day (UTC): how many came, were delivered, and were on time. No mark stands for a parcel.

On time: delivered on the promised day or before, by the calendar of the place of delivery (the scan's own offset from
UTC; UTC where the scan says none). Counted are parcels that were promised a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from django.db import connection

from logistics.choices import TrackingStatus
from tickets.policies.kpi.cuts import CUTS, OF_PARCELS, WHOLE
from tickets.policies.kpi.measures import MEASURES
from tickets.services.kpi.rolling import COLUMNS, PACKED

PARCEL, DELIVERED, ON_TIME = (MEASURES[name].number for name in ("parcel", "delivered", "on_time"))

LANE = """CASE WHEN s.origin_country = '' AND s.destination_country = '' THEN ''
    ELSE coalesce(nullif(s.origin_country, ''), '?') || '-' || coalesce(nullif(s.destination_country, ''), '?') END"""
_IN_TIME = f"""
(s.delivered_at AT TIME ZONE 'UTC' + make_interval(mins => coalesce((
    SELECT e.offset_minutes FROM logistics_trackingevent e
    WHERE e.shipment_id = s.id AND e.at = s.delivered_at AND e.status = '{TrackingStatus.DELIVERED}'
    ORDER BY e.id LIMIT 1
), 0)))::date <= s.promised_date
"""  # noqa: S608 - our own words
MARKS: Final = f"""
SELECT {PARCEL} AS measure, s.id, s.created_at AS at, 0 AS value FROM logistics_shipment s WHERE {{created_at}}
UNION ALL
SELECT {DELIVERED}, s.id, s.delivered_at, 0 FROM logistics_shipment s WHERE {{delivered_at}}
UNION ALL
SELECT {ON_TIME}, s.id, s.delivered_at, ({_IN_TIME})::int FROM logistics_shipment s
WHERE {{delivered_at}} AND s.promised_date IS NOT NULL
"""  # noqa: S608 - our own words
"""What is counted of parcels, the formula once; the two conditions say of which."""

PARTS: Final = {
    "lane": LANE,
    "carrier": "coalesce(s.carrier_id::text, '')",
    "partner": "coalesce(k.partner_id::text, '')",
    "country": "s.destination_country",
}
"""A parcel's part of each cut it has."""

_CUTS = ", ".join([f"({WHOLE}, '')", *(f"({CUTS[name].number}, {PARTS[name]})" for name in OF_PARCELS)])
_ON_DAY = (
    "s.{name} >= %(day)s::date::timestamp AT TIME ZONE 'UTC' "
    "AND s.{name} < (%(day)s::date + 1)::timestamp AT TIME ZONE 'UTC'"
)
_DAY = f"""
WITH cells AS MATERIALIZED (
    SELECT m.measure, c.cut::smallint AS cut, (m.at AT TIME ZONE 'UTC')::date AS day, c.part,
        floor(extract(epoch FROM (m.at AT TIME ZONE 'UTC')::time) / 900)::smallint AS slot, 0::smallint AS bucket,
        count(*) AS n, sum(m.value)::bigint AS total
    FROM ({
    MARKS.format(created_at=_ON_DAY.format(name="created_at"), delivered_at=_ON_DAY.format(name="delivered_at"))
}) m JOIN logistics_shipment s ON s.id = m.id LEFT JOIN logistics_carrier k ON k.id = s.carrier_id
    CROSS JOIN LATERAL (VALUES {_CUTS}) c (cut, part)
    GROUP BY 1, 2, 3, 4, 5
)
INSERT INTO tickets_kpirollup ({COLUMNS}) {PACKED.format(cells="cells")}
"""  # noqa: S608 - our own words
_DAYS = """
SELECT DISTINCT (created_at AT TIME ZONE 'UTC')::date FROM logistics_shipment
UNION SELECT DISTINCT (delivered_at AT TIME ZONE 'UTC')::date FROM logistics_shipment WHERE delivered_at IS NOT NULL
"""


def take_days(days: Sequence[date] | None = None) -> set[date]:
    """Take away the notes of days (None: all) whose parcels changed, inside the transaction that counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM tickets_kpiparcelday WHERE %(all)s OR day = ANY(%(days)s) RETURNING day",
            {"all": days is None, "days": list(days or ())},
        )
        return {row[0] for row in cursor.fetchall()}


def roll_parcels(days: Iterable[date]) -> None:
    """Count the parcels of these days (UTC) anew, inside a transaction."""
    measures = [PARCEL, DELIVERED, ON_TIME]
    with connection.cursor() as cursor:
        for day in sorted(days):
            cursor.execute("DELETE FROM tickets_kpirollup WHERE day = %s AND measure = ANY(%s)", [day, measures])
            cursor.execute(_DAY, {"day": day})


def all_days() -> list[date]:
    """Every day (UTC) on which a parcel came or was delivered."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS)
        return sorted(row[0] for row in cursor.fetchall())
