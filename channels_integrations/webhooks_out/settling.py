"""Writing down what came of tries, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from channels_integrations.choices import DeliveryState, SubscriptionReason, SubscriptionState
from channels_integrations.models import WebhookAttempt, WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out import health
from channels_integrations.webhooks_out.pauses import next_try, wish_of
from channels_integrations.webhooks_out.posting import Tried

_THROTTLES: Final = frozenset({429, 502, 503, 504})
"""After these the specification wants the address left alone, all of it."""
_NOTED_EVERY: Final = timedelta(seconds=10)

# Only while the claim is ours: a lease that ended has given the delivery to somebody else.
_RESULTS = """
UPDATE channels_integrations_webhookdelivery AS d
SET state = n.state, next_attempt_at = n.next_attempt_at, claimed_until = NULL, last_status = n.status,
    failure = n.failure, ended_at = CASE WHEN n.state = 'pending' THEN NULL ELSE %s END
FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::timestamptz[], %s::smallint[], %s::text[])
    AS n (id, claim, state, next_attempt_at, status, failure)
WHERE d.id = n.id AND d.claimed_until = n.claim AND d.state = 'pending'
"""


@transaction.atomic
def settle(tried: Sequence[Tried], *, now: datetime) -> None:
    """Write down tries: the log, when to try again, how each address fares."""
    if not tried:
        return
    # Subscriptions first, in order, as everywhere.
    pks = sorted({one.claim.delivery.subscription_id for one in tried})
    rows = WebhookSubscription.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=pks).order_by("pk")
    subscriptions = {row.pk: row for row in rows}
    tried = [one for one in tried if one.claim.delivery.subscription_id in subscriptions]
    WebhookAttempt.objects.bulk_create(
        WebhookAttempt(
            delivery=one.claim.delivery,
            started_at=one.started_at,
            milliseconds=one.milliseconds,
            status=one.status,
            request_headers=one.request_headers,
            response_headers=one.response_headers,
            response_body=one.response_body,
            failure=one.failure,
        )
        for one in tried
    )
    results = [_result(one, now=now) for one in tried]
    with connection.cursor() as cursor:
        cursor.execute(
            _RESULTS,
            [
                now,
                [one.claim.delivery.pk for one in tried],
                [one.claim.until for one in tried],
                [state.value for state, _ in results],
                [moment for _, moment in results],
                [one.status for one in tried],
                [one.failure for one in tried],
            ],
        )
    for pk, subscription in subscriptions.items():
        _note(subscription, [one for one in tried if one.claim.delivery.subscription_id == pk], now=now)


def _result(one: Tried, *, now: datetime) -> tuple[DeliveryState, datetime | None]:
    if one.ok:
        return DeliveryState.DELIVERED, None
    delivery = one.claim.delivery
    if one.is_gone or delivery.is_test:
        return DeliveryState.DEAD, None
    again = next_try(attempts=delivery.attempts, now=now, retry_after=_wish(one, now=now))
    return (DeliveryState.PENDING, again) if again else (DeliveryState.DEAD, None)


def _wish(one: Tried, *, now: datetime) -> timedelta | None:
    return wish_of(one.response_headers.get("retry-after", ""), now=now)


def _note(subscription: WebhookSubscription, tried: Sequence[Tried], *, now: datetime) -> None:
    """How an address fares after these tries, the last of them the latest."""
    real = [one for one in tried if not one.claim.delivery.is_test]
    successes, failures = [one for one in tried if one.ok], [one for one in real if not one.ok]
    changed: dict[str, object] = {}
    if successes:
        is_slow = health.is_slow(successes)
        if (
            subscription.failures
            or subscription.is_slow != is_slow
            or subscription.last_success_at is None
            or now - subscription.last_success_at > _NOTED_EVERY
        ):
            changed = {"failures": 0, "failing_since": None, "last_success_at": now, "is_slow": is_slow}
    elif failures:
        last = failures[-1]
        changed = {
            "failures": subscription.failures + len(failures),
            "failing_since": subscription.failing_since or min(one.started_at for one in failures),
            "last_failure_at": now,
            "last_failure": last.failure,
        }
        throttled = [one for one in failures if one.status in _THROTTLES]
        if wishes := [wish for one in throttled if (wish := _wish(one, now=now)) is not None]:
            changed["holds_until"] = now + min(max(wishes), health.LONGEST_HOLD)
    for name, value in changed.items():
        setattr(subscription, name, value)
    if changed:
        subscription.save(update_fields=list(changed))
    if any(one.is_gone for one in tried):
        health.switch_off(subscription, reason=SubscriptionReason.GONE, now=now)
    elif subscription.state == SubscriptionState.ACTIVE and health.is_dead(subscription, now=now):
        health.pause(subscription, now=now)


def waiting(subscription: WebhookSubscription) -> int:
    """How many deliveries wait to be sent to this subscription."""
    return WebhookDelivery.objects.filter(subscription=subscription, state=DeliveryState.PENDING).count()
