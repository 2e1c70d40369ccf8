"""Customers: who they are, where they live, how they are reached, and forgetting them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelect2Widget

from common.admin import words
from common.admin.base import Chips, DeskAdmin
from common.admin.people import zone_choices
from logistics.models import Customer
from tickets.models import ChannelIdentity
from tickets.policies.actor import Actor
from tickets.services.erasure import erase_customer

MOST_AT_ONCE = 20


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]
    """A customer; the zone is chosen from a list and may stay unknown."""

    class Meta:
        model = Customer
        fields = ("name", "tier", "language", "time_zone", "country", "account_manager", "wants_notices", "note")
        help_texts = {
            "language": gettext_lazy("A code like de or zh-Hans; our automatic messages are written in it."),
            "country": gettext_lazy("Two capital letters (ISO 3166), like DE."),
            "note": gettext_lazy("Staff see it beside every ticket of this customer."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            choices = zone_choices(empty=True)
            self.fields["time_zone"] = forms.ChoiceField(
                label=gettext_lazy("Time zone"),
                choices=choices,
                required=False,
                widget=UnfoldAdminSelect2Widget(choices=choices),
            )


class IdentityInline(TabularInline):
    """How each connection knows them; leave to write is theirs, so it is not changed here."""

    model = ChannelIdentity
    fields = (
        "through",
        "external_id",
        "display_name",
        "is_verified",
        "has_consent",
        "is_blocked",
    )
    readonly_fields = fields
    extra = 0
    max_num = 0
    can_delete = False
    verbose_name_plural = gettext_lazy("channels")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset.select_related("connection")

    @display(description=gettext_lazy("connection"))
    def through(self, identity: ChannelIdentity) -> str:
        return str(identity.connection)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("logistics.view_customer"))


@admin.register(Customer)
class CustomerAdmin(DeskAdmin):
    """The list and the card of a customer. They are erased, never deleted."""

    form = CustomerForm
    list_display = (
        "who",
        "tier_chip",
        "language_name",
        "where",
        "local_time",
        "tickets",
    )
    list_filter = ("tier",)
    search_fields = ("name",)
    ordering = ("-id",)
    readonly_fields = (
        "since",
        "erased_at",
        "tickets",
    )
    autocomplete_fields = ("account_manager",)
    inlines = (IdentityInline,)
    actions = ("erase",)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    "name",
                    "tier",
                    "language",
                    "time_zone",
                    "country",
                    "account_manager",
                    "wants_notices",
                    "note",
                ]
            },
        ),
        (None, {"fields": ["tickets", "since", "erased_at"]}),
    )

    @display(description=gettext_lazy("customer since"))
    def since(self, customer: Customer) -> str:
        return words.moment(customer.created_at) if customer.pk else "—"

    @display(description=gettext_lazy("customer"), ordering="name")
    def who(self, customer: Customer) -> str:
        return str(customer)

    @display(description=gettext_lazy("tier"), label=Chips(vip="warning"))
    def tier_chip(self, customer: Customer) -> tuple[str, str]:
        return customer.tier, customer.get_tier_display()

    @display(description=gettext_lazy("language"))
    def language_name(self, customer: Customer) -> str:
        return words.language(customer.language) or "—"

    @display(description=gettext_lazy("country"))
    def where(self, customer: Customer) -> str:
        return words.country(customer.country) or "—"

    @display(description=gettext_lazy("time there"))
    def local_time(self, customer: Customer) -> str:
        return words.clock_time(timezone.now(), customer.zone) if customer.time_zone else "—"

    @display(description=gettext_lazy("tickets"))
    def tickets(self, customer: Customer) -> SafeString | str:
        if not customer.pk or not customer.name:
            return "—"
        address = reverse("admin:tickets_ticket_changelist")
        return format_html('<a href="{}?q={}">{}</a>', address, customer.name, _("Show tickets"))

    @action(description=gettext_lazy("Erase personal content for good"), permissions=["erase"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Customer]) -> None:
        """Forget the selected customers: what they said, who they are, their files. Cannot be taken back."""
        if not self.has_erase_permission(request):
            raise PermissionDenied
        ids = list(queryset.filter(erased_at__isnull=True).values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(ids) > MOST_AT_ONCE:
            messages.error(request, _("Select at most %(count)d customers at a time.") % {"count": MOST_AT_ONCE})
            return
        for customer_id in ids:
            erase_customer(customer_id=customer_id, actor=Actor.staff(request.user), now=timezone.now())
        done = len(ids)
        messages.success(
            request, ngettext("%(count)d customer erased.", "%(count)d customers erased.", done) % {"count": done}
        )

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("tickets.erase_customer"))
