"""Sending again: one delivery, or all of a period. Under the same ids, so that receivers know what they had."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from channels_integrations.choices import DeliveryState, SubscriptionState
from channels_integrations.errors import SubscriptionRefused
from channels_integrations.models import WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out.handing_on import deliver
from channels_integrations.webhooks_out.news import WORK_EVENTS, of_tickets, of_work
from channels_integrations.webhooks_out.subscriptions import TOPIC
from common.errors import InvalidInput
from common.jobs import nudge
from tickets.models import PartnerEvent

LONGEST: Final = timedelta(days=30)
MOST: Final = 10_000
"""Events of one period: more are asked for in parts."""
_BATCH: Final = 500


@transaction.atomic
def replay(delivery_id: int, *, now: datetime) -> WebhookDelivery:
    """Send one delivery again. Raises SubscriptionRefused while it is on its way, or its subscription is off."""
    delivery = (
        WebhookDelivery.objects.select_for_update(no_key=True, of=("self",))
        .select_related("subscription")
        .get(pk=delivery_id)
    )
    refuse_off(delivery.subscription)
    if delivery.is_test:
        raise SubscriptionRefused(_("A test is not sent again. Send another one."), code="test_not_replayed")
    if not _again(WebhookDelivery.objects.filter(pk=delivery.pk), now=now):
        raise SubscriptionRefused(_("It is on its way already."), code="delivery_pending")
    nudge(TOPIC)
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def replay_period(
    subscription: WebhookSubscription, *, since: datetime, until: datetime, everything: bool, now: datetime
) -> int:
    """Send again what happened from ``since`` to before ``until``, and what was never queued for this subscription.

    What was taken is sent again with ``everything`` only. Returns how many will be sent. Raises InvalidInput for a
    period that is none, too long or too full; SubscriptionRefused when the subscription is off.
    """
    refuse_off(subscription)
    if until <= since:
        raise InvalidInput(data={"until": [_("The end must lie behind the beginning.")]})
    if since < now - LONGEST:
        raise InvalidInput(data={"since": [_("At most %(days)d days back.") % {"days": LONGEST.days}]})
    events = PartnerEvent.objects.filter(partner_id=subscription.partner_id, at__gte=since, at__lt=until)
    numbers = list(events.order_by("at", "id").values_list("pk", flat=True)[: MOST + 1])
    of_kinds = {kind: _work(kind, subscription, since, until) for kind in WORK_EVENTS}
    if len(numbers) + sum(map(len, of_kinds.values())) > MOST:
        raise InvalidInput(data={"until": [_("More than %(most)d events: choose a shorter period.") % {"most": MOST}]})
    known = WebhookDelivery.objects.filter(
        subscription=subscription, is_test=False, happened_at__gte=since, happened_at__lt=until
    )
    pending = known.filter(state=DeliveryState.PENDING).count()
    again = _again(known if everything else known.exclude(state=DeliveryState.DELIVERED), now=now)
    before = known.count()
    listening = {subscription.partner_id: [subscription]}
    for begin in range(0, len(numbers), _BATCH):
        deliver(of_tickets(numbers[begin : begin + _BATCH]), listening, now=now)
    for kind, found in of_kinds.items():
        deliver(of_work(kind, found), listening, now=now)
    nudge(TOPIC)
    return pending + again + known.count() - before


def _work(kind: str, subscription: WebhookSubscription, since: datetime, until: datetime) -> list[int]:
    events = cast("Any", WORK_EVENTS[kind]).objects.filter(
        work__partner_id=subscription.partner_id, at__gte=since, at__lt=until
    )
    return list(events.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def _again(deliveries: QuerySet[WebhookDelivery], *, now: datetime) -> int:
    """Queue what is on its way no more. What waits for a later try is tried now."""
    deliveries.filter(state=DeliveryState.PENDING, claimed_until__isnull=True).update(next_attempt_at=now)
    return deliveries.filter(~Q(state=DeliveryState.PENDING)).update(
        state=DeliveryState.PENDING,
        attempts=0,
        first_attempt_at=None,
        next_attempt_at=now,
        claimed_until=None,
        ended_at=None,
    )


def refuse_off(subscription: WebhookSubscription) -> None:
    """Raise SubscriptionRefused when nothing is sent to this subscription."""
    if subscription.state == SubscriptionState.OFF:
        raise SubscriptionRefused(_("The webhook is off. Switch it on first."), code="webhook_off")
