"""Pickers in the rows of a page: what a row points to is read with the rows, not once for each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin
from django.db.models import Model
from django.utils.choices import BaseChoiceIterator


class KnownChoicesForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form of an inline's row. A picker whose row is there already (``select_related``) shows it as it is.

    Django's picker looks its choice up when it is drawn, which is a question for every row of the page.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if not isinstance(widget, AutocompleteMixin) or not isinstance(field, forms.ModelChoiceField):
                continue
            if self.instance._meta.get_field(name).is_cached(self.instance) and (row := getattr(self.instance, name)):
                field.widget.choices = widget.choices = _Known(field.choices, row)


class _Known(BaseChoiceIterator):
    """Choices of a picker (Django's ModelChoiceIterator) of which one row is known."""

    def __init__(self, choices: Any, row: Model) -> None:
        self.field, self.queryset = choices.field, _KnownRow(choices.queryset, row)
        self._choices = choices

    def __iter__(self) -> Any:
        return iter(self._choices)


class _KnownRow:
    """As much of a queryset as the picker uses: the rows of the keys that it shows."""

    def __init__(self, queryset: Any, row: Model) -> None:
        self._queryset, self._row = queryset, row

    def using(self, alias: str | None) -> _KnownRow:
        return _KnownRow(self._queryset.using(alias), self._row)

    def filter(self, **condition: Any) -> Any:
        """The known row when it is the one looked for, else whatever the database says."""
        ((lookup, keys),) = condition.items()
        name = lookup.removesuffix("__in")
        if {str(key) for key in keys} == {str(getattr(self._row, name))}:
            return [self._row]
        return self._queryset.filter(**condition)
