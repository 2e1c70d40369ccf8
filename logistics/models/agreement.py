"""What was agreed with a partner, as data that clocks, escalation and reports read."""

from __future__ import annotations

import zoneinfo
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.models import BusinessCalendar
from common.models.user import validate_time_zone
from logistics.choices import PartnerChannel
from logistics.models.party import Partner, validate_language

LONGEST_ANSWER_MINUTES = 60 * 24 * 60


class Agreement(models.Model):
    """One partner's agreement. What is empty was not agreed: then promises and the partner's own row say it.

    ``answer_minutes`` are minutes of the partner's working time. ``daily_sync_at`` is a wall time in ``zone``; a sync
    that has not come ``daily_sync_tolerance`` minutes later is missed. Whom to ask, and who stands in, are the
    partner's contacts.
    """

    partner = models.OneToOneField(
        Partner, on_delete=models.CASCADE, related_name="agreement", verbose_name=_("partner")
    )
    answer_minutes = models.PositiveIntegerField(
        _("answers within, in working minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_ANSWER_MINUTES)],
        help_text=_("Of the partner's working time. Empty: as our promises say."),
    )
    calendar = models.ForeignKey(
        BusinessCalendar,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("calendar"),
        help_text=_("The hours agreed on. Empty: the partner's own calendar."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("In which times are meant. Empty: the partner's own."),
    )
    daily_sync_at = models.TimeField(
        _("daily sync at"), null=True, blank=True, help_text=_("By when the partner sends its stock, each working day.")
    )
    daily_sync_tolerance = models.PositiveSmallIntegerField(
        _("minutes of grace for the daily sync"), default=60, validators=[MaxValueValidator(24 * 60)]
    )
    stock_tolerance_units = models.PositiveIntegerField(
        _("units a stock may differ by"), default=0, help_text=_("A smaller difference is taken as it is.")
    )
    stock_tolerance_percent = models.PositiveSmallIntegerField(
        _("or percent of what is expected"), default=0, validators=[MaxValueValidator(100)]
    )
    channel = models.CharField(
        _("channel"),
        max_length=8,
        choices=PartnerChannel.choices,
        blank=True,
        help_text=_("Empty: by mail when we know an address, else on the partner's pages."),
    )
    languages = ArrayField(
        models.CharField(max_length=12, validators=[validate_language]),
        verbose_name=pgettext_lazy("agreement", "languages"),
        default=list,
        blank=True,
        help_text=_("What may be written to the partner, the best first, as BCP 47: zh-Hans, en."),
    )
    valid_from = models.DateField(pgettext_lazy("agreement", "agreed on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answer_minutes__isnull=True)
                | Q(answer_minutes__gte=1, answer_minutes__lte=LONGEST_ANSWER_MINUTES),
                name="agreement_answer_minutes",
            ),
            models.CheckConstraint(
                condition=Q(channel="") | Q(channel__in=PartnerChannel.values), name="agreement_channel"
            ),
            models.CheckConstraint(condition=Q(daily_sync_tolerance__lte=24 * 60), name="agreement_sync_tolerance"),
            models.CheckConstraint(condition=Q(stock_tolerance_percent__lte=100), name="agreement_stock_tolerance"),
        ]

    def __str__(self) -> str:
        return gettext("Agreement with %(partner)s") % {"partner": self.partner}

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone in which its times are meant."""
        if self.time_zone:
            return zoneinfo.ZoneInfo(self.time_zone)
        return self.calendar.zone if self.calendar else zoneinfo.ZoneInfo(self.partner.time_zone)
