"""What lies where, and what partners reported of it."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from common.admin import words
from common.admin.base import ReadOnlyAdmin
from logistics.models import StockLevel, StockSync

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
    def reported(self, level: StockLevel) -> str:
        return words.moment(level.reported_at) if level.reported_at else ""


@admin.register(StockSync)
class StockSyncAdmin(ReadOnlyAdmin):
    """A partner's report of a day; its page shows what differed first."""

    list_display = ("day", "partner", "begun", "completed", "via")
    list_select_related = ("partner",)
    list_filter = (("partner", AutocompleteSelectFilter),)
    list_filter_submit = True
    ordering = ("-id",)
    fields = ("partner", "day", "begun_at", "completed_at", "via", "readings_told")
    readonly_fields = fields

    @display(description=gettext_lazy("begun"))
    def begun(self, sync: StockSync) -> str:
        return words.moment(sync.begun_at)

    @display(description=gettext_lazy("completed"))
    def completed(self, sync: StockSync) -> str:
        return words.moment(sync.completed_at) if sync.completed_at else _("parts are missing")

    @display(description=gettext_lazy("readings"))
    def readings_told(self, sync: StockSync) -> SafeString:
        """Those that differ first."""
        rows = format_html_join(
            "",
            '<tr><td class="pr-4">{}</td><td class="pr-4">{}</td><td class="pr-4">{}</td><td>{}</td></tr>',
            (
                (
                    one.item,
                    "—" if one.expected_units is None else one.expected_units,
                    one.units,
                    _("differs") if one.differs else "",
                )
                for one in sync.readings.order_by("-differs", "id")[:READINGS]
            ),
        )
        head = (_("Item"), _("Units expected"), _("Units reported"))
        return format_html(
            "<table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th></th></tr></thead><tbody>{}</tbody></table>",
            *head,
            rows,
        )
