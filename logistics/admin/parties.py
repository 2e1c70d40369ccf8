"""Partners with their people, and carriers."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminTextInputWidget

from common.admin import words
from common.admin.base import DeskAdmin
from common.admin.people import zone_choices
from logistics.admin.api_keys import KeyInline
from logistics.choices import PartnerKind
from logistics.models import (
    Agreement,
    Carrier,
    InboundBooking,
    Partner,
    PartnerContact,
    ShipmentInstruction,
    StockCount,
    StockLevel,
    StockSync,
)


class PartnerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A partner; the zone is chosen from a list."""

    class Meta:
        model = Partner
        fields = ("kind", "name", "country", "language", "time_zone", "calendar", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            choices = zone_choices()
            self.fields["time_zone"] = forms.ChoiceField(
                label=_("Time zone"), choices=choices, initial="UTC", widget=UnfoldAdminSelect2Widget(choices=choices)
            )


class ContactInline(StackedInline):
    model = PartnerContact
    extra = 0
    fields = (
        ("name", "part", "is_primary"),
        ("email", "phone"),
        ("language", "backup"),
        ("is_active", "signs_in"),
    )
    readonly_fields = ("signs_in",)

    @display(description=_("partner's pages"))
    def signs_in(self, contact: PartnerContact) -> str:
        """Whether the contact has a way into the partner's pages."""
        if contact.user is None:
            return gettext("not invited")
        if contact.user.last_login is None:
            return gettext("invited, has not signed in yet")
        return gettext("signs in as %(address)s") % {"address": contact.user.email}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset.select_related("partner", "user")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A backup is somebody of the same partner; who that is, is read once for all contacts on the page."""
        if db_field.name != "backup":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        match = request.resolver_match
        partner = str(match.kwargs.get("object_id") or "0") if match else "0"
        contacts = PartnerContact.objects.filter(partner_id=partner).select_related("partner")
        field: Any = super().formfield_for_foreignkey(db_field, request, queryset=contacts, **kwargs)
        field.choices = list(field.choices)
        return field


class AgreementForm(forms.ModelForm):  # type: ignore[type-arg]
    """What was agreed; the zone is chosen from a list."""

    class Meta:
        model = Agreement
        fields = (
            "answer_minutes",
            "calendar",
            "time_zone",
            "daily_sync_at",
            "daily_sync_tolerance",
            "stock_tolerance_units",
            "stock_tolerance_percent",
            "channel",
            "languages",
            "valid_from",
            "note",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "languages" in self.fields:
            self.fields["languages"].widget = UnfoldAdminTextInputWidget()
        if "time_zone" in self.fields:
            known = self.fields["time_zone"]
            choices = zone_choices(empty=True)
            self.fields["time_zone"] = forms.ChoiceField(
                label=known.label,
                help_text=known.help_text,
                choices=choices,
                required=False,
                widget=UnfoldAdminSelect2Widget(choices=choices),
            )


class AgreementInline(StackedInline):
    """What was agreed with the partner: clocks, escalation and the partner's figures read it."""

    model = Agreement
    form = AgreementForm
    extra = 0
    max_num = 1
    autocomplete_fields = ("calendar",)
    fields = (
        ("answer_minutes", "calendar", "time_zone"),
        ("daily_sync_at", "daily_sync_tolerance"),
        ("stock_tolerance_units", "stock_tolerance_percent"),
        ("channel", "languages", "valid_from"),
        "note",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset.select_related("partner", "calendar")


@admin.register(Partner)
class PartnerAdmin(DeskAdmin):
    """Organisations we work with. They are switched off, never deleted."""

    form = PartnerForm
    list_display = (
        "name",
        "kind",
        "where",
        "local_time",
        "is_active",
    )
    list_filter = (
        "kind",
        "is_active",
    )
    search_fields = ("name",)
    autocomplete_fields = ("calendar",)
    inlines = (AgreementInline, ContactInline, KeyInline)

    @display(description=_("their work"))
    def work(self, partner: Partner) -> SafeString:
        """The lists of warehouse work, with only this partner's rows."""
        links = [
            (
                reverse(f"admin:logistics_{model._meta.model_name}_changelist"),
                partner.pk,
                model._meta.verbose_name_plural,
            )
            for model in (InboundBooking, StockCount, ShipmentInstruction, StockLevel, StockSync)
        ]
        return format_html_join(" · ", '<a href="{}?partner__id__exact={}">{}</a>', links)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """With the lists of its work on a warehouse's page."""
        shows_work = obj is not None and obj.kind == PartnerKind.WAREHOUSE
        return [*PartnerForm.Meta.fields, *(["work"] if shows_work else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["work"]

    @display(description=_("country"))
    def where(self, partner: Partner) -> str:
        return words.country(partner.country) or "—"

    @display(description=_("time there"))
    def local_time(self, partner: Partner) -> str:
        return words.clock_time(timezone.now(), zoneinfo.ZoneInfo(partner.time_zone))


def _plural(model: type[Model]) -> str:
    return capfirst(str(model._meta.verbose_name_plural))


@admin.register(Carrier)
class CarrierAdmin(DeskAdmin):
    """Who carries, and the limits by which we notice that something is wrong."""

    list_display = (
        "name",
        "code",
        "partner",
        "stale_after_days",
        "late_grace_hours",
        "max_delivery_attempts",
    )
    list_select_related = ("partner",)
    search_fields = (
        "name",
        "code",
    )
    autocomplete_fields = ("partner",)
