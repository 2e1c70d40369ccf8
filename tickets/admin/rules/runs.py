"""Each time a rule ran, to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin import words
from common.admin.base import Chips, ReadOnlyAdmin
from tickets.admin import access
from tickets.admin.rules.run_words import Told, tell
from tickets.choices import RunOutcome
from tickets.models import RuleRun, Ticket
from tickets.services.rules.wording import name_of_rule


@admin.register(RuleRun)
class RuleRunAdmin(ReadOnlyAdmin):
    """Newest first; those on tickets that the reader may not see are not there."""

    list_display = ("rule_name", "ticket_link", "outcome_chip", "version", "when")
    list_filter = ("outcome",)
    list_select_related = ("rule", "ticket")
    ordering = ("-id",)
    fields = ("rule_link", "version", "ticket_link", "when", "outcome_words", "why_words", "did_words")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset = super().get_queryset(request).select_related("rule", "ticket")
        if request.user.has_perm("tickets.view_safety"):
            return queryset
        return queryset.filter(ticket__in=Ticket.objects.visible_to(request.user))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """The runs of one rule or on one ticket: other pages lead there."""
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return lookup in ("rule__id__exact", "ticket__id__exact") or allowed

    @display(description=_("rule"), ordering="rule")
    def rule_name(self, run: RuleRun) -> str:
        return name_of_rule(run.rule)

    @display(description=_("rule"))
    def rule_link(self, run: RuleRun) -> SafeString:
        address = reverse("admin:tickets_rule_change", args=[run.rule_id])
        return format_html('<a href="{}">{}</a>', address, name_of_rule(run.rule))

    @display(description=_("ticket"))
    def ticket_link(self, run: RuleRun) -> SafeString:
        return format_html('<a href="{}">{}</a>', access.page_of(run.ticket_id), run.ticket.reference)

    @display(
        description=_("outcome"),
        label=Chips(
            {
                RunOutcome.DONE: "success",
                RunOutcome.FAILED: "danger",
                RunOutcome.CAPPED: "warning",
                RunOutcome.TOO_DEEP: "warning",
            }
        ),
    )
    def outcome_chip(self, run: RuleRun) -> tuple[str, str]:
        return run.outcome, str(RunOutcome(run.outcome).label)

    @display(description=_("outcome"))
    def outcome_words(self, run: RuleRun) -> str:
        return str(RunOutcome(run.outcome).label)

    @display(description=_("when"), ordering="id")
    def when(self, run: RuleRun) -> str:
        return words.moment(run.at)

    @display(description=_("why"))
    def why_words(self, run: RuleRun) -> SafeString | str:
        return _lines(_told(run).why) or "—"

    @display(description=_("what it did"))
    def did_words(self, run: RuleRun) -> SafeString | str:
        told = _told(run)
        lines = [f"{one.text}: {one.problem}" if one.problem else one.text for one in told.did]
        return _lines([*lines, told.stopped] if told.stopped else lines) or "—"


def _told(run: RuleRun) -> Told:
    return tell([run])[0]


def _lines(lines: list[str]) -> SafeString:
    return format_html_join("", "<div>{}</div>", ((line,) for line in lines))
