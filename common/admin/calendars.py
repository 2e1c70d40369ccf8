"""When somebody works."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import TabularInline
from unfold.decorators import display

from common.admin import words
from common.admin.base import DeskAdmin
from common.admin.calendar_forms import CalendarForm, DayForm, DayFormSet, IntervalFormSet
from common.admin.calendar_page import page_of, standing
from common.admin.used_rows import KeepsUsedRows
from common.models import BusinessCalendar, BusinessInterval, CalendarDay
from common.policies.public_holidays import holidays_of
from common.services.calendars import Place, hours_of, places_of, switch_day, uses_of

_ACTS = {"open": True, "close": False, "as_usual": None}


class IntervalInline(TabularInline):
    model = BusinessInterval
    formset = IntervalFormSet
    verbose_name_plural = _("Hours of the week")
    extra = 0
    show_title = False


class DayInline(TabularInline):
    model = CalendarDay
    form = DayForm
    formset = DayFormSet
    verbose_name_plural = _("Days of its own")
    extra = 0
    show_title = False


@admin.register(BusinessCalendar)
class CalendarAdmin(KeepsUsedRows, DeskAdmin):
    """Zones, hours, holidays and days of their own; the page draws the coming two weeks."""

    form = CalendarForm
    list_display = (
        "name",
        "time_zone",
        "local_time",
        "is_open_now",
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
    change_form_outer_before_template: Any = "admin/common/calendar.html"

    class Media:
        css = {"all": ["common/calendars.css"]}

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list; the hours of all its calendars are looked up once."""
        shown = super().get_changelist_instance(request)
        shown.result_list = list(shown.result_list)
        places = places_of(calendar.pk for calendar in shown.result_list)
        for calendar in shown.result_list:
            calendar.place = places.get(calendar.pk)
        return shown

    @display(description=pgettext_lazy("calendar", "open"))
    def is_open_now(self, calendar: BusinessCalendar) -> str:
        place: Place | None = getattr(calendar, "place", None)
        hours = place.hours if place else hours_of(calendar.pk)
        return standing(hours, calendar.zone, now=timezone.now())

    @display(description=_("time there"))
    def local_time(self, calendar: BusinessCalendar) -> str:
        return words.clock_time(timezone.now(), calendar.zone)

    def get_urls(self) -> list[URLPattern]:
        """The pages of every model and the switch of a day."""
        switch = self.admin_site.admin_view(require_POST(self.switch_view))
        address = path("<path:object_id>/day/", switch, name="common_businesscalendar_day")
        return [address, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and above it what is saved: two weeks drawn, and the holidays of the coming year."""
        calendar = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if calendar is not None and self.has_view_permission(request, calendar):
            context |= {"drawing": page_of(calendar, now=timezone.now())}
            context |= {"may_switch": self.has_change_permission(request, calendar)}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response

    def switch_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Work on a holiday, keep a day free, or follow the library again."""
        calendar = self.get_object(request, object_id)
        if not self.has_change_permission(request, calendar):
            raise PermissionDenied
        if calendar is None:
            raise Http404
        try:
            day, is_open = date.fromisoformat(request.POST.get("date", "")), _ACTS[request.POST.get("act", "")]
        except (KeyError, ValueError) as error:
            raise BadRequest from error
        names = holidays_of(
            calendar.holiday_country, calendar.holiday_subdivision, day.year, translation.get_language() or "en"
        )
        switch_day(calendar_id=calendar.pk, day=day, is_open=is_open, note=names.get(day, ""))
        self.log_change(request, calendar, f"{day.isoformat()}: {request.POST['act']}")
        messages.success(request, gettext("%(day)s is changed.") % {"day": words.day(day)})
        return HttpResponseRedirect(f"{reverse('admin:common_businesscalendar_change', args=[calendar.pk])}#holidays")

    def why_kept(self, rows: Sequence[BusinessCalendar]) -> list[str]:
        """What uses these calendars."""
        uses = uses_of(rows)
        sentence = gettext("Not deleted, for it is in use: %(uses)s. Give them another calendar first.")
        return [sentence % {"uses": ", ".join(uses)}] if uses else []

    def _create_formsets(self, request: HttpRequest, obj: Any = None, change: bool = False) -> Any:
        formsets, instances = super()._create_formsets(request, obj, change)
        week = next((one for one in formsets if isinstance(one, IntervalFormSet)), None)
        for formset in formsets:
            if isinstance(formset, DayFormSet):
                formset.week = week
        return formsets, instances
