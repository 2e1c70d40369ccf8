"""Bodies of steps: the serializer of inputs that are declared once for the form, the API and the portal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.choices import BaseChoiceIterator
from rest_framework import serializers

from common import inputs as declared
from common.api.inputs import Input
from common.inputs import form_class
from common.lines import MOST_LINES, LinesField

MOST_UNITS = 10**9


def serializer_of(name: str, entries: Sequence[declared.Input]) -> type[Input]:
    """The serializer class ``name`` of some inputs. Files are left out: they have addresses of their own.

    It settles the types; what the values mean is checked by the form of the same inputs, once, in the service.
    """
    fields: dict[str, Any] = {}
    for field_name, field in form_class(entries).base_fields.items():
        if (made := _field(f"{name}{field_name.title()}", field)) is not None:
            fields[field_name] = made
    return type(name, (Input,), {"__doc__": None, "__module__": __name__, **fields})


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Values that were sent, for the form of the same inputs: null is as good as left out."""
    return {name: value for name, value in values.items() if value is not None}


def _field(name: str, field: forms.Field) -> serializers.Field[Any, Any, Any, Any] | None:
    options: dict[str, Any] = {"required": field.required}
    if not field.required:
        options["allow_null"] = True
    if field.help_text or field.label:
        options["help_text"] = field.help_text or field.label
    if isinstance(field, forms.FileField):
        return None
    if isinstance(field, LinesField):
        row: Any = serializer_of(f"{name}Item", field.columns)
        return serializers.ListField(
            child=row(), max_length=MOST_LINES, **options | {"min_length": int(field.required)}
        )
    if isinstance(field, forms.ModelMultipleChoiceField):
        return serializers.ListField(child=serializers.IntegerField(min_value=1), **options)
    if isinstance(field, forms.ModelChoiceField):
        return serializers.IntegerField(min_value=1, max_value=2**63 - 1, **options)
    if isinstance(field, forms.MultipleChoiceField):
        return serializers.ListField(child=serializers.ChoiceField(choices=_values(field)), **options)
    if isinstance(field, forms.ChoiceField):
        return _choice(field, options)
    return _plain(field, options)


def _choice(field: forms.ChoiceField, options: dict[str, Any]) -> serializers.Field[Any, Any, Any, Any]:
    if isinstance(field.choices, BaseChoiceIterator):
        # The rows are looked up when a form is made: a schema must not promise those of today.
        if isinstance(field, forms.TypedChoiceField):
            return serializers.IntegerField(max_value=2**63 - 1, **options)
        return serializers.CharField(max_length=200, allow_blank=not field.required, **options)
    return serializers.ChoiceField(choices=_values(field), allow_blank=not field.required, **options)


def _plain(field: forms.Field, options: dict[str, Any]) -> serializers.Field[Any, Any, Any, Any]:
    if isinstance(field, forms.DecimalField):
        return serializers.DecimalField(
            max_digits=field.max_digits,
            decimal_places=field.decimal_places,
            min_value=field.min_value,  # type: ignore[arg-type]
            **options,
        )
    if isinstance(field, forms.IntegerField):
        least, most = field.min_value, field.max_value
        return serializers.IntegerField(
            min_value=-MOST_UNITS if least is None else int(least),  # type: ignore[arg-type]
            max_value=MOST_UNITS if most is None else int(most),  # type: ignore[arg-type]
            **options,
        )
    if isinstance(field, forms.DateTimeField):
        return serializers.DateTimeField(**options)
    if isinstance(field, forms.DateField):
        return serializers.DateField(**options)
    if isinstance(field, forms.TimeField):
        return serializers.TimeField(**options)
    assert isinstance(field, forms.CharField), f"No serializer field is known for {type(field).__name__}"
    options |= {"allow_blank": not field.required, "max_length": field.max_length}
    if isinstance(field, forms.URLField):
        return serializers.URLField(**options)
    if isinstance(field, forms.RegexField):
        return serializers.RegexField(field.regex, **options)
    return serializers.CharField(**options)


def _values(field: forms.ChoiceField) -> list[Any]:
    rows: Any = field.choices
    return [value for value, _label in rows if value != ""]
