"""Partners as logistics keeps them, and how they answered when they were called."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.admin import words
from logistics.admin.parties import PartnerAdmin
from logistics.models import Partner
from tickets.services.escalation.reading import LOOKED_BACK, partner_record

admin.site.unregister(Partner)


@admin.register(Partner)
class PartnerWithCallsAdmin(PartnerAdmin):
    """The partner's page, with a card above the form."""

    change_form_outer_before_template: Any = "admin/tickets/partner_calls.html"

    class Media:
        css = {"all": ["common/calendars.css"]}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and above it how the partner answered lately."""
        partner = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if partner is not None and self.has_view_permission(request, partner):
            context |= {"record": record_of(partner)}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response


def record_of(partner: Partner) -> dict[str, Any]:
    """How a partner answered lately, ready to print."""
    record = partner_record(partner, now=timezone.now())
    within = record["answered_within"]
    usually = words.span(within.total_seconds()) if within is not None else "—"
    return {
        "days": LOOKED_BACK.days,
        "called": record["called"],
        "rows": [
            (capfirst(_("called")), record["called"]),
            (capfirst(_("answered")), record["answered"]),
            (
                capfirst(_("answered within, on average")),
                usually,
            ),
            (capfirst(_("without an answer")), record["unanswered"]),
            (capfirst(_("backup asked")), record["backup_used"]),
            (capfirst(_("supervisor asked")), record["supervisor_asked"]),
            (capfirst(_("did not arrive")), record["did_not_arrive"]),
        ],
    }
