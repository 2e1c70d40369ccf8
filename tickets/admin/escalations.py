"""Escalations: ladders with their levels, and those that are being climbed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import StackedInline
from unfold.decorators import display

from common.admin import words
from common.admin.base import DeskAdmin, ReadOnlyAdmin
from common.admin.inline_pickers import KnownChoicesForm
from common.errors import DomainError
from tickets.admin import access
from tickets.admin.ladder_forms import LevelForm, LevelFormSet
from tickets.admin.ladder_words import steps_of, summary_of
from tickets.choices import EscalationEnd, Kind
from tickets.models import Escalation, EscalationLevel, EscalationPolicy
from tickets.services import escalation as service


class LevelRow(LevelForm, KnownChoicesForm):
    """A level's form on the ladder's page."""


class LevelInline(StackedInline):
    model = EscalationLevel
    form = LevelRow
    formset = LevelFormSet
    verbose_name = _("level")
    verbose_name_plural = _("Levels")
    extra = 0
    autocomplete_fields = ("user", "team", "rota")
    fields = (
        ("place", "whom"),
        ("user", "role", "team", "rota"),
        ("after", "after_urgent", "hours_of"),
        ("by", "times", "again_after"),
        ("template", "needs_approval"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        return queryset.select_related("policy", "user", "role", "team", "rota").order_by("order")


@admin.register(EscalationPolicy)
class LadderAdmin(DeskAdmin):
    """Who is called after how long, level by level; above the form the steps in plain words."""

    list_display = ("shown_name", "says", "repeat", "tells_customer", "running")
    search_fields = ("name",)
    fields = ("name", "description", ("repeat", "tells_customer"))
    inlines = (LevelInline,)
    may_delete = True
    change_form_outer_before_template: Any = "admin/tickets/ladder.html"

    class Media:
        css = {"all": ["common/calendars.css", "tickets/rotas.css"]}
        js = ["tickets/ladder.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        levels = EscalationLevel.objects.select_related("user", "role", "team", "rota").order_by("order")
        return super().get_queryset(request).prefetch_related(Prefetch("levels", levels, to_attr="in_order"))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list; how many of each are being climbed is counted once for all rows."""
        shown = super().get_changelist_instance(request)
        shown.result_list = list(shown.result_list)
        climbed = Escalation.objects.filter(ended_at__isnull=True, policy__in=[one.pk for one in shown.result_list])
        numbers: dict[int, int] = {}
        for policy in climbed.values_list("policy_id", flat=True)[:2_000]:
            numbers[policy] = numbers.get(policy, 0) + 1
        for one in shown.result_list:
            one.climbed = numbers.get(one.pk, 0)
        return shown

    @display(description=_("name"), ordering="name")
    def shown_name(self, policy: EscalationPolicy) -> str:
        return str(policy)

    @display(description=_("steps"))
    def says(self, policy: EscalationPolicy) -> str:
        return summary_of(getattr(policy, "in_order", []))

    @display(description=_("running"))
    def running(self, policy: EscalationPolicy) -> str:
        return str(getattr(policy, "climbed", 0) or "—")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form, and above it what is saved in plain words, with what keeps it from reaching anybody."""
        policy = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if policy is not None and self.has_view_permission(request, policy):
            context |= {"ladder": policy, "steps": steps_of(policy, now=timezone.now())}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """One that was ever climbed stays: what happened to tickets is told by it."""
        deleted, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        climbed = set(Escalation.objects.filter(policy__in=objs).values_list("policy_id", flat=True).distinct())
        said = [
            gettext("“%(name)s” was started for tickets: take it out of the rules instead of deleting it.")
            % {"name": one}
            for one in objs
            if one.pk in climbed
        ]
        if said:  # this sentence says what to do; that nobody may delete what was climbed does not
            forbidden, protected = set(), [one for one in protected if not isinstance(one, SafeString)]
        return deleted, counts, forbidden, [*protected, *said]


class LadderFilter(admin.RelatedFieldListFilter):
    """Those of one ladder."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.title = _("escalation")


class RunningFilter(admin.SimpleListFilter):
    """Those being climbed, those that have ended."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("running", _("Running")), ("ended", _("Ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("running", "ended"):
            return queryset.filter(ended_at__isnull=self.value() == "running")
        return queryset


@admin.register(Escalation)
class RunningAdmin(ReadOnlyAdmin):
    """Ladders that were started; a supervisor may stop one."""

    list_display = ("ticket_link", "ladder", "reason", "step", "started", "next_step", "how_it_stands", "stop_button")
    list_display_links = None
    list_filter = (RunningFilter, ("policy", LadderFilter))
    ordering = ("-id",)
    list_select_related = ("ticket", "policy", "partner", "acknowledged_by")
    fields = ("ticket_link", "ladder", "partner", "reason", "step", "started", "next_step", "how_it_stands")
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        stop = self.admin_site.admin_view(require_POST(self.stop_view))
        return [path("<int:object_id>/stop/", stop, name="tickets_escalation_stop"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset = super().get_queryset(request).select_related(*self.list_select_related)
        may_see = request.user.has_perm("tickets.view_safety")
        return queryset if may_see else queryset.exclude(ticket__kind=Kind.SAFETY)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Only whoever may stop one sees the button."""
        shown = super().get_list_display(request)
        return shown if request.user.has_perm("tickets.supervise") else [one for one in shown if one != "stop_button"]

    def stop_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Call nobody any more."""
        if not request.user.has_perm("tickets.supervise"):
            raise PermissionDenied
        if object_id >= 2**63 or not self.get_queryset(request).filter(pk=object_id).exists():
            raise Http404
        try:
            service.stop(escalation_id=object_id, actor=access.actor(request), now=timezone.now())
            messages.success(request, gettext("Stopped: nobody is called any more."))
        except DomainError as error:
            access.say(request, error)
        return HttpResponseRedirect(access.back(request, reverse("admin:tickets_escalation_changelist")))

    @display(description=_("ticket"))
    def ticket_link(self, one: Escalation) -> SafeString:
        return format_html('<a href="{}">{}</a>', access.page_of(one.ticket_id), one.ticket.reference)

    @display(description=_("escalation"))
    def ladder(self, one: Escalation) -> str:
        return f"{one.policy} · {one.partner}" if one.partner else str(one.policy)

    @display(description=_("level"))
    def step(self, one: Escalation) -> str:
        return f"{one.level}" if one.round == 1 else gettext("%(level)d, round %(round)d") % vars(one)

    @display(description=_("started"))
    def started(self, one: Escalation) -> str:
        return words.moment(one.started_at)

    @display(description=_("next step"))
    def next_step(self, one: Escalation) -> str:
        return words.moment(one.next_at) if one.next_at else "—"

    @display(description=_("how it stands"))
    def how_it_stands(self, one: Escalation) -> str:
        if one.ended_at is None:
            return gettext("Running")
        end = str(EscalationEnd(one.end).label)
        return f"{end} · {one.acknowledged_by}" if one.acknowledged_by else end

    @display(description=_("stop"))
    def stop_button(self, one: Escalation) -> SafeString | str:
        if one.ended_at is not None:
            return ""
        # The list is one form already: the button sends that form elsewhere.
        return format_html(
            '<button class="c-button" type="submit" formmethod="post" formaction="{}" aria-label="{} {}">{}</button>',
            reverse("admin:tickets_escalation_stop", args=[one.pk]),
            gettext("Stop"),
            one.ticket.reference,
            gettext("Stop"),
        )

    class Media:
        css = {"all": ["common/calendars.css"]}
