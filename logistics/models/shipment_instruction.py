"""A warehouse is told to send something to somebody."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from logistics.choices import InstructionRefusal, InstructionState
from logistics.models.party import Carrier, validate_country
from logistics.models.shipment import Shipment
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
from logistics.policies.work_states import INSTRUCTION


class ShipmentInstruction(WarehouseWork):
    """Sent, acknowledged, picked, dispatched with a tracking number; or refused with a reason."""

    prefix = "SI"

    state = FSMField(_("state"), max_length=24, choices=InstructionState.choices, default="sent", protected=True)
    recipient = models.CharField(_("recipient"), max_length=200)
    address = models.TextField(pgettext_lazy("of a recipient", "address"), max_length=1_000)
    country = models.CharField(_("country"), max_length=2, validators=[validate_country])
    ship_by = models.DateTimeField(_("ship by"), null=True, blank=True)
    carrier = models.ForeignKey(
        Carrier, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("carrier")
    )
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)
    shipment = models.ForeignKey(
        Shipment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shipment")
    )
    dispatched_at = models.DateTimeField(_("dispatched"), null=True, blank=True)
    refusal = models.CharField(_("why refused"), max_length=16, choices=InstructionRefusal.choices, blank=True)
    refusal_note = models.TextField(_("refused because"), blank=True, max_length=5_000)

    objects: ClassVar[models.Manager[ShipmentInstruction]] = WorkQuerySet["ShipmentInstruction"].as_manager()

    class Meta:
        verbose_name = _("shipment instruction")
        verbose_name_plural = _("shipment instructions")
        constraints: ClassVar = [
            *work_constraints("instruction", INSTRUCTION),
            models.CheckConstraint(
                condition=~Q(state="dispatched") | (~Q(tracking_number="") & Q(dispatched_at__isnull=False)),
                name="instruction_dispatched",
            ),
            models.CheckConstraint(
                condition=(~Q(state="refused") & Q(refusal="")) | Q(refusal__in=InstructionRefusal.values),
                name="instruction_refusal",
            ),
        ]
        indexes: ClassVar = work_indexes("instruction")


class InstructionLine(models.Model):
    """One item to send."""

    work = models.ForeignKey(ShipmentInstruction, on_delete=models.CASCADE, related_name="lines")
    item = item_field()
    description = description_field()
    units = models.PositiveIntegerField(_("units"))

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        default_permissions = ()
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work", "item"], name="instruction_line_item"),
            models.CheckConstraint(condition=Q(units__gt=0), name="instruction_line_units"),
        ]

    def __str__(self) -> str:
        return self.item


class InstructionEvent(WorkEvent):
    """What happened to an instruction."""

    work = models.ForeignKey(ShipmentInstruction, on_delete=models.CASCADE, related_name="events")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ()
        ordering: ClassVar = ["sequence"]
        constraints: ClassVar = event_constraints("instruction_event")
        indexes: ClassVar = event_indexes("instruction_event")
