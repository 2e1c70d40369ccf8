"""When somebody works: a zone, hours by weekday, holidays, own days.

Whoever writes these rows past ``save`` and ``delete`` (``bulk_create``, ``QuerySet.update``) calls
``common.revisions.bump(CALENDARS)`` in the same transaction.
"""

from __future__ import annotations

import zoneinfo
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.models.user import validate_time_zone

_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_OWN_HOURS = rf"^{_TIME}-{_TIME}(, {_TIME}-{_TIME})*$"  # as common.policies.working_days.written() writes them


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
    holiday_subdivision = models.CharField(_("holidays of subdivision"), max_length=40, blank=True)
    works_make_up_days = models.BooleanField(
        _("works on make-up days"),
        default=True,
        help_text=_(
            "Where a country moves working days to a weekend, as China does: worked like the day they replace."
        ),
    )

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
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="business_interval_weekday"),
        ]

    def __str__(self) -> str:
        return f"{Weekday(self.weekday).label} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class CalendarDay(models.Model):
    """A day of its own: closed, or worked: as its weekday is, like another weekday, or with hours of its own."""

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="days")
    date = models.DateField(_("date"))
    is_open = models.BooleanField(_("worked"), default=False)
    works_like = models.SmallIntegerField(_("like a"), choices=Weekday.choices, null=True, blank=True)
    own_hours = models.CharField(
        _("own hours"), max_length=120, blank=True, default="", help_text=_("Like 9:00-12:00, 13:00-18:00.")
    )
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = pgettext_lazy("calendar", "days")
        ordering: ClassVar = ["date"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "date"], name="calendar_day_unique"),
            models.CheckConstraint(
                condition=Q(works_like__isnull=True) | Q(works_like__range=(0, 6), is_open=True, own_hours=""),
                name="calendar_day_works_like",
            ),
            models.CheckConstraint(
                condition=Q(own_hours="") | Q(is_open=True, own_hours__regex=_OWN_HOURS), name="calendar_day_own_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.note}"
