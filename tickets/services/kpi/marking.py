"""The marks of some tickets, found anew, and what differs from those that were kept.

The difference is left in a table of the session, ``kpi_delta``, for the rollups (``rolling``).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from tickets.policies.kpi.measures import ALL_MARKS, BATCH, COLUMNS, MEASURES
from tickets.services.promises.policies import promises

REPEATS_WITHIN_DAYS = 30

_PARTS = "kind, lane, carrier, partner, channel, language, country, team, agent, priority, tier, currency"
_TABLES = """
CREATE TEMP TABLE IF NOT EXISTS kpi_new (
    ticket_id bigint, measure int, source bigint, at timestamptz, n int, value bigint, since timestamptz,
    kind text, lane text, carrier text, partner text, channel text, language text, country text,
    team text, agent text, priority text, tier text, currency text, dims_id bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS kpi_delta (
    measure int, dims_id bigint, at timestamptz, n int, value bigint
) ON COMMIT DELETE ROWS;
DELETE FROM kpi_new;
DELETE FROM kpi_delta
"""
# What a ticket is: as it is known today. Whose work, how urgent: as it stood at the mark's moment (openings: as now;
# what leaves a level: as it stood until then, which is as it came).
_FIND = f"""
INSERT INTO kpi_new
WITH {BATCH},
marks ({", ".join(COLUMNS)}) AS ({ALL_MARKS}),
stood AS (
    SELECT k.ticket_id, k.measure, k.source, k.at, k.n, k.value, k.since, b.kind, b.lane,
        coalesce(b.carrier_id::text, '') AS carrier,
        coalesce(coalesce(k.partner_id, b.partner_id)::text, '') AS partner,
        b.channel, b.language, b.country, coalesce(f.team_id::text, '') AS team,
        coalesce(coalesce(k.agent_id, f.assignee_id)::text, '') AS agent, coalesce(f.priority::text, '') AS priority,
        coalesce(f.tier, '') AS tier, k.currency
    FROM marks k JOIN b ON b.id = k.ticket_id
    LEFT JOIN LATERAL (
        (SELECT team_id, assignee_id, priority, tier FROM tickets_ticketfacts f WHERE f.ticket_id = k.ticket_id
         AND f.valid_from <= CASE WHEN k.latest THEN 'infinity' WHEN k.n < 0 THEN k.since ELSE k.at END
         ORDER BY f.valid_from DESC LIMIT 1)
        UNION ALL
        (SELECT team_id, assignee_id, priority, tier FROM tickets_ticketfacts f WHERE f.ticket_id = k.ticket_id
         ORDER BY f.valid_from LIMIT 1)
        LIMIT 1
    ) f ON TRUE
)
SELECT *, ('x' || left(md5(concat_ws('|', {_PARTS})), 16))::bit(64)::bigint FROM stood
"""  # noqa: S608 - our own texts
_IN_HOURS = """
SELECT k.ticket_id, k.measure, k.source, k.since, k.at, c.policy_id, c.calendar_id, c.partner_id
FROM kpi_new k JOIN tickets_clock c ON c.id = k.source WHERE k.measure = ANY(%s)
"""
_SET_HOURS = """
UPDATE kpi_new k SET value = h.value
FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[]) AS h (ticket_id, measure, source, value)
WHERE (k.ticket_id, k.measure, k.source) = (h.ticket_id, h.measure, h.source)
"""
_SAME = "(m.at, m.n, m.value, m.dims_id) = (k.at, k.n, k.value, k.dims_id)"
_KEYS = "(m.ticket_id, m.measure, m.source) = (k.ticket_id, k.measure, k.source)"
_KEEP = f"""
INSERT INTO tickets_kpidims (id, {_PARTS})
SELECT DISTINCT dims_id, {_PARTS} FROM kpi_new ON CONFLICT (id) DO NOTHING;
WITH gone AS (
    DELETE FROM tickets_kpimark m WHERE m.ticket_id = ANY(%(tickets)s)
    AND NOT EXISTS (SELECT FROM kpi_new k WHERE {_KEYS} AND {_SAME})
    RETURNING m.measure, m.dims_id, m.at, m.n, m.value
)
INSERT INTO kpi_delta SELECT measure, dims_id, at, -n, -value FROM gone;
WITH came AS (
    INSERT INTO tickets_kpimark (ticket_id, measure, source, at, n, value, dims_id)
    SELECT ticket_id, measure, source, at, n, value, dims_id FROM kpi_new
    ON CONFLICT (ticket_id, measure, source) DO NOTHING
    RETURNING measure, dims_id, at, n, value
)
INSERT INTO kpi_delta SELECT measure, dims_id, at, n, value FROM came;
SELECT count(*) FROM kpi_delta
"""  # noqa: S608 - our own texts
# A ticket's repeats hang on its customer's other tickets: those that came within a month after it may become one, or
# be none any more.
_AROUND = """
SELECT DISTINCT o.id FROM tickets_ticketfacts f
JOIN tickets_ticket t ON t.id = f.ticket_id
JOIN tickets_ticket o ON o.customer_id = f.customer_id
    AND o.opened_at BETWEEN t.opened_at AND t.opened_at + make_interval(days => %s)
WHERE f.ticket_id = ANY(%s) AND f.customer_id IS NOT NULL
"""


def with_followers(tickets: Sequence[int]) -> list[int]:
    """These tickets and those whose figures hang on them, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, [REPEATS_WITHIN_DAYS, list(tickets)])
        return sorted({*tickets, *(row[0] for row in cursor.fetchall())})


def mark(tickets: Sequence[int]) -> int:
    """Bring the marks of these tickets up to date, inside a transaction. Returns how many came or went."""
    asked = {"tickets": list(tickets)}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute(_FIND, asked)
        _count_hours()
        cursor.execute(_KEEP, asked)
        while cursor.nextset():
            pass
        return int(cursor.fetchone()[0])


def _count_hours() -> None:
    """Durations in the time in which they were promised: of the clocks they come from, by calendars as they are now."""
    kept = promises()
    columns: tuple[list[int], list[int], list[int], list[int]] = ([], [], [], [])
    with connection.cursor() as cursor:
        cursor.execute(_IN_HOURS, [sorted(measure.number for measure in MEASURES.values() if measure.in_hours)])
        for ticket_id, measure, source, since, at, policy_id, calendar_id, partner_id in cursor.fetchall():
            hours = kept.of_clock(policy_id, calendar_id=calendar_id, partner_id=partner_id)
            if hours.is_always:
                continue
            seconds = round(hours.between(since, at).total_seconds())
            for column, value in zip(columns, (ticket_id, measure, source, seconds), strict=True):
                column.append(value)
        if columns[0]:
            cursor.execute(_SET_HOURS, list(columns))
