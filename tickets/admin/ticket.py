"""Tickets at the desk: the queue is the list, the ticket's page is the change view. Both are our own pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from common.admin.base import DeskAdmin
from tickets.admin import access
from tickets.admin.acts import act_view, bulk_view
from tickets.admin.composer import write_view
from tickets.admin.files import file_view, formatted_view
from tickets.admin.log import log_view
from tickets.admin.new_ticket import new_ticket_view
from tickets.admin.queue import queue_view
from tickets.admin.templates import insert_view, preview_view
from tickets.admin.ticket_page import ticket_view
from tickets.admin.way_views import way_view
from tickets.models import Ticket
from tickets.services.search import search_tickets


@admin.register(Ticket)
class TicketAdmin(DeskAdmin):
    """Hosts the desk's pages at the addresses of the ticket's model admin. Nothing is edited field by field."""

    search_fields = ("id",)

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            found: URLPattern = path(route, self.admin_site.admin_view(view), name=f"tickets_ticket_{name}")
            return found

        return [
            page("bulk/", self.bulk, "bulk"),
            page("template-preview/", preview_view, "template_preview"),
            page("<int:object_id>/template/<slug:key>/", insert_view, "template"),
            page("<int:object_id>/way/<slug:way_name>/", self.way, "way"),
            page("<int:object_id>/act/<slug:act_name>/", self.act, "act"),
            page("<int:object_id>/write/", self.write, "write"),
            page("<int:object_id>/log/", self.log, "log"),
            page("<int:object_id>/file/<int:attachment_id>/", file_view, "file"),
            page("<int:object_id>/message/<int:message_id>/", formatted_view, "formatted"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The work queue."""
        access.readable(request)
        return queue_view(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The ticket's page."""
        return ticket_view(self, request, object_id)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Opening a ticket by hand."""
        return new_ticket_view(self, request)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The ticket's own log, not the admin's."""
        return log_view(self, request, object_id)

    def bulk(self, request: HttpRequest) -> HttpResponse:
        return bulk_view(self, request)

    def way(self, request: HttpRequest, object_id: int, way_name: str) -> HttpResponse:
        return way_view(self, request, str(object_id), way_name)

    def act(self, request: HttpRequest, object_id: int, act_name: str) -> HttpResponse:
        return act_view(self, request, str(object_id), act_name)

    def write(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return write_view(self, request, str(object_id))

    def log(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return log_view(self, request, str(object_id))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return Ticket.objects.visible_to(request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """What the command search and pickers find."""
        return search_tickets(search_term, request.user).order_by("-id")[:20], False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tickets change by their ways alone."""
        return False
