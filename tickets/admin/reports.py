"""Figures by mail and as files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminSelectWidget

from common.admin import words
from common.admin.base import DeskAdmin
from tickets.choices import Kind
from tickets.errors import KpiRefused
from tickets.models import ReportFormat, ReportSchedule, Team
from tickets.policies.kpi import CUTS, FIGURES
from tickets.policies.kpi.periods import STEPS
from tickets.services.kpi import Period
from tickets.services.reports import Table, as_file, reschedule, table_of_figures, table_of_parts, table_of_series
from tickets.services.reports.files import MEDIA_TYPES
from tickets.services.reports.scheduling import period_of, tables_of

READS = "tickets.view_dashboards"
MOST_DAYS = 1_100


def _several(label: Any, *, required: bool = False) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=required, widget=UnfoldAdminSelect2MultipleWidget)


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    figures = _several(_("Figures"), required=True)
    cut = forms.ChoiceField(label=_("Divided by"), required=False, widget=UnfoldAdminSelectWidget)
    kinds = _several(_("Only kinds"))
    teams = _several(_("Only teams"))

    class Meta:
        model = ReportSchedule
        exclude: ClassVar = ["next_at"]

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        choices = {
            "figures": [(name, figure.label) for name, figure in FIGURES.items()],
            "cut": [("", "–"), *((name, cut.label) for name, cut in CUTS.items())],
            "kinds": Kind.choices,
            "teams": [(str(pk), name) for pk, name in Team.objects.order_by("name").values_list("pk", "name")],
        }
        for name, offered in choices.items():
            if name in self.fields:  # not for those who only read
                self.fields[name].choices = offered  # type: ignore[attr-defined]


@admin.register(ReportSchedule)
class ReportScheduleAdmin(DeskAdmin):
    """Who gets which figures when. One row may also be taken out as a file at once."""

    form = ReportForm
    list_display = ("name", "reader", "every", "at", "next", "is_active", "download")
    list_filter = ("every", "is_active")
    list_select_related = ("reader",)
    search_fields = ("name",)
    autocomplete_fields = ("reader",)
    may_delete = True
    fieldsets: ClassVar = (
        (None, {"fields": ("name", "reader", "is_active")}),
        (_("What"), {"fields": ("figures", "cut", "kinds", "teams", "days", "format")}),
        (_("When"), {"fields": ("every", "weekday", "month_day", "at", "time_zone")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """The pages of every model, a report as a file, and any figures as a file."""
        wrap = self.admin_site.admin_view
        return [
            path("export/", wrap(self.export_view), name="tickets_figures_export"),
            path("<int:object_id>/file/", wrap(self.file_view), name="tickets_reportschedule_file"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save it, and when it is due next."""
        reschedule(obj, now=timezone.now())
        super().save_model(request, obj, form, change)

    def file_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The report as it would be sent now."""
        if not (self.has_view_permission(request) and request.user.has_perm(READS)):
            raise PermissionDenied
        schedule = get_object_or_404(ReportSchedule.objects.select_related("reader"), pk=object_id)
        try:
            tables = tables_of(schedule, period_of(schedule, timezone.now()))
        except KpiRefused as error:
            return HttpResponseBadRequest(str(error))
        return file_of(tables, schedule.format)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Figures as a file: names, from and to (both included) or days, by, step, format, and parts of each cut."""
        if not request.user.has_perm(READS):
            raise PermissionDenied
        asked = request.GET
        try:
            tables = _tables(asked, getattr(request.user, "zone", ZoneInfo("UTC")))
        except (KpiRefused, ValueError, OverflowError) as error:
            return HttpResponseBadRequest(
                str(error) if isinstance(error, KpiRefused) else gettext("This is no period.")
            )
        kind = asked.get("format", "csv")
        return file_of(tables, kind if kind in ReportFormat.values else "csv")

    @display(description=_("next"))
    def next(self, schedule: ReportSchedule) -> str:
        return words.moment(schedule.next_at) if schedule.next_at else "–"

    @display(description=_("file"))
    def download(self, schedule: ReportSchedule) -> SafeString:
        address = reverse("admin:tickets_reportschedule_file", args=[schedule.pk])
        return format_html('<a href="{}">{}</a>', address, schedule.get_format_display())


def _tables(asked: Any, zone: ZoneInfo) -> list[Table]:
    """What an address asks for. Raises KpiRefused, ValueError."""
    names = [name for name in asked.get("names", "").split(",") if name] or list(FIGURES)
    first, last = parse_date(asked.get("from", "")), parse_date(asked.get("to", ""))
    if first and last:
        period = Period.between(first, last, zone=zone)
    else:
        period = Period.days(int(asked.get("days", "30")), until=timezone.now(), zone=zone)
    if period.until - period.since > timedelta(days=MOST_DAYS):
        raise ValueError(asked.get("days", ""))
    filters = {name: asked.getlist(name) for name in CUTS if name in asked}
    if by := asked.get("by", ""):
        return [table_of_parts(names, period, by, filters)]
    if (step := asked.get("step", "")) in STEPS:
        return [table_of_series(names, period, step, filters)]
    return [table_of_figures(names, period, filters)]


def file_of(tables: list[Table], kind: str) -> HttpResponse:
    """Tables as a download."""
    response = HttpResponse(as_file(tables, kind), content_type=MEDIA_TYPES[ReportFormat(kind)])
    response.headers["Content-Disposition"] = f'attachment; filename="figures-{timezone.localdate()}.{kind}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
