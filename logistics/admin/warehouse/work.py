"""Bookings, counts and instructions at the desk: lists by who is late, a page each, steps as buttons with forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from common.admin import words
from common.admin.base import Chips, ReadOnlyAdmin
from common.errors import DomainError, InvalidInput, PermissionRefused
from common.inputs import Moment
from logistics.admin.warehouse.page import context_of, due_of
from logistics.choices import Awaiting, WhoKind
from logistics.errors import NoSuchWork
from logistics.models import InboundBooking, ShipmentInstruction, StockCount, WarehouseWork
from logistics.policies.who import Who
from logistics.services.warehouse.work import lines_for, open_work, take_step
from logistics.workflows import MACHINES, Machine, Step

COLORS = Chips(
    countered="warning",
    received="danger",
    counted="danger",
    difference_explained="warning",
    refused="danger",
    closed="success",
    accepted="success",
    dispatched="success",
    announced="info",
    asked="info",
    sent="info",
)


class WhoActs(admin.SimpleListFilter):
    """Who has to do the next thing, and who should have."""

    title = gettext_lazy("who has to act")
    parameter_name = "acts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [
            ("late", gettext_lazy("the partner, and is late")),
            ("partner", gettext_lazy("the partner")),
            ("us", gettext_lazy("we")),
            ("nobody", gettext_lazy("nobody any more")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of a choice."""
        value = self.value()
        if value == "late":
            late: QuerySet[Any] = queryset.late(now=timezone.now())  # type: ignore[attr-defined]
            return late
        return queryset.filter(awaiting=value) if value in Awaiting.values else queryset


