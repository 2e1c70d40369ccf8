"""What is promised, and what was missed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display

from common.admin import words
from common.admin.base import Chips, DeskAdmin, ReadOnlyAdmin
from tickets.admin.promise_form import PromiseForm
from tickets.choices import BreachCause, HoursOf, Kind, Target
from tickets.models import Breach, PromisePolicy
from tickets.policies.conditions import sentence
from tickets.services.promises.editing import in_the_way_of, is_in_use
from tickets.services.rules.references import conditions_sentence, names_in

VIEW_SAFETY = "tickets.view_safety"


@admin.register(PromisePolicy)
class PromiseAdmin(DeskAdmin):
    """Promises in the order in which they are looked at, each with its sentence."""

    form = PromiseForm
    list_display = (
        "shown_name",
        "target",
        "order",
        "says",
        "is_active",
        "problem",
    )
    list_filter = (
        "target",
        "is_active",
    )
    search_fields = ("name",)
    ordering = (
        "target",
        "order",
        "id",
    )
    autocomplete_fields = ("calendar",)
    readonly_fields = ("conditions_said",)
    fieldsets: ClassVar = (
        (None, {"fields": ("name", "target", "order", "is_active")}),
        (
            gettext_lazy("For which tickets"),
            {
                "fields": ("conditions",),
            },
        ),
        (
            gettext_lazy("Within what time"),
            {"fields": ("amount", "unit", "hours_of", "calendar", "warn_at_percent")},
        ),
    )
    may_delete = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what they need to be told: names in their conditions, and who stands in whose way."""
        return super().get_queryset(request).select_related("calendar")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The form; those who only read are told the conditions in a sentence instead of a builder."""
        shown = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return shown
        said = ("conditions_said",)
        return [(title, {**part, "fields": said} if "conditions" in part["fields"] else part) for title, part in shown]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list; the names in conditions and the neighbours are read once for all its rows."""
        shown = super().get_changelist_instance(request)
        policies = list(PromisePolicy.objects.all())
        names = names_in(*(policy.conditions for policy in policies if policy.conditions))
        shown.result_list = list(shown.result_list)
        for policy in shown.result_list:
            policy.names, policy.neighbours = names, policies
        return shown

    @display(description=gettext_lazy("name"), ordering="name")
    def shown_name(self, policy: PromisePolicy) -> str:
        return _(policy.name)

    @display(description=gettext_lazy("says"))
    def says(self, policy: PromisePolicy) -> str:
        return told(policy, names=getattr(policy, "names", None))

    @display(description=gettext_lazy("problem"))
    def problem(self, policy: PromisePolicy) -> str:
        if not policy.is_active:
            return ""
        other = in_the_way_of(policy, getattr(policy, "neighbours", None))
        return _("Never holds: “%(name)s” comes first.") % {"name": _(other.name)} if other else ""

    @display(description=gettext_lazy("for which tickets"))
    def conditions_said(self, policy: PromisePolicy) -> str:
        return conditions_sentence(policy.conditions) if policy.conditions else _("all tickets")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save it, and say when it can never hold."""
        super().save_model(request, obj, form, change)
        other = in_the_way_of(obj) if obj.is_active else None
        if other is not None:
            said = _("“%(name)s” never holds: “%(other)s” comes first for the same tickets. Give it a smaller number.")
            messages.warning(request, said % {"name": _(obj.name), "other": _(other.name)})

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask whether it shall go; one by which anything was promised stays."""
        policy = self.get_object(request, object_id)
        if policy is not None and self.has_delete_permission(request, policy) and is_in_use(policy):
            messages.error(request, _refusal(policy))
            return HttpResponseRedirect(reverse("admin:tickets_promisepolicy_change", args=[policy.pk]))
        response: HttpResponse = super().delete_view(request, object_id, extra_context)
        return response

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[str], list[str]]:
        """What goes along, and the sentences of those that have to stay."""
        policies = [one for one in objs if isinstance(one, PromisePolicy)]
        kept = [_refusal(policy) for policy in policies if is_in_use(policy)]
        if kept:
            return [], {}, set(), kept
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, lacking, protected


def _refusal(policy: PromisePolicy) -> str:
    return _("“%(name)s” was promised to customers and stays for the record. Switch it off instead.") % {
        "name": _(policy.name)
    }


def told(policy: PromisePolicy, *, names: Any = None) -> str:
    """A promise in a sentence: "2 h in the team's hours, when kind is Inquiry"."""
    hours = str(policy.calendar) if policy.hours_of == HoursOf.CALENDAR else policy.get_hours_of_display()
    said = {
        "time": words.span(policy.duration.total_seconds()),
        "hours": hours,
        "conditions": sentence(policy.conditions or {}, names=names),
    }
    if not policy.conditions:
        return _("%(time)s · %(hours)s · all tickets") % said
    return _("%(time)s · %(hours)s · when %(conditions)s") % said


@admin.register(Breach)
class BreachAdmin(ReadOnlyAdmin):
    """Promises that were missed, the latest first."""

    list_display = (
        "ticket_link",
        "target_label",
        "cause_chip",
        "due_at",
        "late",
        "team",
        "partner",
    )
    list_display_links = ("target_label",)
    list_filter = (
        "target",
        "cause",
    )
    list_select_related = (
        "ticket",
        "team",
        "partner",
    )
    ordering = (
        "-due_at",
        "-id",
    )
    fields = (
        "ticket_link",
        "target_label",
        "cause_chip",
        "due_at",
        "noticed_at",
        "late",
        "team",
        "partner",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        breaches = super().get_queryset(request)
        return breaches if request.user.has_perm(VIEW_SAFETY) else breaches.exclude(ticket__kind=Kind.SAFETY)

    @display(description=gettext_lazy("ticket"))
    def ticket_link(self, breach: Breach) -> SafeString:
        address = reverse("admin:tickets_ticket_change", args=[breach.ticket_id])
        return format_html('<a href="{}">{}</a>', address, breach.ticket.reference)

    @display(description=gettext_lazy("promise"))
    def target_label(self, breach: Breach) -> str:
        return str(Target(breach.target).label)

    @display(description=gettext_lazy("cause"), label=Chips())
    def cause_chip(self, breach: Breach) -> str:
        return str(BreachCause(breach.cause).label)

    @display(description=pgettext_lazy("promise", "late by"))
    def late(self, breach: Breach) -> str:
        if breach.late_by is None:
            return _("still owed, or given up")
        return words.span(breach.late_by.total_seconds())
