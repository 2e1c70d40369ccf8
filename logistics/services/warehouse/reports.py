"""A partner says what lies on its shelves, once a day, in one part or in several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import PermissionRefused
from logistics.errors import NoSuchWork, StockRefused
from logistics.models import Partner, StockLevel, StockReading, StockSync
from logistics.policies.who import Who
from logistics.services.warehouse import noticing, shelves
from logistics.services.warehouse.noticing import Difference
from logistics.services.warehouse.terms import Terms, terms_of

MOST_LEVELS = 500
"""Items of one part."""
PERMISSION = "logistics.work_warehouse_orders"


@dataclass(frozen=True, slots=True)
class Level:
    """One item as the partner sees it."""

    item: str
    units: int


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a part: the day's report, and the readings in the order they were sent."""

    sync: StockSync
    readings: tuple[StockReading, ...]


@transaction.atomic
def report_stock(
    *, partner_id: int, levels: Sequence[Level], day: date | None = None, is_complete: bool, by: Who, now: datetime
) -> Report:
    """Take a part of a day's report; ``day`` is the partner's own, today when it is not given.

    Sent again, an item is corrected, and a difference told before is not told again. With the last part
    (``is_complete``) what was not mentioned is not there: 0 units. Items of one part are named once each.
    Raises NoSuchWork for another partner's, PermissionRefused, StockRefused for a day ahead or before the latest one.
    """
    if by.partner_id not in (None, partner_id):
        raise NoSuchWork(_("There is no such partner."))
    if not by.may(PERMISSION):
        raise PermissionRefused(_("You may not do this here."))
    # Parts of one partner follow one another, whoever sends them.
    partner = Partner.objects.select_for_update(no_key=True).filter(pk=partner_id).first()
    if partner is None:
        raise NoSuchWork(_("There is no such partner."))
    terms = terms_of(partner)
    day = _day(partner, terms, day, now=now)
    sync, _new = StockSync.objects.get_or_create(partner=partner, day=day, defaults={"begun_at": now, "via": by.via})
    readings = _read(sync, levels, terms)
    settled = {one.item: one.units for one in readings}
    if is_complete:
        settled |= {one.item: one.units for one in _read(sync, _unmentioned(partner, day), terms)}
        sync.completed_at = now
        sync.save(update_fields=["completed_at"])
    _tell(sync, partner, now=now)
    shelves.settle(partner_id=partner.pk, units=settled, day=day, now=now)
    return Report(sync, tuple(readings))


def _day(partner: Partner, terms: Terms, day: date | None, *, now: datetime) -> date:
    today = now.astimezone(terms.zone).date()
    day = day or today
    if day > today:
        raise StockRefused(_("%(day)s has not come yet where you are.") % {"day": day.isoformat()})
    latest = StockSync.objects.filter(partner=partner).order_by("-day").values_list("day", flat=True).first()
    if latest and day < latest:
        raise StockRefused(_("Stock is known for %(day)s already.") % {"day": latest.isoformat()})
    return day


def _read(sync: StockSync, levels: Sequence[Level], terms: Terms) -> list[StockReading]:
    """Write the readings down. What was expected is what we expected when the item was first told that day."""
    items = [level.item for level in levels]
    expected: dict[str, int | None] = dict(shelves.expected(partner_id=sync.partner_id, items=items))
    expected |= dict(sync.readings.filter(item__in=items).values_list("item", "expected_units"))
    readings = [
        StockReading(
            sync=sync,
            item=level.item,
            units=level.units,
            expected_units=expected.get(level.item),
            differs=terms.tolerance.is_exceeded(expected=expected.get(level.item), found=level.units),
        )
        for level in levels
    ]
    StockReading.objects.bulk_create(
        readings, update_conflicts=True, unique_fields=["sync", "item"], update_fields=["units", "differs"]
    )
    return readings


def _unmentioned(partner: Partner, day: date) -> list[Level]:
    """What should lie there and is in no part of the day's report."""
    told = StockReading.objects.filter(sync__partner=partner, sync__day=day).values("item")
    rows = StockLevel.objects.filter(partner=partner, expected_units__gt=0).exclude(item__in=told)
    return [Level(item, 0) for item in rows.order_by("item").values_list("item", flat=True)]


def _tell(sync: StockSync, partner: Partner, *, now: datetime) -> None:
    differing = sync.readings.filter(differs=True).order_by("id")
    noticing.notice_differences(
        [Difference(one.item, one.expected_units or 0, one.units) for one in differing],
        partner=partner,
        key=f"stock:{partner.pk}:{sync.day.isoformat()}",
        now=now,
    )
