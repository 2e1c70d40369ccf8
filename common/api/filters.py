"""Filters of lists: typed, named one by one, and refused when a value cannot be."""

from __future__ import annotations

from typing import Any

import django_filters  # type: ignore[import-untyped]
from django import forms
from django.utils.translation import gettext_lazy as _


class Filters(django_filters.FilterSet):  # type: ignore[misc]
    """Base of all filters of the API. Name each filter; never a lookup that feels for what rows do not show."""

    base_filters: dict[str, Any]

    def __init__(self, data: Any = None, **named: Any) -> None:
        # Each filter is copied for each request: those that nobody asks for need not be.
        asked = data or {}
        self.base_filters = {
            name: one for name, one in type(self).base_filters.items() if name in asked or one.extra.get("required")
        }
        super().__init__(data, **named)


class _YesNo(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in {None, ""}:
            return None
        if value not in {"true", "false"}:
            raise forms.ValidationError(_("Write true or false."))
        return bool(value == "true")


class FlagFilter(django_filters.Filter):  # type: ignore[misc]
    """true or false, and nothing else."""

    field_class = _YesNo


class WordFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A text of at most 200 characters, compared as a whole."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, max_length=named.pop("max_length", 200), **named)


class ChoicesFilter(django_filters.BaseInFilter, django_filters.ChoiceFilter):  # type: ignore[misc]
    """One or several of the choices, separated by commas."""


class NumberFilter(django_filters.Filter):  # type: ignore[misc]
    """A whole number that a column can hold."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, min_value=-(2**63), max_value=2**63 - 1, **named)

    field_class = forms.IntegerField


class MomentFilter(django_filters.IsoDateTimeFilter):  # type: ignore[misc]
    """A moment with its offset, as RFC 3339 has it."""
