"""Goods on their way to a partner's warehouse."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_fsm import FSMField

from logistics.choices import BookingState
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
from logistics.policies.work_states import BOOKING


class InboundBooking(WarehouseWork):
    """Announced to a warehouse, which confirms a slot or offers another, and says what came."""

    prefix = "IB"

    state = FSMField(_("state"), max_length=24, choices=BookingState.choices, default="announced", protected=True)
    expected_at = models.DateTimeField(_("expected to arrive"))
    slot_from = models.DateTimeField(_("slot from"), null=True, blank=True)
    slot_to = models.DateTimeField(_("slot until"), null=True, blank=True)
    packages = models.PositiveIntegerField(_("packages"), null=True, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)

    objects: ClassVar[models.Manager[InboundBooking]] = WorkQuerySet["InboundBooking"].as_manager()

    class Meta:
        verbose_name = _("inbound booking")
        verbose_name_plural = _("inbound bookings")
        permissions: ClassVar = [
            ("work_warehouse_orders", gettext_noop("Can open and move bookings, counts and instructions"))
        ]
        constraints: ClassVar = [
            *work_constraints("booking", BOOKING),
            models.CheckConstraint(
                condition=Q(slot_from__isnull=True, slot_to__isnull=True) | Q(slot_from__lt=F("slot_to")),
                name="booking_slot",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["countered", "confirmed"]) | Q(slot_from__isnull=False),
                name="booking_has_slot",
            ),
        ]
        indexes: ClassVar = work_indexes("booking")


class BookingLine(models.Model):
    """One item of a booking: what was announced, and what came."""

    work = models.ForeignKey(InboundBooking, on_delete=models.CASCADE, related_name="lines")
    item = item_field()
    description = description_field()
    expected_units = models.PositiveIntegerField(_("units expected"))
    received_units = models.PositiveIntegerField(_("units received"), null=True, blank=True)
    damaged_units = models.PositiveIntegerField(_("of these damaged"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        default_permissions = ()
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work", "item"], name="booking_line_item"),
            models.CheckConstraint(
                condition=Q(damaged_units__isnull=True) | Q(damaged_units__lte=F("received_units")),
                name="booking_line_damaged",
            ),
        ]

    def __str__(self) -> str:
        return self.item

    @property
    def differs(self) -> bool:
        """Whether something else came than was announced, or came damaged; False while nobody has looked."""
        if self.received_units is None:
            return False
        return self.received_units != self.expected_units or bool(self.damaged_units)


class BookingEvent(WorkEvent):
    """What happened to a booking."""

    work = models.ForeignKey(InboundBooking, on_delete=models.CASCADE, related_name="events")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ()
        ordering: ClassVar = ["sequence"]
        constraints: ClassVar = event_constraints("booking_event")
        indexes: ClassVar = event_indexes("booking_event")
