"""From events to deliveries: each event once to each subscription that wants it, in one transaction with its mark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, cast

from django.db import transaction

from channels_integrations.choices import SubscriptionState
from channels_integrations.models import WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out.matching import wants
from channels_integrations.webhooks_out.news import WORK_EVENTS, News, of_tickets, of_work
from tickets.models import PartnerEvent

BATCH: Final = 500


def is_due() -> bool:
    """Whether an event waits that nobody has handed on."""
    return PartnerEvent.objects.filter(is_handed_on=False).exists() or any(
        cast("Any", model).objects.filter(is_handed_on=False).exists() for model in WORK_EVENTS.values()
    )


def hand_on(*, now: datetime) -> int:
    """Make deliveries of events that wait, a batch of each kind. Returns how many events were looked at."""
    done = _batch(PartnerEvent, "partner_id", of_tickets, now=now)
    for kind, model in WORK_EVENTS.items():
        done += _batch(model, "work__partner_id", lambda ids, kind=kind: of_work(kind, ids), now=now)  # type: ignore[misc]
    return done


@transaction.atomic
def _batch(model: Any, partner: str, read: Callable[[Sequence[int]], list[News]], *, now: datetime) -> int:
    waiting = model.objects.filter(is_handed_on=False).order_by("pk")
    rows = list(waiting.select_for_update(skip_locked=True, of=("self",)).values_list("pk", partner)[:BATCH])
    if not rows:
        return 0
    listening = subscriptions_of({partner_id for _, partner_id in rows})
    wanted = [pk for pk, partner_id in rows if partner_id in listening]
    if wanted:
        deliver(read(wanted), listening, now=now)
    model.objects.filter(pk__in=[pk for pk, _ in rows]).update(is_handed_on=True)
    return len(rows)


def subscriptions_of(partner_ids: Iterable[int]) -> dict[int, list[WebhookSubscription]]:
    """Who wants to hear, by partner. What is OFF hears nothing, what is PAUSED hears it when it goes on."""
    found: dict[int, list[WebhookSubscription]] = {}
    rows = WebhookSubscription.objects.filter(partner_id__in=partner_ids, partner__is_active=True)
    for row in rows.exclude(state=SubscriptionState.OFF).defer("secrets"):
        found.setdefault(row.partner_id, []).append(row)
    return found


def deliver(news: Iterable[News], listening: dict[int, list[WebhookSubscription]], *, now: datetime) -> int:
    """Queue news for those who want them; what is queued or sent already stays as it is. Returns how many matched."""
    deliveries = [
        WebhookDelivery(
            subscription=subscription,
            partner_event_id=one.partner_event_id,
            work_kind=one.work_kind,
            work_event=one.work_event_id,
            type=one.type,
            sequence=one.sequence,
            happened_at=one.at,
            body=one.body,
            next_attempt_at=now,
            created_at=now,
        )
        for one in news
        for subscription in listening.get(one.partner_id, ())
        if wants(subscription, what=one.type, facts=one.facts)
    ]
    WebhookDelivery.objects.bulk_create(deliveries, ignore_conflicts=True, batch_size=1_000)
    return len(deliveries)
