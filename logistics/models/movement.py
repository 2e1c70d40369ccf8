"""That a parcel has moved on, for whoever wants to hear of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.choices import TrackingStatus
from logistics.models.shipment import Shipment

TOLD_STATUSES = (
    TrackingStatus.PICKED_UP,
    TrackingStatus.CUSTOMS,
    TrackingStatus.OUT_FOR_DELIVERY,
    TrackingStatus.DELIVERED,
)
"""What customers who asked for it are told of."""


class MovementQuerySet(models.QuerySet["Movement"]):
    def waiting(self) -> MovementQuerySet:
        """Those nobody has looked at, in the order they were noticed."""
        return self.filter(handled_at__isnull=True).order_by("id")


class Movement(models.Model):
    """The first scan by which a parcel got a status of ``TOLD_STATUSES``; written when its customer wants notices."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="movements")
    status = models.CharField(_("status"), max_length=24, choices=TrackingStatus.choices)
    happened_at = models.DateTimeField(_("happened"))
    noticed_at = models.DateTimeField(_("noticed"))
    handled_at = models.DateTimeField(_("handled"), null=True)

    objects: ClassVar[models.Manager[Movement]] = MovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shipment", "status"], name="movement_once"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in TOLD_STATUSES]), name="movement_status"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(handled_at__isnull=True), name="movement_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.status}"
