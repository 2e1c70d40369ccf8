"""What logistics noticed, and what became of it."""

from __future__ import annotations

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin import words
from common.admin.base import Chips, ReadOnlyAdmin
from logistics.models import Incident


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """Read only: tickets decides what becomes of an incident."""

    list_display = (
        "what",
        "type",
        "shipment",
        "happened",
        "state_chip",
        "outcome",
    )
    list_select_related = ("shipment",)
    list_filter = (
        "state",
        "type",
    )
    search_fields = ("=shipment__tracking_number",)
    search_help_text = _("Tracking number, whole")
    ordering = ("-id",)
    fields = (
        "what",
        "type",
        "shipment",
        "happened_at",
        "noticed_at",
        "state",
        "handled_at",
        "outcome",
        "seen",
    )
    readonly_fields = fields

    @display(description=_("subject"))
    def what(self, incident: Incident) -> str:
        return str(incident)

    @display(description=_("happened"))
    def happened(self, incident: Incident) -> str:
        return words.moment(incident.happened_at)

    @display(description=_("state"), label=Chips(noticed="info", handled="success", failed="danger"))
    def state_chip(self, incident: Incident) -> tuple[str, str]:
        return incident.state, incident.get_state_display()

    @display(description=_("evidence"))
    def seen(self, incident: Incident) -> SafeString:
        text = json.dumps(incident.evidence, ensure_ascii=False, indent=2)
        return format_html('<pre class="whitespace-pre-wrap text-xs">{}</pre>', text)
