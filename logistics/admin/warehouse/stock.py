"""What lies where, and what partners reported of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from common.admin import words
from common.admin.base import Chips, ReadOnlyAdmin
from logistics.models import StockLevel, StockReading, StockSync

READINGS = 200


@admin.register(StockLevel)
class StockLevelAdmin(ReadOnlyAdmin):
    """Stock is reported by partners and moved by their work, never written here."""

    list_display = ("item", "partner", "units", "expected_units", "reported_day", "reported")
    list_select_related = ("partner",)
    list_filter = (("partner", AutocompleteSelectFilter),)
    list_filter_submit = True
    search_fields = ("=item",)
    search_help_text = gettext_lazy("Item, whole")
    ordering = ("-id",)
    fields = ("partner", "item", "units", "expected_units", "reported_day", "reported_at")
    readonly_fields = fields

    @display(description=gettext_lazy("reported"))
    def reported(self, level: StockLevel) -> str | None:
        return words.moment(level.reported_at) if level.reported_at else None


@admin.register(StockSync)
class StockSyncAdmin(ReadOnlyAdmin):
    """A partner's report of a day; its page shows what differed first."""

    list_display = ("day", "partner", "begun", "completed", "differing", "via")
    list_select_related = ("partner",)
    list_filter = (("partner", AutocompleteSelectFilter),)
    list_filter_submit = True
    ordering = ("-id",)
    fields = ("partner", "day", "begun_at", "completed_at", "via", "readings_told")
    readonly_fields = fields

    class Media:
        css = {"all": ["logistics/work.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        differing: QuerySet[Any] = rows.annotate(
            is_differing=Exists(StockReading.objects.filter(sync=OuterRef("pk"), differs=True))
        )
        return differing

    @display(description=gettext_lazy("begun"))
    def begun(self, sync: StockSync) -> str:
        return words.moment(sync.begun_at)

    @display(description=gettext_lazy("completed"))
    def completed(self, sync: StockSync) -> str:
        return words.moment(sync.completed_at) if sync.completed_at else _("parts are missing")

    @display(description=gettext_lazy("differences"), label=Chips(differs="danger"))
    def differing(self, sync: Any) -> tuple[str, str]:
        return ("differs", _("differs")) if sync.is_differing else ("", "")

    @display(description=gettext_lazy("readings"))
    def readings_told(self, sync: StockSync) -> SafeString:
        """Those that differ first."""
        rows = format_html_join(
            "",
            '<tr{}><td><bdi>{}</bdi></td><td class="w-num">{}</td><td class="w-num">{}</td></tr>',
            (
                (
                    mark_safe(' class="w-differs"') if one.differs else "",
                    one.item,
                    "—" if one.expected_units is None else one.expected_units,
                    one.units,
                )
                for one in sync.readings.order_by("-differs", "id")[:READINGS]
            ),
        )
        head = format_html(
            '<th scope="col">{}</th><th scope="col" class="w-num">{}</th><th scope="col" class="w-num">{}</th>',
            _("Item"),
            _("Units expected"),
            _("Units reported"),
        )
        table = '<table class="w-table w-inset"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        return format_html(table, head, rows)
