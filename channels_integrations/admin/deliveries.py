"""What was tried on the way out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from channels_integrations.models import DeliveryAttempt
from common.admin import words
from common.admin.base import ReadOnlyAdmin
from tickets.choices import Kind


@admin.register(DeliveryAttempt)
class DeliveryAttemptAdmin(ReadOnlyAdmin):
    """Read only, newest first."""

    list_display = (
        "started",
        "ticket",
        "connection",
        "number",
        "result_chip",
        "milliseconds",
        "detail_text",
    )
    list_filter = (
        "result",
        "connection",
    )
    list_select_related = (
        "connection",
        "message__ticket",
    )
    search_fields = ("=message__id",)
    search_help_text = _("Number of the message")
    ordering = ("-id",)
    fields = (
        "message",
        "connection",
        "number",
        "started_at",
        "milliseconds",
        "result",
        "detail",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        attempts = super().get_queryset(request)
        if not request.user.has_perm("tickets.view_safety"):
            attempts = attempts.exclude(message__ticket__kind=Kind.SAFETY)
        return attempts

    @display(description=_("started"), ordering="id")
    def started(self, attempt: DeliveryAttempt) -> str:
        return words.moment(attempt.started_at)

    @display(description=_("ticket"))
    def ticket(self, attempt: DeliveryAttempt) -> str:
        return attempt.message.ticket.reference if attempt.message.ticket else "—"

    @display(
        description=_("result"),
        label={"accepted": "success", "refused": "danger", "in_doubt": "warning", "try_again": "info"},
    )
    def result_chip(self, attempt: DeliveryAttempt) -> tuple[str, str]:
        return attempt.result, attempt.get_result_display()

    @display(description=_("what the provider said"))
    def detail_text(self, attempt: DeliveryAttempt) -> str:
        return attempt.detail[:120] or "—"
