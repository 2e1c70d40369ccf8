"""When somebody works: a zone, hours by weekday, holidays, own days."""

from __future__ import annotations

import zoneinfo
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models.user import validate_time_zone


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class BusinessCalendar(models.Model):
    """A zone's working time. Without intervals and not ``always_open`` it is never open."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    always_open = models.BooleanField(_("around the clock"), default=False)
    holiday_country = models.CharField(_("holidays of country"), max_length=2, blank=True)
    holiday_subdivision = models.CharField(_("holidays of subdivision"), max_length=8, blank=True)

    class Meta:
        verbose_name = _("business calendar")
        verbose_name_plural = _("business calendars")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class BusinessInterval(models.Model):
    """Open from ``opens_at`` to ``closes_at`` local time; a close at or before the open lies on the next day."""

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="intervals")
    weekday = models.SmallIntegerField(_("weekday"), choices=Weekday.choices)
    opens_at = models.TimeField(_("opens"))
    closes_at = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("interval")
        verbose_name_plural = _("intervals")
        ordering: ClassVar = ["weekday", "opens_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "weekday", "opens_at"], name="business_interval_unique"),
            models.CheckConstraint(condition=models.Q(weekday__range=(0, 6)), name="business_interval_weekday"),
        ]

    def __str__(self) -> str:
        return f"{Weekday(self.weekday).label} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class CalendarDay(models.Model):
    """A day of its own: closed though the weekday is open, or a holiday that is worked."""

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="days")
    date = models.DateField(_("date"))
    is_open = models.BooleanField(_("worked"), default=False)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")
        ordering: ClassVar = ["date"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["calendar", "date"], name="calendar_day_unique")]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.note}"
