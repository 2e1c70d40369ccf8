"""What logistics noticed about a shipment; tickets decides what becomes of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.choices import IncidentState, IncidentType
from logistics.models.shipment import Shipment
from logistics.policies.subjects import told


class IncidentQuerySet(models.QuerySet["Incident"]):
    def waiting(self) -> IncidentQuerySet:
        """Those nobody has handled, in the order they were noticed."""
        return self.filter(state=IncidentState.NOTICED).order_by("id")


class Incident(models.Model):
    """One thing noticed once. ``dedupe_key`` is the same for each report of the same thing."""

    type = models.CharField(_("type"), max_length=24, choices=IncidentType.choices)
    shipment = models.ForeignKey(
        Shipment, on_delete=models.CASCADE, null=True, blank=True, related_name="incidents", verbose_name=_("shipment")
    )
    subject = models.CharField(_("subject"), max_length=200)
    evidence = models.JSONField(_("evidence"), default=dict, help_text=_("What was seen: scans, dates, differences."))
    dedupe_key = models.CharField(max_length=160, unique=True)
    happened_at = models.DateTimeField(_("happened"))
    noticed_at = models.DateTimeField(_("noticed"))
    state = models.CharField(_("state"), max_length=16, choices=IncidentState.choices, default=IncidentState.NOTICED)
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)
    outcome = models.CharField(_("what became of it"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager[Incident]] = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(type__in=IncidentType.values), name="incident_type"),
            models.CheckConstraint(condition=Q(state__in=IncidentState.values), name="incident_state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state=IncidentState.NOTICED), name="incident_waiting"),
        ]

    def __str__(self) -> str:
        return told(self.subject)
