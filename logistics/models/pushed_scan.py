"""Scans that partners push, kept before they are understood."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.models.party import Partner


class PushedScan(models.Model):
    """One scan of a partner's, from its acceptance until it is a ``TrackingEvent``; then the row goes.

    ``status`` is empty when the partner sent its own code alone. ``refusal`` says why it was not recorded: such rows
    are kept for a while and tell nobody outside.
    """

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+", db_index=False)
    tracking_number = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    offset_minutes = models.SmallIntegerField()
    status = models.CharField(max_length=24, choices=TrackingStatus.choices, blank=True)
    reason = models.CharField(max_length=24, choices=TrackingReason.choices, blank=True)
    fault = models.CharField(max_length=16, choices=Fault.choices, default=Fault.NOBODY)
    location = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    raw_code = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    received_at = models.DateTimeField()
    refusal = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("pushed scan")
        verbose_name_plural = _("pushed scans")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(status="") | ~Q(raw_code=""), name="pushed_scan_says_something")
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(refusal=""), name="pushed_scan_waiting"),
            models.Index(fields=["received_at"], condition=~Q(refusal=""), name="pushed_scan_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.tracking_number} {self.status or self.raw_code}"
