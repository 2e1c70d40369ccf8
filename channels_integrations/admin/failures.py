"""Tasks of the queue that failed, to look at. The queue's own pages are taken away: work is not started from here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.decorators import display

from common.admin import words
from common.admin.base import ReadOnlyAdmin

for model in (Failure, Success, Schedule, OrmQ):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Failure)
class FailureAdmin(ReadOnlyAdmin):
    """What failed, when, and with which error."""

    list_display = (
        "func",
        "ended",
        "attempt_count",
        "error",
    )
    search_fields = ("func",)
    ordering = ("-stopped",)
    fields = (
        "func",
        "started",
        "stopped",
        "attempt_count",
        "whole_error",
    )
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("django_q.view_failure"))

    @display(description=_("ended"), ordering="stopped")
    def ended(self, task: Any) -> str:
        return words.moment(task.stopped)

    @display(description=_("error"))
    def error(self, task: Any) -> str:
        return str(task.result)[:160]

    @display(description=_("error"))
    def whole_error(self, task: Any) -> SafeString:
        return format_html('<pre class="whitespace-pre-wrap text-xs">{}</pre>', str(task.result))
