"""Rows that something else names are not deleted: the desk says what names them and what to do instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.actions import delete_selected
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


class KeepsUsedRows:
    """For a model's admin, in front of ``DeskAdmin``: ``why_kept`` says what is in the way of deleting some rows."""

    def why_kept(self, rows: Sequence[Any]) -> list[str]:
        """A sentence for whatever names these rows, with what to do about it; empty when nothing does."""
        raise NotImplementedError

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Delete a row that nothing names; of another say what does, on its page."""
        admin: Any = self
        row: Model | None = admin.get_object(request, object_id)
        if row is not None and admin.has_delete_permission(request, row) and self._say(request, [row]):
            options = row._meta
            page = f"{admin.admin_site.name}:{options.app_label}_{options.model_name}_change"
            return HttpResponseRedirect(reverse(page, args=[row.pk]))
        response: HttpResponse = super().delete_view(request, object_id, extra_context)  # type: ignore[misc]
        return response

    def get_actions(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Deleting the chosen asks first what names them."""
        actions: dict[str, Any] = super().get_actions(request, *args, **kwargs)  # type: ignore[misc]
        if "delete_selected" in actions:
            _action, name, description = actions["delete_selected"]
            actions["delete_selected"] = (_delete_unused, name, description)
        return actions

    def _say(self, request: HttpRequest, rows: Sequence[Any]) -> bool:
        sentences = self.why_kept(rows)
        for sentence in sentences:
            messages.error(request, sentence)
        return bool(sentences)


def _delete_unused(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
    if modeladmin._say(request, queryset):  # noqa: SLF001 - the mixin's own
        return None
    return delete_selected(modeladmin, request, queryset)
