"""Money that an exception costs, apart from its ticket: a scan that ends the ticket must not lose any.

What we give customers (``Compensation``) and what we get back from whoever lost or broke the parcel (``Claim``).
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from logistics.models import Carrier, Partner
from tickets.choices import (
    CLAIM_OVER,
    COMPENSATION_OVER,
    ClaimFrom,
    ClaimState,
    CompensationState,
    SettlementMethod,
)
from tickets.models.ticket import Ticket


class ClaimTerms(models.Model):
    """A carrier's terms for claims, as data; the row without a carrier holds for all that have none."""

    carrier = models.OneToOneField(
        Carrier,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="claim_terms",
        verbose_name=_("carrier"),
        help_text=_("Empty: every carrier without terms of its own."),
    )
    counted_from = models.CharField(
        _("days counted from"), max_length=12, choices=ClaimFrom.choices, default=ClaimFrom.NOTICED
    )
    file_within_days = models.PositiveSmallIntegerField(_("days to file"), validators=[MinValueValidator(1)])
    answer_within_days = models.PositiveSmallIntegerField(
        _("days the carrier has to answer"), default=30, validators=[MinValueValidator(1)]
    )
    appeal_within_days = models.PositiveSmallIntegerField(
        _("days to appeal"), default=30, validators=[MinValueValidator(1)]
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("terms for claims")
        verbose_name_plural = _("terms for claims")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["carrier"], nulls_distinct=False, name="claim_terms_once")
        ]

    def __str__(self) -> str:
        return str(self.carrier or _("Every other carrier"))


class Compensation(models.Model):
    """What a customer gets for what went wrong. ``amount`` is in whole units of ``currency`` (ISO 4217)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="compensations", verbose_name=_("ticket"))
    method = models.CharField(_("how"), max_length=12, choices=SettlementMethod.choices)
    state = FSMField(
        _("state"),
        max_length=20,
        choices=CompensationState.choices,
        default=CompensationState.DRAFT,
        protected=True,
    )
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3, validators=[MinValueValidator(0)])
    currency = models.CharField(_("currency"), max_length=3)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reference = models.CharField(_("payment reference"), max_length=120, blank=True)
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)
    expires_at = models.DateTimeField(_("offer ends"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    created_at = models.DateTimeField(_("created"))
    offered_at = models.DateTimeField(_("offered"), null=True, blank=True)
    decided_at = models.DateTimeField(_("accepted or declined"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

    class Meta:
        verbose_name = _("compensation")
        verbose_name_plural = _("compensations")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CompensationState.values), name="compensation_state"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="compensation_not_negative"),
            models.CheckConstraint(
                condition=Q(state=CompensationState.PAID, paid_at__isnull=False)
                | ~Q(state=CompensationState.PAID) & Q(paid_at__isnull=True),
                name="compensation_paid_at",
            ),
            models.CheckConstraint(condition=~Q(currency=""), name="compensation_has_currency"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], condition=Q(state=CompensationState.OFFERED), name="compensation_expires"
            ),
            models.Index(
                fields=["-created_at", "-id"],
                condition=~Q(state__in=COMPENSATION_OVER),
                name="compensation_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket.reference} · {self.amount} {self.currency}"


class Claim(models.Model):
    """What we want back from a carrier or partner. ``file_by`` is the last day by their terms."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="claims", verbose_name=_("ticket"))
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("against")
    )
    carrier = models.ForeignKey(
        Carrier, on_delete=models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("carrier")
    )
    state = FSMField(_("state"), max_length=24, choices=ClaimState.choices, default=ClaimState.DRAFT, protected=True)
    amount = models.DecimalField(_("claimed"), max_digits=14, decimal_places=3, validators=[MinValueValidator(0)])
    currency = models.CharField(_("currency"), max_length=3)
    approved_amount = models.DecimalField(
        pgettext_lazy("of a claim", "approved"), max_digits=14, decimal_places=3, null=True, blank=True
    )
    paid_amount = models.DecimalField(
        pgettext_lazy("of a claim", "paid"), max_digits=14, decimal_places=3, null=True, blank=True
    )
    grounds = models.TextField(_("grounds"), blank=True)
    their_reference = models.CharField(_("their reference"), max_length=120, blank=True)
    answer = models.TextField(_("their answer"), blank=True)
    file_by = models.DateField(_("file by"), null=True, blank=True)
    answer_by = models.DateField(_("answer due"), null=True, blank=True)
    appeal_by = models.DateField(_("appeal by"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"))
    filed_at = models.DateTimeField(_("filed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    paid_at = models.DateTimeField(pgettext_lazy("of a claim", "paid on"), null=True, blank=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="claim_state"),
            models.CheckConstraint(condition=Q(amount__gte=0) & ~Q(currency=""), name="claim_amount"),
            models.CheckConstraint(
                condition=Q(state=ClaimState.PAID, paid_at__isnull=False, paid_amount__isnull=False)
                | ~Q(state=ClaimState.PAID) & Q(paid_at__isnull=True),
                name="claim_paid_at",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["file_by"], condition=Q(state=ClaimState.DRAFT), name="claim_to_file"),
            models.Index(fields=["-created_at", "-id"], condition=~Q(state__in=CLAIM_OVER), name="claim_under_way"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket.reference} · {self.amount} {self.currency}"
