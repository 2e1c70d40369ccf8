"""A parcel under way and its scans."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from logistics.choices import DeliveryTerms, Fault, TrackingReason, TrackingStatus
from logistics.models.party import Carrier, Customer, validate_country

UNDER_WAY = (
    TrackingStatus.INFO_RECEIVED,
    TrackingStatus.PICKED_UP,
    TrackingStatus.IN_TRANSIT,
    TrackingStatus.CUSTOMS,
    TrackingStatus.EXCEPTION,
)
"""Statuses of a parcel that still has its way before it."""


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def to_check(self, *, before: models.Expression | object) -> ShipmentQuerySet:
        """Those whose next look (late, stale) is due; an indexed range, whatever the number under way."""
        return self.filter(next_check_at__lt=before).order_by("next_check_at")

    def on_lane(self, *, origin: str, destination: str) -> ShipmentQuerySet:
        """Those under way from one country to another (ISO 3166); an empty one stands for all."""
        rows = self.filter(status__in=[status.value for status in UNDER_WAY])
        rows = rows.filter(origin_country=origin) if origin else rows
        return rows.filter(destination_country=destination) if destination else rows


class Shipment(models.Model):
    """One parcel, named by its tracking number (upper case, no spaces)."""

    tracking_number = models.CharField(_("tracking number"), max_length=64, unique=True)
    carrier = models.ForeignKey(
        Carrier,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shipments",
        verbose_name=_("carrier"),
        db_index=False,  # the index of the carrier's parcels serves as well
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="shipments", verbose_name=_("customer")
    )
    order_number = models.CharField(_("order number"), max_length=64, blank=True, db_index=True)
    origin_country = models.CharField(_("origin"), max_length=2, blank=True, validators=[validate_country])
    destination_country = models.CharField(_("destination"), max_length=2, blank=True, validators=[validate_country])
    terms = models.CharField(_("delivery terms"), max_length=3, choices=DeliveryTerms.choices, blank=True)
    contents = models.CharField(_("contents"), max_length=300, blank=True)
    declared_value = models.DecimalField(_("declared value"), max_digits=14, decimal_places=3, null=True, blank=True)
    declared_currency = models.CharField(_("currency"), max_length=3, blank=True)
    status = models.CharField(
        _("status"), max_length=24, choices=TrackingStatus.choices, default=TrackingStatus.UNKNOWN, editable=False
    )
    reason = models.CharField(_("reason"), max_length=24, choices=TrackingReason.choices, blank=True, editable=False)
    fault = models.CharField(_("fault"), max_length=16, choices=Fault.choices, default=Fault.NOBODY, editable=False)
    last_event_at = models.DateTimeField(_("last scan"), null=True, blank=True, editable=False)
    promised_date = models.DateField(_("promised day"), null=True, blank=True)
    estimated_from = models.DateTimeField(_("expected from"), null=True, blank=True, editable=False)
    estimated_to = models.DateTimeField(_("expected to"), null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True, editable=False)
    next_check_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager[Shipment]] = ShipmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(status__in=TrackingStatus.values), name="shipment_status"),
            models.CheckConstraint(condition=models.Q(reason__in=TrackingReason.values), name="shipment_reason"),
            models.CheckConstraint(
                condition=models.Q(declared_value__isnull=True) | ~models.Q(declared_currency=""),
                name="shipment_value_has_currency",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_check_at"], condition=models.Q(next_check_at__isnull=False), name="shipment_next_check"
            ),
            models.Index(fields=["customer", "-created_at"], name="shipment_of_customer"),
            # What parcels of a day are counted along (tickets.services.kpi.parcels).
            models.Index(fields=["created_at"], name="shipment_created"),
            models.Index(
                fields=["delivered_at"], condition=models.Q(delivered_at__isnull=False), name="shipment_delivered"
            ),
            models.Index(fields=["carrier", "id"], name="shipment_of_carrier"),
            models.Index(
                fields=["last_event_at"],
                condition=models.Q(delivered_at__isnull=True, last_event_at__isnull=False),
                name="shipment_last_scan",
            ),
            models.Index(
                fields=["destination_country", "origin_country", "id"],
                condition=models.Q(status__in=[status.value for status in UNDER_WAY]),
                name="shipment_on_lane",
            ),
        ]

    def __str__(self) -> str:
        return self.tracking_number

    lane_when_read: tuple[str | None, str | None] | None = None

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any) -> Self:
        """As Django; what the row knew of its lane is kept beside it, for whoever must hear that more is known now."""
        row = super().from_db(db, field_names, values, **more)
        row.lane_when_read = row.known_lane()
        return row

    @property
    def has_new_lane(self) -> bool:
        """Whether origin or destination differ from what the row was read with; False for one that was never read."""
        before = self.lane_when_read
        return before is not None and None not in before and before != self.known_lane()

    def known_lane(self) -> tuple[str | None, str | None]:
        """Origin and destination as far as they were read; None for one that was not."""
        known = self.__dict__
        return known.get("origin_country"), known.get("destination_country")

    @property
    def lane(self) -> str:
        """Origin and destination, empty when neither is known."""
        if not (self.origin_country or self.destination_country):
            return ""
        return f"{self.origin_country or '?'}→{self.destination_country or '?'}"


class TrackingEvent(models.Model):
    """One scan, as it came (raw code and text) and as we read it. ``key`` makes a repeated scan the same row."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="events", verbose_name=_("shipment"))
    key = models.CharField(max_length=64)
    at = models.DateTimeField(_("time"))
    offset_minutes = models.SmallIntegerField(
        _("offset from UTC in minutes"), null=True, blank=True, help_text=_("The place's own time; empty when unknown.")
    )
    time_exact = models.BooleanField(_("time exact"), default=True)
    status = models.CharField(_("status"), max_length=24, choices=TrackingStatus.choices)
    reason = models.CharField(_("reason"), max_length=24, choices=TrackingReason.choices, blank=True)
    fault = models.CharField(_("fault"), max_length=16, choices=Fault.choices, default=Fault.NOBODY)
    location = models.CharField(pgettext_lazy("scan", "place"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    raw_code = models.CharField(_("carrier's code"), max_length=120, blank=True)
    text = models.TextField(_("carrier's words"), blank=True)
    source = models.CharField(_("source"), max_length=40)
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shipment", "key"], name="tracking_event_once"),
            models.CheckConstraint(condition=models.Q(status__in=TrackingStatus.values), name="tracking_event_status"),
            models.CheckConstraint(condition=models.Q(reason__in=TrackingReason.values), name="tracking_event_reason"),
        ]
        indexes: ClassVar = [models.Index(fields=["shipment", "-at"], name="tracking_event_timeline")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_status_display()}"


class StatusMapping(models.Model):
    """How a raw code of one source reads on our two axes. A code seen but not mapped waits here for review."""

    source = models.CharField(_("source"), max_length=40)
    raw_code = models.CharField(_("carrier's code"), max_length=120)
    status = models.CharField(
        _("status"), max_length=24, choices=TrackingStatus.choices, default=TrackingStatus.UNKNOWN
    )
    reason = models.CharField(_("reason"), max_length=24, choices=TrackingReason.choices, blank=True)
    fault = models.CharField(_("fault"), max_length=16, choices=Fault.choices, default=Fault.NOBODY)
    needs_review = models.BooleanField(_("needs review"), default=False)
    example = models.CharField(_("example"), max_length=300, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("status mapping")
        verbose_name_plural = _("status mappings")
        ordering: ClassVar = ["-needs_review", "source", "raw_code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "raw_code"], name="status_mapping_unique"),
            models.CheckConstraint(condition=models.Q(status__in=TrackingStatus.values), name="status_mapping_status"),
            models.CheckConstraint(condition=models.Q(reason__in=TrackingReason.values), name="status_mapping_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.raw_code}"
