"""When somebody works."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2Widget

from common.admin import words
from common.admin.base import DeskAdmin
from common.admin.people import zone_choices
from common.models import BusinessCalendar, BusinessInterval, CalendarDay


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]
    """A calendar; the zone is chosen from a list."""

    time_zone = forms.ChoiceField(label=_("Time zone"))

    class Meta:
        model = BusinessCalendar
        fields = ("name", "time_zone", "always_open", "holiday_country", "holiday_subdivision")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = zone_choices()
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=choices, widget=UnfoldAdminSelect2Widget(choices=choices)
        )


class IntervalInline(TabularInline):
    model = BusinessInterval
    extra = 0
    tab = True


class DayInline(TabularInline):
    model = CalendarDay
    extra = 0
    tab = True


@admin.register(BusinessCalendar)
class CalendarAdmin(DeskAdmin):
    """Zones, hours and days of their own."""

    form = CalendarForm
    list_display = (
        "name",
        "time_zone",
        "local_time",
        "hours",
        "holiday_country",
    )
    search_fields = (
        "name",
        "time_zone",
    )
    inlines = (
        IntervalInline,
        DayInline,
    )
    may_delete = True

    @display(description=_("around the clock"), ordering="always_open")
    def hours(self, calendar: BusinessCalendar) -> str:
        return "✓" if calendar.always_open else "—"

    @display(description=_("time there"))
    def local_time(self, calendar: BusinessCalendar) -> str:
        return words.clock_time(timezone.now(), calendar.zone)
