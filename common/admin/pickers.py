"""Pickers (Django's autocomplete fields) that also draw again what was sent and can be no row's key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest


class SoundPicker:
    """For a picker's widget. Django's own looks for whatever was sent, and breaks on what its key cannot be."""

    field: Any

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """The chosen rows as options, if they can be any."""
        key = self.field.remote_field.model._meta.pk
        return super().optgroups(name, [one for one in value if _fits(key, one)], attr)  # type: ignore[misc]


class SoundPickers:
    """For a model's admin, or the rows below it: its pickers are sound."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **named: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **named)  # type: ignore[misc]
        widget: Any = getattr(field, "widget", None)
        widget = getattr(widget, "widget", widget)  # within the links that add and change a row
        if isinstance(widget, AutocompleteMixin):
            kind: Any = type(widget)
            widget.__class__ = _sound(kind)
        return field


@lru_cache
def _sound(kind: type[Any]) -> type[Any]:
    return kind if issubclass(kind, SoundPicker) else type(f"Sound{kind.__name__}", (SoundPicker, kind), {})


def _fits(key: Any, value: str) -> bool:
    if value == "":
        return True
    try:
        key.to_python(value)
    except ValidationError:
        return False
    return "\0" not in value