class WorkAdmin(ReadOnlyAdmin):
    """What the three kinds share. Rows are opened and moved by their forms, which call one service each."""

    machine: ClassVar[Machine]
    list_display: tuple[str, ...] = ("ref", "at_partner", "our_number", "state_chip", "due", "opened")
    list_select_related = ("partner",)
    list_filter = (WhoActs, "state", ("partner", AutocompleteSelectFilter))
    list_filter_submit = True
    search_fields: ClassVar[tuple[str, ...]] = ("=our_number",)
    search_help_text = gettext_lazy("Our number, whole")
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever works with warehouses opens work."""
        return request.user.has_perm(self.machine.permission)

    def get_urls(self) -> list[URLPattern]:
        """The step's form besides the usual pages."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        step = path("<int:object_id>/step/<slug:step_name>/", self.admin_site.admin_view(self.step_view), name=name)
        return [step, *super().get_urls()]

    # ------------------------------------------------------------ the list
    @display(description=gettext_lazy("reference"), ordering="id")
    def ref(self, work: WarehouseWork) -> str:
        return work.reference

    @display(description=gettext_lazy("partner"))
    def at_partner(self, work: WarehouseWork) -> str:
        return str(work.partner)

    @display(description=gettext_lazy("state"), label=COLORS)
    def state_chip(self, work: Any) -> tuple[str, str]:
        return work.state, work.get_state_display()

    @display(description=gettext_lazy("due"), label={"late": "danger", "due": "warning", "us": "info"})
    def due(self, work: WarehouseWork) -> tuple[str, str]:
        said = due_of(work, now=timezone.now())
        if said is not None:
            return ("late" if said["is_late"] else "due"), said["text"]
        return ("us", _("waits on us")) if work.awaiting == Awaiting.US else ("", "")

    @display(description=gettext_lazy("opened"), ordering="id")
    def opened(self, work: WarehouseWork) -> str:
        return words.moment(work.created_at)

    # ------------------------------------------------------------ the pages
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one. Nothing is changed here."""
        if not self.has_view_permission(request) or request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        work = self._found(object_id)
        return self._page(
            request, "work.html", work.reference, context_of(self.machine, work, by=_who(request), now=timezone.now())
        )

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form that opens one (GET), and opening it (POST)."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form_class = self.machine.opening_form()
        heading = _("New: %(kind)s") % {"kind": self.opts.verbose_name}
        drawn = {"heading": heading, "submit": _("Send to the partner"), "has_moment": self._has_moment(None)}
        drawn["address"] = reverse(f"admin:logistics_{self.opts.model_name}_changelist")
        if request.method != "POST":
            return self._page(request, "work_form.html", heading, {**drawn, "form": form_class()})
        try:
            work = open_work(machine=self.machine, data=request.POST, by=_who(request), now=timezone.now())
        except DomainError as error:
            return self._refused(request, form_class(request.POST), error, drawn)
        messages.success(request, _("%(reference)s is open.") % {"reference": work.reference})
        return HttpResponseRedirect(self._address(work))

    def step_view(self, request: HttpRequest, object_id: int, step_name: str) -> HttpResponse:
        """The form of a step (GET), and taking it (POST). Errors stand beside their fields; nothing changes then."""
        if not self.has_view_permission(request) or not request.user.has_perm(self.machine.permission):
            raise PermissionDenied
        work = self._found(object_id)
        step = self.machine.steps().get(step_name)
        by = _who(request)
        if step is None or by.kind not in step.by:
            raise Http404
        drawn = {
            "heading": f"{work.reference} · {step.label}",
            "about": f"{work.get_state_display()} · {work.partner}",
            "intro": _("You enter this for the partner.") if WhoKind.PARTNER in step.by else "",
            "submit": step.label,
            "address": self._address(work),
            "has_moment": self._has_moment(step),
        }
        form_class = step.form()
        if request.method != "POST":
            form = form_class(initial=self._initial(work, step))
            return self._page(request, "work_form.html", drawn["heading"], {**drawn, "form": form})
        try:
            moved: Any = take_step(
                machine=self.machine,
                work_id=work.pk,
                step=step.name,
                data=request.POST,
                by=by,
                now=timezone.now(),
            )
        except DomainError as error:
            form = form_class(request.POST)
            if "lines" in form.fields:
                known = lines_for(self.machine, work, step)
                form.fields["lines"].widget.hints = {row["item"]: row["hint"] for row in known}
            return self._refused(request, form, error, drawn)
        said = {"reference": moved.reference, "state": moved.get_state_display()}
        messages.success(request, _("%(reference)s is now “%(state)s”.") % said)
        return HttpResponseRedirect(self._address(moved))

    def _found(self, object_id: object) -> Any:
        try:
            key = self.opts.pk.to_python(object_id)
        except ValidationError as error:
            raise Http404 from error
        work = self.machine.flow._default_manager.select_related("partner").filter(pk=key).first()
        if work is None:
            raise Http404
        return work

    def _address(self, work: WarehouseWork) -> str:
        return reverse(f"admin:logistics_{self.opts.model_name}_change", args=[work.pk])

    def _initial(self, work: Any, step: Step) -> dict[str, Any]:
        known: dict[str, Any] = {"lines": lines_for(self.machine, work, step)}
        for entry in step.inputs:
            if isinstance(entry, Moment) and entry.required:
                value: datetime | None = getattr(work, entry.name, None)
                known[entry.name] = timezone.localtime(value) if value else None
        return known

    def _has_moment(self, step: Step | None) -> bool:
        entries = step.inputs if step else self.machine.opening
        return any(isinstance(entry, Moment) for entry in entries)

    def _refused(
        self, request: HttpRequest, form: forms.Form, error: DomainError, drawn: Mapping[str, Any]
    ) -> HttpResponse:
        """The form again, with what was wrong beside its fields."""
        if isinstance(error, PermissionRefused):
            raise PermissionDenied from error
        if isinstance(error, NoSuchWork):
            raise Http404 from error
        if not form.is_valid() and isinstance(error, InvalidInput):
            return self._page(request, "work_form.html", drawn["heading"], {**drawn, "form": form}, status=422)
        named = error.data if isinstance(error, InvalidInput) else {}
        for name, sentences in named.items():
            for sentence in sentences:
                form.add_error(name if name in form.fields else None, sentence)
        if not named:
            form.add_error(None, str(error))
        status = 422 if isinstance(error, InvalidInput) else 409
        return self._page(request, "work_form.html", drawn["heading"], {**drawn, "form": form}, status=status)

    def _page(
        self, request: HttpRequest, template: str, title: Any, drawn: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "is_fullwidth": "1",
            "zone": timezone.get_current_timezone_name(),
            **drawn,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, f"admin/logistics/{template}", context, status=status)


@admin.register(InboundBooking)
class BookingAdmin(WorkAdmin):
    """Goods announced to warehouses."""

    machine = MACHINES["booking"]
    search_fields = ("=our_number", "=tracking_number")
    search_help_text = gettext_lazy("Our number or tracking number, whole")
    list_display = ("ref", "at_partner", "our_number", "state_chip", "due", "expected", "opened")

    @display(description=gettext_lazy("expected to arrive"))
    def expected(self, booking: InboundBooking) -> str:
        return words.moment(booking.slot_from or booking.expected_at)


@admin.register(StockCount)
class CountAdmin(WorkAdmin):
    """Counts asked of warehouses."""

    machine = MACHINES["count"]


@admin.register(ShipmentInstruction)
class InstructionAdmin(WorkAdmin):
    """What warehouses are told to send."""

    machine = MACHINES["instruction"]
    search_fields = ("=our_number", "=tracking_number")
    search_help_text = gettext_lazy("Our number or tracking number, whole")
    list_display = ("ref", "at_partner", "our_number", "state_chip", "due", "country", "tracking_number", "opened")


def _who(request: HttpRequest) -> Who:
    return Who.staff(request.user)
