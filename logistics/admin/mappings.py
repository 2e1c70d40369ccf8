"""How carriers' codes read on our two axes; codes we do not know wait here for review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminSelectWidget

from common.admin.base import DeskAdmin
from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.models import StatusMapping


class MapForm(ActionForm):
    """What the selected codes shall mean."""

    to_status = forms.ChoiceField(
        label="", required=False, choices=[("", _("Status")), *TrackingStatus.choices], widget=UnfoldAdminSelectWidget
    )
    to_reason = forms.ChoiceField(
        label="", required=False, choices=TrackingReason.choices, widget=UnfoldAdminSelectWidget
    )
    to_fault = forms.ChoiceField(label="", required=False, choices=Fault.choices, widget=UnfoldAdminSelectWidget)


@admin.register(StatusMapping)
class StatusMappingAdmin(DeskAdmin):
    """The review list: what needs review first."""

    action_form = MapForm
    list_display = (
        "raw_code",
        "source",
        "status",
        "reason",
        "fault",
        "review",
        "example",
    )
    list_filter = (
        "needs_review",
        "source",
        "status",
    )
    search_fields = (
        "raw_code",
        "example",
    )
    ordering = (
        "-needs_review",
        "source",
        "raw_code",
    )
    actions = ("map_selected",)
    readonly_fields = ("first_seen_at",)

    @display(description=_("review"), label={"wanted": "warning", "done": "success"})
    def review(self, mapping: StatusMapping) -> tuple[str, Any]:
        return ("wanted", _("wanted")) if mapping.needs_review else ("done", _("done"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """What a person saved is reviewed, unless they left it unknown."""
        obj.needs_review = obj.status == TrackingStatus.UNKNOWN
        super().save_model(request, obj, form, change)

    @action(description=_("Map to the status chosen beside"), permissions=["change"])
    def map_selected(self, request: HttpRequest, queryset: QuerySet[StatusMapping]) -> None:
        """Give all selected codes one meaning."""
        status = request.POST.get("to_status", "")
        reason, fault = request.POST.get("to_reason", ""), request.POST.get("to_fault", Fault.NOBODY)
        if status not in TrackingStatus.values or reason not in TrackingReason.values or fault not in Fault.values:
            messages.error(request, _("Choose a status first."))
            return
        done = queryset.update(status=status, reason=reason, fault=fault, needs_review=status == TrackingStatus.UNKNOWN)
        messages.success(request, ngettext("%(count)d code mapped.", "%(count)d codes mapped.", done) % {"count": done})
