"""Deliveries are kept for a month, with what was sent and answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from channels_integrations.models import WebhookAttempt, WebhookDelivery

KEPT: Final = timedelta(days=30)
BATCH: Final = 2_000


def forget_old(*, now: datetime) -> int:
    """Remove deliveries that are older than KEPT, whatever became of them, a batch a transaction. How many."""
    removed = 0
    while True:
        with transaction.atomic():
            # Keys rise with time: the oldest lie at the beginning, and no index of the time is needed.
            oldest = WebhookDelivery.objects.order_by("pk").values_list("pk", "created_at")[:BATCH]
            pks = [pk for pk, created_at in oldest if created_at <= now - KEPT]
            WebhookAttempt.objects.filter(delivery_id__in=pks).delete()
            WebhookDelivery.objects.filter(pk__in=pks).delete()
        removed += len(pks)
        if len(pks) < BATCH:
            return removed
