"""Partners hear of what happens to their tickets: a numbered row beside each event that they may know of.

The journal writes these rows in the transaction of the change, under the ticket's lock: numbers have no gaps and their
order is that of the events. A ticket without a partner costs one look at its participants, in a trip that is made
anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from common.jobs import nudge
from tickets.policies.partner_events import ADDRESSED, TOLD
from tickets.services.rows import Statement

TOPIC: Final = "partner_events"
PARTNERS_OF: Final = "ARRAY(SELECT partner_id FROM tickets_participant WHERE ticket_id = %s AND partner_id IS NOT NULL)"
"""An SQL expression of a ticket's number: its partners. Empty for most."""

# Who may know what is what tickets.services.partner_scope shows: messages between partner and us, the partner's files.
_TELL = """
WITH told AS (
    SELECT e.id, e.ticket_id, e.sequence, e.at, n.name, p.partner_id
    FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[]) AS n (ticket_id, sequence, name, seen)
    JOIN tickets_ticketevent AS e ON e.ticket_id = n.ticket_id AND e.sequence = n.sequence
    JOIN tickets_participant AS p ON p.ticket_id = n.ticket_id AND p.partner_id IS NOT NULL
    WHERE CASE n.seen
        WHEN 'all' THEN true
        WHEN 'named' THEN (e.data->>'partner')::bigint = p.partner_id
        WHEN 'message' THEN EXISTS (
            SELECT FROM tickets_message AS m WHERE m.id = (e.data->>'message')::bigint
            AND m.partner_id = p.partner_id AND m.audience = 'partner')
        WHEN 'promise' THEN e.data->>'target' IN ('partner_answer', 'carrier_answer') AND EXISTS (
            SELECT FROM tickets_clock AS c WHERE c.id = (e.data->>'clock')::bigint AND c.partner_id = p.partner_id)
        WHEN 'files' THEN EXISTS (
            SELECT FROM tickets_attachment AS a LEFT JOIN tickets_message AS m ON m.id = a.message_id
            WHERE a.id IN (SELECT jsonb_array_elements_text(e.data->'attachments')::bigint)
            AND (a.partner_id = p.partner_id OR (m.partner_id = p.partner_id AND m.audience = 'partner')))
        ELSE false END
), known AS (
    SELECT pair.ticket_id, pair.partner_id, coalesce(last.sequence, 0) AS sequence
    FROM (SELECT DISTINCT ticket_id, partner_id FROM told) AS pair
    LEFT JOIN LATERAL (
        SELECT sequence FROM tickets_partnerevent AS before
        WHERE before.ticket_id = pair.ticket_id AND before.partner_id = pair.partner_id
        ORDER BY sequence DESC LIMIT 1) AS last ON true
), fresh AS (
    SELECT id, ticket_id, partner_id, sequence AS place, 1 AS rank, name, at FROM told
    UNION ALL
    (SELECT DISTINCT ON (told.ticket_id, told.partner_id)
        told.id, told.ticket_id, told.partner_id, told.sequence, 0, %s, told.at
    FROM told JOIN known USING (ticket_id, partner_id) WHERE known.sequence = 0
    ORDER BY told.ticket_id, told.partner_id, told.sequence)
)
INSERT INTO tickets_partnerevent (ticket_id, partner_id, sequence, type, at, event_id, is_handed_on)
SELECT ticket_id, partner_id,
    known.sequence + row_number() OVER (PARTITION BY ticket_id, partner_id ORDER BY fresh.place, fresh.rank),
    fresh.name, fresh.at, fresh.id, false
FROM fresh JOIN known USING (ticket_id, partner_id)
ORDER BY fresh.place, fresh.rank
"""


class Noted(Protocol):
    """An event that has its number."""

    ticket_id: int
    sequence: int
    type: str


def telling(events: Sequence[Noted]) -> Statement:
    """The statement that tells the partners of these tickets; their events must be written, their locks held."""
    nudge(TOPIC)
    return _TELL, [
        [event.ticket_id for event in events],
        [event.sequence for event in events],
        [TOLD[event.type].name for event in events],
        [TOLD[event.type].seen.value for event in events],
        ADDRESSED,
    ]
