"""Who is on call when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import display

from common.admin.base import DeskAdmin
from tickets.admin.rota_forms import LayerForm, LayerFormSet, OverrideForm, RotaForm
from tickets.admin.rota_page import page_of
from tickets.models import Rota, RotaLayer, RotaOverride
from tickets.services.escalation.rotas import on_call_of


class LayerInline(StackedInline):
    model = RotaLayer
    form = LayerForm
    formset = LayerFormSet
    verbose_name = _("layer")
    verbose_name_plural = _("Layers: a higher one stands above a lower one")
    extra = 0
    fields = (
        ("order", "name", "time_zone"),
        "people",
        ("starts_on", "turn_days", "hands_over_at"),
        ("from_time", "until_time"),
        "weekdays",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset.select_related("rota").prefetch_related("turns")


class OverrideInline(TabularInline):
    model = RotaOverride
    form = OverrideForm
    verbose_name = _("stand-in")
    verbose_name_plural = _("Somebody else for a while")
    extra = 0
    autocomplete_fields = ("user",)
    show_title = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What is over for long is not shown: nobody is called by it."""
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset.filter(until_at__gt=timezone.now() - timedelta(days=30)).select_related("user", "rota")


@admin.register(Rota)
class RotaAdmin(DeskAdmin):
    """People who take turns; the page draws the coming two weeks."""

    form = RotaForm
    list_display = ("name", "time_zone", "now")
    search_fields = ("name",)
    inlines = (LayerInline, OverrideInline)
    may_delete = True
    change_form_outer_before_template: Any = "admin/tickets/rota.html"

    class Media:
        css = {"all": ["common/calendars.css", "tickets/rotas.css"]}

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list; who is on call is read once for all its rows."""
        shown = super().get_changelist_instance(request)
        shown.result_list = list(shown.result_list)
        people = on_call_of(shown.result_list, timezone.now())
        for rota in shown.result_list:
            rota.person = people.get(rota.pk)
        return shown

    @display(description=_("on call now"))
    def now(self, rota: Rota) -> str:
        return str(getattr(rota, "person", None) or gettext("nobody"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and above it what is saved: two weeks drawn."""
        rota = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if rota is not None and self.has_view_permission(request, rota):
            context |= {"drawing": page_of(rota, now=timezone.now())}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response
