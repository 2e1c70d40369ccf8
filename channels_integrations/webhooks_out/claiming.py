"""Which deliveries a worker may send next, fair between addresses.

A claim is committed before the wire is touched. It moves the delivery's next try to the end of its lease: when the
worker dies, the delivery is due again then, under the same id. No state says "sending": nothing has to be cleaned up.

Each address is sent a few at a time; one that is unknown, slow or failing only one, of these two of a partner at most,
and all of them together may take half of a worker's hands. So an address that lets everybody wait delays nobody but its
owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from channels_integrations.models import WebhookDelivery

LEASE: Final = timedelta(minutes=2)
"""Longer than a try can last (``sending.LONGEST``): a delivery whose worker died is due again after it."""
AT_A_TIME: Final = 4
"""To one address that is well."""
OF_PARTNER: Final = 8
TROUBLED_OF_PARTNER: Final = 2
"""To all addresses of one partner: those that are well, and those that are unknown, slow or failing."""

# Subscriptions are locked while claims are made: two workers never pick from the same one at once.
_CLAIM = """
WITH busy AS (
    SELECT subscription_id AS id, count(*) AS n FROM channels_integrations_webhookdelivery
    WHERE claimed_until > %(now)s GROUP BY 1
), known AS (
    SELECT id, partner_id, failures > 0 OR is_slow OR last_success_at IS NULL AS troubled
    FROM channels_integrations_webhooksubscription
), held AS (
    SELECT partner_id, troubled, sum(n) AS n FROM busy JOIN known USING (id) GROUP BY 1, 2
), open AS (
    SELECT s.id FROM channels_integrations_webhooksubscription AS s JOIN logistics_partner AS p ON p.id = s.partner_id
    WHERE s.state = 'active' AND p.is_active AND (s.holds_until IS NULL OR s.holds_until <= %(now)s)
    FOR NO KEY UPDATE OF s SKIP LOCKED
), due AS (
    SELECT d.id, d.next_attempt_at, known.troubled, known.partner_id,
        row_number() OVER (PARTITION BY known.id ORDER BY d.next_attempt_at, d.id) AS turn
    FROM open JOIN known USING (id) LEFT JOIN busy USING (id) CROSS JOIN LATERAL (
        SELECT id, next_attempt_at FROM channels_integrations_webhookdelivery
        WHERE subscription_id = known.id AND state = 'pending' AND next_attempt_at <= %(now)s AND NOT is_test
        ORDER BY next_attempt_at, id
        LIMIT greatest(CASE WHEN known.troubled THEN 1 ELSE %(at_a_time)s END - coalesce(busy.n, 0), 0)
    ) AS d
    UNION ALL
    SELECT d.id, d.next_attempt_at, true, known.partner_id, 1
    FROM channels_integrations_webhookdelivery AS d JOIN known ON known.id = d.subscription_id
    WHERE d.is_test AND d.state = 'pending' AND d.next_attempt_at <= %(now)s
), placed AS (
    SELECT due.*, coalesce(held.n, 0) + row_number() OVER (
        PARTITION BY due.partner_id, due.troubled ORDER BY due.turn, due.next_attempt_at, due.id) AS of_partner
    FROM due LEFT JOIN held ON held.partner_id = due.partner_id AND held.troubled = due.troubled
), allowed AS (
    SELECT *, row_number() OVER (PARTITION BY troubled ORDER BY turn, next_attempt_at, id) AS place
    FROM placed WHERE of_partner <= CASE WHEN troubled THEN %(troubled_of_partner)s ELSE %(of_partner)s END
), picked AS (
    SELECT id, troubled FROM allowed WHERE NOT troubled OR place <= %(for_troubled)s
    ORDER BY turn, next_attempt_at, id LIMIT %(most)s
)
UPDATE channels_integrations_webhookdelivery AS d
SET claimed_until = %(until)s, next_attempt_at = %(until)s, attempts = d.attempts + 1,
    first_attempt_at = coalesce(d.first_attempt_at, %(now)s)
FROM picked WHERE d.id = picked.id AND d.state = 'pending' AND d.next_attempt_at <= %(now)s
RETURNING d.id, picked.troubled
"""
# The last condition is looked at again on a row that somebody else claimed meanwhile: then it is theirs.
_DUE = """
SELECT EXISTS (
    SELECT FROM channels_integrations_webhooksubscription AS s JOIN logistics_partner AS p ON p.id = s.partner_id
    WHERE s.state = 'active' AND p.is_active AND (s.holds_until IS NULL OR s.holds_until <= %(now)s) AND EXISTS (
        SELECT FROM channels_integrations_webhookdelivery AS d
        WHERE d.subscription_id = s.id AND d.state = 'pending' AND d.next_attempt_at <= %(now)s)
) OR EXISTS (
    SELECT FROM channels_integrations_webhookdelivery
    WHERE is_test AND state = 'pending' AND next_attempt_at <= %(now)s)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this worker, and no other, may send until ``until``."""

    delivery: WebhookDelivery
    until: datetime
    is_troubled: bool


def claim(*, now: datetime, most: int, for_troubled: int) -> list[Claim]:
    """Claim up to ``most`` deliveries that are due, committed when this returns; ``for_troubled`` of them at most to
    addresses that are unknown, slow or failing."""
    until = now + LEASE
    values: dict[str, Any] = {
        "now": now,
        "until": until,
        "most": most,
        "for_troubled": for_troubled,
        "at_a_time": AT_A_TIME,
        "of_partner": OF_PARTNER,
        "troubled_of_partner": TROUBLED_OF_PARTNER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        troubled: dict[int, bool] = dict(cursor.fetchall())
    if not troubled:
        return []
    rows = WebhookDelivery.objects.filter(pk__in=troubled).select_related("subscription").order_by("pk")
    return [Claim(row, until, troubled[row.pk]) for row in rows]


def is_due(*, now: datetime) -> bool:
    """Whether a delivery waits that may be sent now."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": now})
        return bool(cursor.fetchone()[0])


def give_back(claims: Iterable[Claim], *, now: datetime) -> None:
    """Let claims go that were not begun: they are due at once."""
    pks: Sequence[int] = [one.delivery.pk for one in claims]
    WebhookDelivery.objects.filter(pk__in=pks, state="pending").update(claimed_until=None, next_attempt_at=now)
