"""What holds parcels up on a whole lane, as staff know it before the scans do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from logistics.models.party import validate_country

if TYPE_CHECKING:
    from datetime import datetime


class AdvisoryCause(models.TextChoices):
    WEATHER = "weather", _("Weather")
    CONGESTION = "congestion", _("Congestion")
    CAPACITY = "capacity", _("No capacity")
    CUSTOMS_QUEUE = "customs_queue", _("Customs queue")
    STRIKE = "strike", _("Strike")
    OTHER = "other", _("Other")


class LaneAdvisoryQuerySet(models.QuerySet["LaneAdvisory"]):
    def current(self, *, now: datetime) -> LaneAdvisoryQuerySet:
        """Those that hold at a moment and were not withdrawn, in the order they were entered."""
        return self.filter(starts_at__lte=now, ends_at__gt=now, withdrawn_at__isnull=True).order_by("id")

    def on_lane(self, *, origin: str, destination: str) -> LaneAdvisoryQuerySet:
        """Those that bear on a parcel from one country to another; one of unknown countries only by the other end."""
        return self.filter(origin_country__in=["", origin], destination_country__in=["", destination])


class LaneAdvisory(models.Model):
    """Parcels on a lane take longer, from one moment to another. An empty country stands for all.

    ``tells_customers``: whether those with parcels under way there are written to, once each. ``tickets_through`` and
    ``shipments_through`` say how far those who tell it have come.
    """

    origin_country = models.CharField(_("from"), max_length=2, blank=True, validators=[validate_country])
    destination_country = models.CharField(_("to"), max_length=2, blank=True, validators=[validate_country])
    cause = models.CharField(_("cause"), max_length=16, choices=AdvisoryCause.choices)
    starts_at = models.DateTimeField(_("from when"))
    ends_at = models.DateTimeField(_("until about"))
    note = models.TextField(_("note for staff"), blank=True)
    tells_customers = models.BooleanField(_("tell the customers"), default=True)
    created_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    tickets_through = models.BigIntegerField(default=0, editable=False)
    shipments_through = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[LaneAdvisoryQuerySet] = LaneAdvisoryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("lane advisory")
        verbose_name_plural = _("lane advisories")
        ordering: ClassVar = ["-starts_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cause__in=AdvisoryCause.values), name="lane_advisory_cause"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="lane_advisory_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(origin_country="") | ~Q(destination_country=""), name="lane_advisory_has_a_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lane} · {self.get_cause_display()}"

    @property
    def lane(self) -> str:
        """CN→US; ``*`` for any country."""
        return f"{self.origin_country or '*'}→{self.destination_country or '*'}"
