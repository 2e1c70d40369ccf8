"""What we expect to lie at a partner's: moved by what comes in and goes out, set by what was counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import F

from logistics.models import StockLevel


def move(*, partner_id: int, units: Mapping[str, int]) -> None:
    """Expect so many units more (less, when negative) of some items.

    What goes out of an item nobody has told us of says nothing about how much is left, so it stays unknown.
    """
    for item, change in sorted(units.items()):  # in one order, so that two at once cannot wait for each other
        changed = StockLevel.objects.filter(partner_id=partner_id, item=item).update(
            expected_units=F("expected_units") + change
        )
        if changed or change < 0:
            continue
        _level, is_new = StockLevel.objects.get_or_create(
            partner_id=partner_id, item=item, defaults={"expected_units": change}
        )
        if not is_new:  # somebody else has just added it
            StockLevel.objects.filter(pk=_level.pk).update(expected_units=F("expected_units") + change)


def settle(*, partner_id: int, units: Mapping[str, int], day: date, now: datetime) -> None:
    """Take what was reported or counted as what lies there."""
    rows = [
        StockLevel(
            partner_id=partner_id, item=item, units=found, expected_units=found, reported_day=day, reported_at=now
        )
        for item, found in sorted(units.items())
    ]
    StockLevel.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["partner", "item"],
        update_fields=["units", "expected_units", "reported_day", "reported_at"],
    )


def expected(*, partner_id: int, items: list[str]) -> dict[str, int]:
    """What we expect of some items, held until the transaction ends; without those of which nothing is known."""
    rows = StockLevel.objects.filter(partner_id=partner_id, item__in=items).order_by("item").select_for_update()
    return dict(rows.values_list("item", "expected_units"))
