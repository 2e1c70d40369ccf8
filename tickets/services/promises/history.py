"""What the past of tickets says about their promises, read only where it is asked for, and for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection

from tickets.choices import ENDED_PHASES, Audience, Target
from tickets.policies.promises import Interval

# The first words of ours to a customer; what a machine said is no response.
_ANSWERED = """
SELECT DISTINCT ticket_id FROM tickets_message
WHERE ticket_id = ANY(%s) AND direction = 'out' AND NOT is_automatic AND audience = 'customer'
"""
_FACTS = """
SELECT ticket_id, valid_from, valid_to, waiting_on, phase FROM tickets_ticketfacts
WHERE ticket_id = ANY(%s) ORDER BY ticket_id, valid_from
"""
_TOLD = """
SELECT ticket_id, max(at) FROM tickets_ticketevent
WHERE ticket_id = ANY(%s) AND type = 'message_queued' AND data->>'audience' = %s
AND coalesce(data->>'tells', 'true') <> 'false' GROUP BY ticket_id
"""
_PARTNERS = """
SELECT t.id, coalesce(c.broker_id, r.warehouse_id, w.warehouse_id, i.partner_id),
    coalesce(i.partner_id, k.partner_id)
FROM tickets_ticket t
LEFT JOIN tickets_clearancedetail c ON c.ticket_id = t.id
LEFT JOIN tickets_returndetail r ON r.ticket_id = t.id
LEFT JOIN tickets_warehousedetail w ON w.ticket_id = t.id
LEFT JOIN tickets_inquirydetail i ON i.ticket_id = t.id
LEFT JOIN logistics_shipment s ON s.id = t.shipment_id
LEFT JOIN logistics_carrier k ON k.id = s.carrier_id
WHERE t.id = ANY(%s)
"""


class History:
    """The past of some tickets. Inside a change it is the past up to the change."""

    def __init__(self, ticket_ids: Sequence[int]) -> None:
        self._ids = list(ticket_ids)

    def was_answered(self, ticket_id: int) -> bool:
        """Whether a person of ours has ever written to the customer."""
        return ticket_id in self._answered

    def intervals(self, ticket_id: int) -> list[Interval]:
        """Whom the ticket waited on, from when to when."""
        return [(since, until, party) for since, until, party, _phase in self._facts.get(ticket_id, [])]

    def reopened_at(self, ticket_id: int) -> datetime | None:
        """When it was reopened last."""
        ended = [until for _, until, _, phase in self._facts.get(ticket_id, []) if phase in ENDED_PHASES]
        return ended[-1] if ended else None

    def alive_since(self, ticket_id: int) -> datetime | None:
        """When it began or was reopened last, as the facts have it."""
        reopened_at = self.reopened_at(ticket_id)
        return reopened_at or next((since for since, *_rest in self._facts.get(ticket_id, [])), None)

    def told_at(self, ticket_id: int) -> datetime | None:
        """When we last wrote something to the customer that told them anything."""
        return self._told.get(ticket_id)

    def partner_asked(self, ticket_id: int, target: str) -> int | None:
        """The partner whose answer a ticket waits for, when anybody knows."""
        partner, carriers_partner = self._partners.get(ticket_id, (None, None))
        return carriers_partner if target == Target.CARRIER_ANSWER else partner

    @cached_property
    def _answered(self) -> set[int]:
        return {row[0] for row in self._rows(_ANSWERED)}

    @cached_property
    def _facts(self) -> dict[int, list[tuple[datetime, datetime | None, str, str]]]:
        found: dict[int, list[tuple[datetime, datetime | None, str, str]]] = {}
        for ticket_id, since, until, party, phase in self._rows(_FACTS):
            found.setdefault(ticket_id, []).append((since, until, party, phase))
        return found

    @cached_property
    def _told(self) -> dict[int, datetime]:
        return dict(self._rows(_TOLD, Audience.CUSTOMER))

    @cached_property
    def _partners(self) -> dict[int, tuple[int | None, int | None]]:
        return {ticket_id: (partner, carriers) for ticket_id, partner, carriers in self._rows(_PARTNERS)}

    def _rows(self, sql: str, *more: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [self._ids, *more])
            return list(cursor.fetchall())
