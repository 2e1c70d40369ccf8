"""Shipments: mostly read; what carriers say about them is not ours to edit."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin import words
from common.admin.base import Chips, DeskAdmin
from logistics.models import Shipment
from logistics.policies.tracking_number import normalise_tracking_number

SCANS = 60
COLORS = Chips(
    delivered="success",
    exception="danger",
    attempt_failed="warning",
    customs="warning",
    returning="warning",
    unknown="info",
)


@admin.register(Shipment)
class ShipmentAdmin(DeskAdmin):
    """The list finds by number alone, which is indexed; the page shows the scans in their places' own time."""

    list_display = (
        "tracking_number",
        "lane",
        "carrier",
        "customer",
        "status_chip",
        "reason",
        "last_scan",
        "promised",
    )
    list_select_related = (
        "carrier",
        "customer",
    )
    list_filter = (
        "status",
        "carrier",
    )
    search_fields = (
        "=tracking_number",
        "=order_number",
    )
    search_help_text = _("Tracking number or order number, whole")
    ordering = ("-id",)
    autocomplete_fields = (
        "carrier",
        "customer",
    )
    readonly_fields = (
        "status",
        "reason",
        "fault",
        "last_scan",
        "estimated_from",
        "estimated_to",
        "delivered_at",
        "scans",
    )
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("tracking_number", "carrier"),
                    ("customer", "order_number"),
                    ("origin_country", "destination_country"),
                ]
            },
        ),
        (_("Goods"), {"fields": ["contents", ("declared_value", "declared_currency"), ("terms", "promised_date")]}),
        (
            _("Where it is"),
            {
                "fields": [
                    ("status", "reason"),
                    ("fault", "last_scan"),
                    ("estimated_from", "estimated_to"),
                    "delivered_at",
                    "scans",
                ]
            },
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Numbers are stored in capitals without blanks, people type them otherwise."""
        number = normalise_tracking_number(search_term) if search_term else ""
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, search_term)
        if number and number != search_term:
            return found[0] | queryset.filter(tracking_number=number), found[1]
        return found

    @display(description=_("lane"))
    def lane(self, shipment: Shipment) -> str:
        return shipment.lane or "—"

    @display(description=_("status"), label=COLORS)
    def status_chip(self, shipment: Shipment) -> tuple[str, str]:
        return shipment.status, shipment.get_status_display()

    @display(description=_("last scan"), ordering="last_event_at")
    def last_scan(self, shipment: Shipment) -> str:
        return words.moment(shipment.last_event_at) if shipment.last_event_at else "—"

    @display(description=_("promised day"))
    def promised(self, shipment: Shipment) -> str:
        return words.day(shipment.promised_date) if shipment.promised_date else "—"

    @display(description=_("scans"))
    def scans(self, shipment: Shipment) -> SafeString | str:
        if not shipment.pk:
            return "—"
        rows = format_html_join(
            "",
            '<tr><td class="pr-4 py-1 whitespace-nowrap">{}</td><td class="pr-4 py-1"><b>{}</b>{}</td>'
            '<td class="pr-4 py-1">{}</td><td class="py-1 text-subtle">{}</td></tr>',
            (
                (
                    words.offset_time(scan.at, scan.offset_minutes),
                    scan.get_status_display(),
                    f" · {scan.get_reason_display()}" if scan.reason else "",
                    scan.location,
                    " ".join(part for part in (scan.raw_code, scan.text) if part),
                )
                for scan in shipment.events.all()[:SCANS]
            ),
        )
        return format_html("<table><tbody>{}</tbody></table>", rows) if rows else "—"
