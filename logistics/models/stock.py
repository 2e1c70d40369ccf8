"""What lies at a partner's: as they said last, and as we expect it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from logistics.choices import WorkVia
from logistics.models.party import Partner
from logistics.models.warehouse_work import item_field


class StockLevel(models.Model):
    """One item at one partner's. ``units`` is what they said last, ``expected_units`` that and what moved since."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("partner"))
    item = item_field()
    units = models.PositiveIntegerField(_("units reported"), null=True, blank=True)
    expected_units = models.BigIntegerField(_("units expected"))
    reported_day = models.DateField(_("reported for"), null=True, blank=True)
    reported_at = models.DateTimeField(_("reported"), null=True, blank=True)

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "item"], name="stock_level_item")]

    def __str__(self) -> str:
        return self.item


class StockSync(models.Model):
    """What a partner reported for one of its days; begun with the first part, completed with the last."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("partner"))
    day = models.DateField(_("day"))
    begun_at = models.DateTimeField(_("begun"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    via = models.CharField(_("via"), max_length=12, choices=WorkVia.choices)

    class Meta:
        verbose_name = _("stock report")
        verbose_name_plural = _("stock reports")
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "day"], name="stock_sync_day")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class StockReading(models.Model):
    """One item of a report: what was said, and what we expected then (None: nothing was known of it)."""

    sync = models.ForeignKey(StockSync, on_delete=models.CASCADE, related_name="readings")
    item = item_field()
    units = models.PositiveIntegerField(_("units reported"))
    expected_units = models.BigIntegerField(_("units expected"), null=True, blank=True)
    differs = models.BooleanField(_("differs beyond what was agreed"), default=False)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        default_permissions = ()
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sync", "item"], name="stock_reading_item")]

    def __str__(self) -> str:
        return self.item
