"""Lane advisories: entered once, told to whoever is on the lane."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from common.admin import words
from common.admin.base import DeskAdmin
from logistics.models import LaneAdvisory
from logistics.services.advisories import warn, withdraw


class AdvisoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new advisory. What was told cannot be changed any more; it can be withdrawn."""

    class Meta:
        model = LaneAdvisory
        fields = ("origin_country", "destination_country", "cause", "starts_at", "ends_at", "tells_customers", "note")
        help_texts: ClassVar = {
            "origin_country": _("Two capital letters (ISO 3166); empty for everywhere."),
            "destination_country": _("Two capital letters (ISO 3166); empty for everywhere."),
            "ends_at": _("Customers are told this day."),
            "tells_customers": _("Everyone with a parcel under way there is written to once, by day."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("origin_country") and not cleaned.get("destination_country"):
            raise ValidationError(_("Name at least one end of the lane: from where, to where, or both."))
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("It must end after it begins."))
        elif ends_at and ends_at <= timezone.now():
            self.add_error("ends_at", _("This is over already. Nobody would be told."))
        return cleaned


@admin.register(LaneAdvisory)
class AdvisoryAdmin(DeskAdmin):
    """What holds lanes up, now and before."""

    form = AdvisoryForm
    list_display = ("lane_name", "cause", "from_when", "until", "told", "entered_by", "withdrawn")
    list_filter = ("cause",)
    ordering = ("-id",)
    list_select_related = ("created_by",)
    actions = ("withdraw_selected",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It was told as it stands."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        warn(obj, by=request.user, now=timezone.now())

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("logistics.change_laneadvisory"))

    @action(description=_("Withdraw: it does not hold any more"), permissions=["withdraw"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[LaneAdvisory]) -> None:
        """Nobody else is told of the selected advisories."""
        if not self.has_withdraw_permission(request):
            raise PermissionDenied
        now = timezone.now()
        done = sum(withdraw(advisory_id=one, now=now) for one in queryset.values_list("pk", flat=True)[:100])
        messages.success(
            request,
            ngettext("%(count)d advisory withdrawn.", "%(count)d advisories withdrawn.", done) % {"count": done},
        )

    @display(description=_("lane"))
    def lane_name(self, one: LaneAdvisory) -> str:
        return one.lane

    @display(description=_("from when"), ordering="starts_at")
    def from_when(self, one: LaneAdvisory) -> str:
        return words.moment(one.starts_at)

    @display(description=_("until about"), ordering="ends_at")
    def until(self, one: LaneAdvisory) -> str:
        return words.moment(one.ends_at)

    @display(description=_("customers are told"), boolean=True)
    def told(self, one: LaneAdvisory) -> bool:
        return one.tells_customers

    @display(description=_("entered by"))
    def entered_by(self, one: LaneAdvisory) -> str:
        return str(one.created_by or "—")

    @display(description=_("withdrawn"))
    def withdrawn(self, one: LaneAdvisory) -> str:
        return words.moment(one.withdrawn_at) if one.withdrawn_at else "—"
