"""Compensations and claims at the desk: lists by what is to be done, steps as forms, carriers' terms as data."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from common.admin import words
from common.admin.base import Chips, DeskAdmin, ReadOnlyAdmin
from common.errors import DomainError, InvalidInput, PermissionRefused
from common.inputs import Moment
from tickets.admin import access
from tickets.choices import CLAIM_OVER, COMPENSATION_OVER, Kind
from tickets.models import Claim, ClaimTerms, Compensation
from tickets.services.money import Machine, next_steps, take_step
from tickets.workflows.money import MONEY

COLORS = Chips(
    draft="warning",
    awaiting_approval="warning",
    more_evidence_wanted="warning",
    accepted="info",
    paying="info",
    filed="info",
    acknowledged="info",
    approved="info",
    partly_approved="info",
    paid="success",
    failed="danger",
    denied="danger",
)


class UnderWay(admin.SimpleListFilter):
    """What is not over yet, unless all are asked for."""

    title = gettext_lazy("under way")
    parameter_name = "under_way"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [("yes", gettext_lazy("under way")), ("no", gettext_lazy("over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of a choice."""
        over = COMPENSATION_OVER if queryset.model is Compensation else CLAIM_OVER
        if self.value() == "yes":
            return queryset.exclude(state__in=over)
        return queryset.filter(state__in=over) if self.value() == "no" else queryset


class MoneyAdmin(ReadOnlyAdmin):
    """What both share: read-only rows, moved by steps that call one service."""

    machine: ClassVar[Machine]
    list_select_related: ClassVar[Any] = ("ticket",)
    ordering = ("-created_at", "-id")
    search_fields: ClassVar[tuple[str, ...]] = ("=ticket__id",)
    search_help_text = gettext_lazy("The ticket's number, without letters")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of tickets that this person may see."""
        rows = super().get_queryset(request)
        return rows if request.user.has_perm("tickets.view_safety") else rows.exclude(ticket__kind=Kind.SAFETY)

    def get_urls(self) -> list[URLPattern]:
        """The step's form besides the usual pages."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        step = path("<int:object_id>/step/<slug:step_name>/", self.admin_site.admin_view(self.step_view), name=name)
        return [step, *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Every column, and what can be done."""
        return ["steps", *(field.name for field in self.opts.concrete_fields if field.name != "id")]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of it."""
        return self.get_fields(request, obj)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, with whoever looks at it: what can be done depends on them."""
        row: Any = super().get_object(request, object_id, from_field)
        if row is not None:
            row.looked_at_by = access.actor(request)
        return row

    @display(description=gettext_lazy("ticket"))
    def on_ticket(self, row: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', access.page_of(row.ticket_id), row.ticket.reference)

    @display(description=gettext_lazy("amount"), ordering="amount")
    def sum(self, row: Any) -> str:
        return f"{row.amount.normalize():f} {row.currency}"

    @display(description=gettext_lazy("state"), label=COLORS)
    def state_chip(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=gettext_lazy("opened"), ordering="created_at")
    def opened(self, row: Any) -> str:
        return words.moment(row.created_at)

    @display(description=gettext_lazy("what can be done"))
    def steps(self, row: Any) -> SafeString:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_step"
        found = next_steps(self.machine, row, row.looked_at_by)
        links = ((reverse(name, args=[row.pk, one.name]), one.label) for one in found)
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or format_html("—")

    def step_view(self, request: HttpRequest, object_id: int, step_name: str) -> HttpResponse:
        """The form of a step (GET), and taking it (POST). Errors stand beside their fields; nothing changes then."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        access.refuse_unless(request, MONEY)
        row = self.get_queryset(request).filter(pk=object_id).first()
        step, actor = self.machine.steps.get(step_name), access.actor(request)
        if row is None or step is None or actor.kind not in step.by:
            raise Http404
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        known = {f"{entry.name}_currency": row.currency for entry in step.inputs}
        form = step.form()(initial={**known, "reference": getattr(row, "their_reference", "")})
        status = 200
        if request.method == "POST":
            form = step.form()(data=request.POST)
            try:
                moved: Any = take_step(
                    machine=self.machine,
                    row_id=row.pk,
                    step=step.name,
                    data=request.POST,
                    actor=actor,
                    now=timezone.now(),
                )
            except PermissionRefused as error:
                raise PermissionDenied from error
            except DomainError as error:
                status = 422 if isinstance(error, InvalidInput) else 409
                _add_errors(form, error)
            else:
                messages.success(request, _("It is now “%(state)s”.") % {"state": moved.get_state_display()})
                return access.go(request, address)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{row} · {step.label}",
            "heading": step.label,
            "intro": f"{row} · {row.get_state_display()}",
            "opts": self.opts,
            "is_fullwidth": "1",
            "form": form,
            "submit": step.label,
            "address": address,
            "zone": timezone.get_current_timezone_name(),
            "has_moment": any(isinstance(entry, Moment) for entry in step.inputs),
        }
        return TemplateResponse(request, "admin/tickets/form.html", context, status=status)


@admin.register(Compensation)
class CompensationAdmin(MoneyAdmin):
    """What customers get."""

    machine = Machine.COMPENSATION
    list_display = ("on_ticket", "sum", "method", "state_chip", "opened")
    list_display_links = ("sum",)
    list_filter = (UnderWay, "state", "method")


@admin.register(Claim)
class ClaimAdmin(MoneyAdmin):
    """What carriers and partners owe us."""

    machine = Machine.CLAIM
    list_display = ("on_ticket", "sum", "against", "state_chip", "file_by", "answer_by", "opened")
    list_display_links = ("sum",)
    list_filter = (UnderWay, "state", "partner")
    list_select_related = ("ticket", "partner", "carrier")

    @display(description=gettext_lazy("against"))
    def against(self, claim: Claim) -> str:
        return str(claim.partner or claim.carrier or "—")


@admin.register(ClaimTerms)
class ClaimTermsAdmin(DeskAdmin):
    """By when carriers want claims, as they say it."""

    list_display = ("__str__", "file_within_days", "counted_from", "answer_within_days", "appeal_within_days")
    list_select_related = ("carrier",)
    autocomplete_fields = ("carrier",)
    may_delete = True


def _add_errors(form: Any, error: DomainError) -> None:
    """What was wrong beside its fields; what no field is named for stands on top."""
    if not form.is_valid():
        return
    named = {name: sentences for name, sentences in error.data.items() if name in form.fields}
    for name, sentences in named.items():
        form.add_error(name, [str(sentence) for sentence in sentences])
    if not named:
        form.add_error(None, str(error))
