"""An input of several rows: a table in a form, a list of objects in an API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.inputs import Count, Input, form_class

MOST_LINES = 1_000
HINT = "hint"
"""A row's key that is shown beside its first column and never read back."""


class LinesWidget(forms.Widget):
    """A table with a row for each known line and ``extra`` empty ones. The first column of known lines is fixed.

    ``hints`` are those of lines that come back from whoever filled them in, by their first column.
    """

    template_name = "common/lines.html"

    def __init__(self, columns: Sequence[Input], extra: int) -> None:
        super().__init__()
        self.columns, self.extra = columns, extra
        self.hints: Mapping[str, str] = {}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        known = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []
        while known and all(part in (None, "") for part in known[-1].values()):
            known.pop()
        drawn = [self._row(name, place, row) for place, row in enumerate([*known, *({} for _one in range(self.extra))])]
        context["widget"] |= {"columns": self.columns, "rows": drawn}
        return context

    def _row(self, name: str, place: int, row: Mapping[str, Any]) -> dict[str, Any]:
        first = self.columns[0].name
        known = {**self.hints, **({row[first]: row[HINT]} if HINT in row else {})}
        is_known = row.get(first, "") in known
        return {
            "hint": known.get(row.get(first, ""), ""),
            "title": row.get(first, ""),
            "cells": [
                {
                    "name": f"{name}-{place}-{column.name}",
                    "value": "" if row.get(column.name) is None else row[column.name],
                    "label": column.label,
                    "type": "number" if isinstance(column, Count) else "text",
                    "fixed": column.name == first and is_known,
                }
                for column in self.columns
            ],
        }

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The rows as they were sent: a list (from JSON), or fields ``name-0-column`` (from a form)."""
        if name in data:
            return data[name]
        rows = []
        for place in range(MOST_LINES + 1):
            keys = {column.name: f"{name}-{place}-{column.name}" for column in self.columns}
            if not any(key in data for key in keys.values()):
                break
            rows.append({column: data.get(key, "") for column, key in keys.items()})
        return rows

    def id_for_label(self, id_: str) -> str:
        """A table has no one field that its label names."""
        return ""


class LinesField(forms.Field):
    """Rows of ``columns``; comes back as a list of dicts. No two rows have the same first column."""

    def __init__(self, *, columns: Sequence[Input], extra: int, **options: Any) -> None:
        super().__init__(widget=LinesWidget(columns, extra), **options)
        self.columns = columns
        self._form = form_class(columns)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Check each row against the columns. Raises ValidationError with a sentence for each that is wrong."""
        if value in (None, ""):
            value = []
        if not isinstance(value, list):
            raise ValidationError(_("Send a list of lines."), code="invalid")
        if len(value) > MOST_LINES:
            raise ValidationError(_("At most %(most)s lines at once.") % {"most": MOST_LINES}, code="too_many")
        cleaned, wrong = [], []
        for number, row in enumerate(value, start=1):
            if isinstance(row, Mapping) and all(part in (None, "") for part in row.values()):
                continue
            try:
                cleaned.append(self._clean_row(row))
            except ValidationError as error:
                wrong += [_("Line %(number)s: %(what)s") % {"number": number, "what": text} for text in error.messages]
        if wrong:
            raise ValidationError(wrong, code="invalid")
        if self.required and not cleaned:
            raise ValidationError(_("Give at least one line."), code="required")
        self._refuse_doubles(cleaned)
        return cleaned

    def _clean_row(self, row: Any) -> dict[str, Any]:
        if not isinstance(row, Mapping) or any(isinstance(part, dict | list | bool) for part in row.values()):
            raise ValidationError(_("This is no line."), code="invalid")
        form = self._form(data=row)
        if not form.is_valid():
            labels: dict[str, str | Promise] = {column.name: column.label for column in self.columns}
            raise ValidationError(
                [f"{labels.get(name, name)}: {text}" for name, texts in form.errors.items() for text in texts]
            )
        return {column.name: form.cleaned_data[column.name] for column in self.columns}

    def _refuse_doubles(self, rows: list[dict[str, Any]]) -> None:
        seen = set()
        for row in rows:
            first = row[self.columns[0].name]
            if first in seen:
                raise ValidationError(_("“%(item)s” is there twice.") % {"item": first}, code="double")
            seen.add(first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines(Input):
    """Several rows of ``columns``, of which the first names the row. A form offers ``extra`` empty ones."""

    columns: tuple[Input, ...]
    extra: int = 0

    def empty(self) -> dict[str, Any]:
        return {self.name: []}

    def form_fields(self) -> dict[str, forms.Field]:
        return {self.name: LinesField(columns=self.columns, extra=self.extra, **self._options())}
