"""Whom we serve and whom we work with."""

from __future__ import annotations

import zoneinfo
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.models import BusinessCalendar
from common.models.user import validate_time_zone
from logistics.choices import ContactPart, PartnerKind, Tier

validate_country = RegexValidator(r"^[A-Z]{2}$", _("Write the country as two capital letters (ISO 3166), like DE."))
validate_language = RegexValidator(
    r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", _("Write the language as BCP 47, like de or zh-Hans.")
)


class Customer(models.Model):
    """A person or an account we serve. Language and zone are what we know best; empty when we know nothing."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, validators=[validate_language])
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_time_zone])
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[validate_country])
    tier = models.CharField(_("tier"), max_length=12, choices=Tier.choices, default=Tier.STANDARD)
    account_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account manager"),
    )
    note = models.TextField(_("note"), blank=True)
    wants_notices = models.BooleanField(
        _("wants to be told how parcels move"),
        default=False,
        db_default=False,
        help_text=_("Picked up, at customs, out for delivery, delivered: told on their channel, in their daytime."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(tier__in=Tier.values), name="customer_tier"),
        ]
        indexes: ClassVar = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="customer_name_trgm")]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The customer's zone, UTC when unknown."""
        return zoneinfo.ZoneInfo(self.time_zone or "UTC")


class Partner(models.Model):
    """An organisation we work with: carrier, warehouse, broker, overseas agent."""

    kind = models.CharField(_("kind"), max_length=12, choices=PartnerKind.choices)
    name = models.CharField(_("name"), max_length=200, unique=True)
    country = models.CharField(_("country"), max_length=2, blank=True, validators=[validate_country])
    language = models.CharField(_("language"), max_length=12, default="en", validators=[validate_language])
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("calendar")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=PartnerKind.values), name="partner_kind")
        ]

    def __str__(self) -> str:
        return self.name


class PartnerContact(models.Model):
    """A person at a partner's. ``backup`` answers when this one does not.

    ``user`` is who they sign in as on the partner's pages: made by an invitation, never anybody of ours (``is_staff``).
    """

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("partner"))
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, validators=[validate_language])
    part = models.CharField(_("part"), max_length=12, choices=ContactPart.choices, default=ContactPart.DESK)
    is_primary = models.BooleanField(_("first to be asked"), default=False)
    backup = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("backup")
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        db_default=True,
        help_text=_("Whoever is not is called no more, and locked out of the partner's pages at once."),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="partner_contact",
        verbose_name=_("signs in as"),
    )

    class Meta:
        verbose_name = _("partner's contact")
        verbose_name_plural = _("partner's contacts")
        ordering: ClassVar = ["-is_primary", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner"], condition=models.Q(is_primary=True), name="partner_contact_one_primary"
            ),
            models.CheckConstraint(
                condition=models.Q(backup__isnull=True) | ~models.Q(backup=models.F("id")),
                name="partner_contact_backup_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.partner}"


class Carrier(models.Model):
    """Who carries, and the limits by which we notice that something is wrong."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    partner = models.OneToOneField(
        Partner, on_delete=models.SET_NULL, null=True, blank=True, related_name="carrier", verbose_name=_("partner")
    )
    stale_after_days = models.PositiveSmallIntegerField(
        _("days without a scan"), default=7, help_text=_("After so many days without a scan a parcel counts as stuck.")
    )
    late_grace_hours = models.PositiveSmallIntegerField(
        _("grace in hours"), default=24, help_text=_("So long after the promised day a parcel counts as late.")
    )
    max_delivery_attempts = models.PositiveSmallIntegerField(
        pgettext_lazy("of a carrier", "delivery attempts"), default=3
    )
    aggregator_codes = models.JSONField(
        _("codes at aggregators"), default=dict, blank=True, help_text=_('For example {"seventeentrack": 100003}.')
    )

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
