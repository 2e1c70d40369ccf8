"""What the months were like with each partner and on each channel, kept as rows."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.models import Partner
from tickets.choices import Proposal


class AuditAbout(models.TextChoices):
    PARTNER = "partner", _("Partner")
    CHANNEL = "channel", _("Channel")


class AuditDecision(models.TextChoices):
    OPEN = "", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DISMISSED = "dismissed", _("Dismissed")


class Audit(models.Model):
    """One month of one partner, of a partner on one channel, or of one channel with customers.

    Of partners: answers that were due (``asked`` without those still in time), calls that asked a ``backup``. Of
    channels with customers: promises of response, messages that did not arrive (``failed``) and those that went out
    another way (``backup``). ``share`` is in time of all that were due; before_1 and before_2 the months before.
    """

    month = models.DateField(_("month"))
    about = models.CharField(_("about"), max_length=8, choices=AuditAbout.choices)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, related_name="audits", verbose_name=_("partner")
    )
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    asked = models.PositiveIntegerField(_("asked"), default=0)
    in_time = models.PositiveIntegerField(_("in time"), default=0)
    late = models.PositiveIntegerField(_("late"), default=0)
    unanswered = models.PositiveIntegerField(_("unanswered"), default=0)
    backup = models.PositiveIntegerField(_("backup used"), default=0)
    calls = models.PositiveIntegerField(_("calls or messages"), default=0)
    failed = models.PositiveIntegerField(_("not delivered"), default=0)
    median_minutes = models.PositiveIntegerField(_("median in minutes"), null=True)
    agreed_minutes = models.PositiveIntegerField(_("agreed minutes"), null=True)
    share = models.FloatField(_("share in time"), null=True)
    share_before_1 = models.FloatField(_("month before"), null=True)
    share_before_2 = models.FloatField(_("two months before"), null=True)
    asked_before_1 = models.PositiveIntegerField(default=0)
    asked_before_2 = models.PositiveIntegerField(default=0)
    other_channel = models.CharField(_("better channel"), max_length=40, blank=True)
    other_share = models.FloatField(null=True)
    proposal = models.CharField(_("proposal"), max_length=16, choices=Proposal.choices)
    decision = models.CharField(
        _("decision"), max_length=12, choices=AuditDecision.choices, blank=True, default=AuditDecision.OPEN
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("monthly audit")
        verbose_name_plural = _("monthly audits")
        default_permissions = ("view", "change")
        ordering: ClassVar = ["-month", "about", "partner", "channel"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "about", "partner", "channel"], nulls_distinct=False, name="audit_once"
            ),
            models.CheckConstraint(
                condition=Q(about=AuditAbout.PARTNER, partner__isnull=False)
                | Q(about=AuditAbout.CHANNEL, partner__isnull=True) & ~Q(channel=""),
                name="audit_about",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True) | ~Q(decision="") & Q(decided_at__isnull=False),
                name="audit_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.partner or self.channel}"
