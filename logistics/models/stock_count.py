"""A warehouse is asked to count what lies there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from logistics.choices import CountState
from logistics.models.warehouse_work import (
    WarehouseWork,
    WorkEvent,
    WorkQuerySet,
    description_field,
    event_constraints,
    event_indexes,
    item_field,
    work_constraints,
    work_indexes,
)
from logistics.policies.work_states import COUNT


class StockCount(WarehouseWork):
    """Asked, counted, a difference explained, accepted. Whoever counts is not told what we expect to find."""

    prefix = "SC"

    state = FSMField(_("state"), max_length=24, choices=CountState.choices, default="asked", protected=True)
    counted_at = models.DateTimeField(_("counted"), null=True, blank=True)

    objects: ClassVar[models.Manager[StockCount]] = WorkQuerySet["StockCount"].as_manager()

    class Meta:
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        constraints: ClassVar = work_constraints("count", COUNT)
        indexes: ClassVar = work_indexes("count")


class CountLine(models.Model):
    """One item of a count. ``expected_units`` is what we believed when it was counted; None when we know nothing."""

    work = models.ForeignKey(StockCount, on_delete=models.CASCADE, related_name="lines")
    item = item_field()
    description = description_field()
    expected_units = models.BigIntegerField(_("units expected"), null=True, blank=True)
    counted_units = models.PositiveIntegerField(_("units counted"), null=True, blank=True)
    differs = models.BooleanField(_("differs beyond what was agreed"), default=False)
    explanation = models.CharField(_("explanation"), max_length=1_000, blank=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        default_permissions = ()
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["work", "item"], name="count_line_item")]

    def __str__(self) -> str:
        return self.item


class CountEvent(WorkEvent):
    """What happened to a count."""

    work = models.ForeignKey(StockCount, on_delete=models.CASCADE, related_name="events")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ()
        ordering: ClassVar = ["sequence"]
        constraints: ClassVar = event_constraints("count_event")
        indexes: ClassVar = event_indexes("count_event")
