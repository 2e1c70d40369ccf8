"""What logistics does when others say so: after migrations, the mappings it ships with."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_migrate
from django.dispatch import receiver

from common.api.authentication import read_keys_with
from common.jobs import on_topic
from logistics import carriers
from logistics.services.api_keys import caller_of
from logistics.services.scans import TOPIC

read_keys_with(caller_of)
on_topic(TOPIC, "logistics.tasks.record_scans")


@receiver(post_migrate, dispatch_uid="logistics.ship_mappings")
def ship_mappings(sender: Any, **kwargs: Any) -> None:
    """Add the rows of each adapter's mapping that are not there. What an administrator changed stays."""
    from logistics.models import StatusMapping

    if getattr(sender, "name", "") != "logistics":
        return
    rows = [
        StatusMapping(
            source=code,
            raw_code=row.raw_code,
            status=row.meaning.status,
            reason=row.meaning.reason,
            fault=row.meaning.fault,
            example=row.comment[:300],
        )
        for code in carriers.codes()
        for row in carriers.get(code).shipped_rows()
    ]
    StatusMapping.objects.using(kwargs["using"]).bulk_create(rows, ignore_conflicts=True)
