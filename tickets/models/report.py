"""Figures sent by mail at set times, and which of them were."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models.user import validate_time_zone
from tickets.models.conversation import Message


class ReportEvery(models.TextChoices):
    DAY = "day", _("Every day")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")


class ReportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel (XLSX)")
    CSV = "csv", "CSV"


class ReportSchedule(models.Model):
    """Which figures somebody of ours gets by mail, and when.

    ``next_at`` is the next moment, counted on the clock of ``time_zone`` (empty: the reader's); None while switched
    off. Each report is about the ``days`` local days that ended with the last midnight before it.
    """

    name = models.CharField(_("name"), max_length=120)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="report_schedules", verbose_name=_("reader")
    )
    figures = ArrayField(models.CharField(max_length=60), verbose_name=_("figures"))
    cut = models.CharField(_("divided by"), max_length=16, blank=True)
    kinds = ArrayField(models.CharField(max_length=24), verbose_name=_("only kinds"), default=list, blank=True)
    teams = ArrayField(models.CharField(max_length=20), verbose_name=_("only teams"), default=list, blank=True)
    days = models.PositiveSmallIntegerField(
        _("days looked at"), default=7, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    every = models.CharField(_("how often"), max_length=8, choices=ReportEvery.choices, default=ReportEvery.WEEK)
    weekday = models.PositiveSmallIntegerField(
        _("weekday"),
        default=0,
        choices=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
    )
    month_day = models.PositiveSmallIntegerField(
        _("day of the month"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("In a shorter month its last day."),
    )
    at = models.TimeField(_("time"), default=time(8))
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Empty: the reader's own."),
    )
    format = models.CharField(_("file"), max_length=4, choices=ReportFormat.choices, default=ReportFormat.XLSX)
    is_active = models.BooleanField(_("switched on"), default=True)
    next_at = models.DateTimeField(_("next"), null=True, editable=False)

    class Meta:
        verbose_name = _("report by mail")
        verbose_name_plural = _("reports by mail")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(every__in=ReportEvery.values), name="report_every"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="report_weekday"),
            models.CheckConstraint(condition=Q(month_day__range=(1, 31)), name="report_month_day"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="report_due"),
        ]

    def __str__(self) -> str:
        return self.name


class ReportRun(models.Model):
    """One report that was due, and what became of it: its message, or in a stable word why there is none.

    ``failure``: no_mailbox, no_address, not_allowed, no_figures.
    """

    schedule = models.ForeignKey(ReportSchedule, on_delete=models.CASCADE, related_name="runs")
    due_at = models.DateTimeField(_("was due"))
    made_at = models.DateTimeField(_("made"))
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    failure = models.CharField(_("why not"), max_length=16, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "due_at"], name="report_run_once"),
            models.CheckConstraint(
                condition=Q(message__isnull=False, failure="") | Q(message__isnull=True) & ~Q(failure=""),
                name="report_run_sent_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.due_at:%Y-%m-%d}"
