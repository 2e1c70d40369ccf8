"""Calls: all of them as a list; one's own, and what waits to be released, as pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin import words
from common.admin.base import ReadOnlyAdmin
from tickets.admin import access, call_views
from tickets.choices import CallBy, PageState
from tickets.models import Page
from tickets.services.escalation.reading import visible


@admin.register(Page)
class PageAdmin(ReadOnlyAdmin):
    """Who was called about what, and what became of it."""

    list_display = (
        "ticket_link",
        "to",
        "reason_told",
        "ladder",
        "level_told",
        "ways",
        "state_chip",
        "called",
        "answered",
    )
    list_display_links = None
    list_filter = ("state", "whom")
    ordering = ("-id",)
    list_select_related = ("ticket", "user", "contact__partner", "partner", "escalation__policy", "acknowledged_by")
    fields = (
        "ticket_link",
        "to",
        "reason_told",
        "ladder",
        "level_told",
        "ways",
        "state_label",
        "called",
        "answered",
        "subject",
        "text",
    )
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            found: URLPattern = path(route, self.admin_site.admin_view(view), name=f"tickets_page_{name}")
            return found

        return [
            page("mine/", self.mine, "mine"),
            page("count/", call_views.count_view, "count"),
            page("reach/", self.reach, "reach"),
            page("<int:object_id>/take/", call_views.take_view, "take"),
            page("<int:object_id>/release/", self.release, "release"),
            *super().get_urls(),
        ]

    def mine(self, request: HttpRequest) -> HttpResponse:
        return call_views.mine_view(self, request)

    def reach(self, request: HttpRequest) -> HttpResponse:
        return call_views.reach_view(self, request)

    def release(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return call_views.release_view(self, request, object_id)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible(super().get_queryset(request).select_related(*self.list_select_related), request.user)

    @display(description=_("ticket"))
    def ticket_link(self, call: Page) -> SafeString:
        return format_html('<a href="{}">{}</a>', access.page_of(call.ticket_id), call.ticket.reference)

    @display(description=_("whom"))
    def to(self, call: Page) -> str:
        return call_views.whom_of(call)

    @display(description=_("reason"))
    def reason_told(self, call: Page) -> str:
        """A rule's name, mostly: those that ship have one in every language."""
        return gettext(call.reason)

    @display(description=_("escalation"))
    def ladder(self, call: Page) -> str:
        return str(call.escalation.policy) if call.escalation else "—"

    @display(description=_("level"))
    def level_told(self, call: Page) -> str:
        return str(call.level) if call.level else "—"

    @display(description=_("by"))
    def ways(self, call: Page) -> str:
        return ", ".join(str(dict(CallBy.choices).get(way, way)) for way in call.by) or "—"

    @display(
        description=_("state"),
        label={
            PageState.OPEN.value: "danger",
            PageState.TO_APPROVE.value: "warning",
            PageState.ACKNOWLEDGED.value: "success",
            PageState.WITHDRAWN.value: "info",
            PageState.FAILED.value: "danger",
        },
    )
    def state_chip(self, call: Page) -> tuple[str, str]:
        return call.state, str(PageState(call.state).label)

    @display(description=_("state"))
    def state_label(self, call: Page) -> str:
        """On the page of one call, where Unfold draws no chips."""
        return str(PageState(call.state).label)

    @display(description=_("called"))
    def called(self, call: Page) -> str:
        return words.moment(call.created_at)

    @display(description=_("answered"))
    def answered(self, call: Page) -> str:
        if call.acknowledged_at is None:
            return "—"
        took = words.span((call.acknowledged_at - (call.told_at or call.created_at)).total_seconds())
        return f"{call.acknowledged_by} · {took}" if call.acknowledged_by else took
