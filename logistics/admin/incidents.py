"""What logistics noticed, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin import words
from common.admin.base import Chips, ReadOnlyAdmin
from logistics.models import Incident
from logistics.policies.subjects import told_outcome

type Places = dict[int, list[tuple[str, str]]]
"""By the incident's number: what it led to, as label and address."""

_tellers: list[Callable[[Iterable[int]], Places]] = []


def tells_places(teller: Callable[[Iterable[int]], Places]) -> Callable[[Iterable[int]], Places]:
    """Register a floor above that knows what incidents led to."""
    _tellers.append(teller)
    return teller


def places_of(incidents: Iterable[Incident]) -> Places:
    """Where these incidents are worked on."""
    numbers = [incident.pk for incident in incidents]
    found: Places = {}
    for teller in _tellers if numbers else ():
        for number, places in teller(numbers).items():
            found.setdefault(number, []).extend(places)
    return found


def became(incident: Incident) -> str:
    """What became of an incident, in words."""
    return told_outcome(incident.outcome) or incident.get_state_display()


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """Read only: tickets decides what becomes of an incident."""

    list_display = (
        "what",
        "type",
        "shipment",
        "happened",
        "state_chip",
        "what_became",
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
        "what_became",
        "led_to",
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

    @display(description=_("what became of it"))
    def what_became(self, incident: Incident) -> str:
        return told_outcome(incident.outcome)

    @display(description=_("where it is worked on"))
    def led_to(self, incident: Incident) -> str:
        places = places_of([incident]).get(incident.pk, [])
        return format_html_join(", ", '<a href="{}">{}</a>', ((address, label) for label, address in places)) or "—"

    @display(description=_("evidence"))
    def seen(self, incident: Incident) -> SafeString:
        text = json.dumps(incident.evidence, ensure_ascii=False, indent=2)
        return format_html('<pre class="whitespace-pre-wrap text-xs">{}</pre>', text)
