"""What a step of some work asks for. One declaration gives the desk's form, the API's serializer, the portal's page
and the rules' action form.

An input that names ``stores`` is kept in that field of whatever row the step is about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.policies.moments import check_likely

Label = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One value a way needs. ``label`` is shown, ``help`` says what is meant, ``stores`` names the detail's field.

    With ``keeps`` an optional input that is left empty leaves what was stored before.
    """

    name: str
    label: Label
    required: bool = True
    help: Label = ""
    stores: str = ""
    keeps: bool = False

    def empty(self) -> dict[str, Any]:
        """What clean data hold for this input when it is left out."""
        return {self.name: None}

    def form_fields(self) -> dict[str, forms.Field]:
        """The Django form fields of this input, by name."""
        raise NotImplementedError

    def stored(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Field of the detail row → value, from cleaned data."""
        if not self.stores or self._stays(cleaned):
            return {}
        return {self.stores: cleaned[self.name]}

    def _stays(self, cleaned: dict[str, Any]) -> bool:
        return self.keeps and cleaned[self.name] in (None, "", [])

    def _options(self) -> dict[str, Any]:
        return {"label": self.label, "required": self.required, "help_text": self.help}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Input):
    """Words; ``long`` for several lines."""

    long: bool = False
    max_length: int = 200

    def empty(self) -> dict[str, Any]:
        return {self.name: ""}

    def form_fields(self) -> dict[str, forms.Field]:
        widget = forms.Textarea(attrs={"rows": 3}) if self.long else forms.TextInput()
        limit = 5_000 if self.long else self.max_length
        return {self.name: forms.CharField(widget=widget, max_length=limit, **self._options())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Input):
    """A web address."""

    def empty(self) -> dict[str, Any]:
        return {self.name: ""}

    def form_fields(self) -> dict[str, forms.Field]:
        return {self.name: forms.URLField(max_length=500, assume_scheme="https", **self._options())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Input):
    """One of ``choices``; ``only`` narrows them."""

    choices: type[TextChoices]
    only: Sequence[str] = ()

    def empty(self) -> dict[str, Any]:
        return {self.name: ""}

    def form_fields(self) -> dict[str, forms.Field]:
        rows = [row for row in self.choices.choices if not self.only or row[0] in self.only]
        rows = rows if self.required else [("", "—"), *rows]
        return {self.name: forms.ChoiceField(choices=rows, **self._options())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Several(Input):
    """Some of ``choices``. Comes back as a list."""

    choices: type[TextChoices]
    only: Sequence[str] = ()

    def empty(self) -> dict[str, Any]:
        return {self.name: []}

    def form_fields(self) -> dict[str, forms.Field]:
        rows = [row for row in self.choices.choices if not self.only or row[0] in self.only]
        return {
            self.name: forms.MultipleChoiceField(choices=rows, widget=forms.CheckboxSelectMultiple(), **self._options())
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Input):
    """A calendar day."""

    def form_fields(self) -> dict[str, forms.Field]:
        widget = forms.DateInput(attrs={"type": "date"})
        return {self.name: forms.DateField(widget=widget, validators=[check_likely], **self._options())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Input):
    """A point in time, typed in the zone of whoever types it; comes back aware."""

    def form_fields(self) -> dict[str, forms.Field]:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return {self.name: forms.DateTimeField(widget=widget, validators=[check_likely], **self._options())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick(Input):
    """One of some rows that are known when the form is made: (value, label). ``numbers``: it comes back as a number."""

    rows: Callable[[], Sequence[tuple[Any, Any]]]
    numbers: bool = False

    def empty(self) -> dict[str, Any]:
        return {self.name: None if self.numbers else ""}

    def form_fields(self) -> dict[str, forms.Field]:
        rows = self.rows if self.required else lambda: [("", "—"), *self.rows()]
        if self.numbers:
            return {self.name: forms.TypedChoiceField(choices=rows, coerce=int, empty_value=None, **self._options())}
        return {self.name: forms.ChoiceField(choices=rows, **self._options())}


class SpanUnit(TextChoices):
    MINUTES = "minutes", _("minutes")
    HOURS = "hours", _("hours")
    DAYS = "days", pgettext_lazy("length of time", "days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Input):
    """A length of time: fields ``name`` (a whole number) and ``name_unit``. Comes back as a timedelta."""

    def form_fields(self) -> dict[str, forms.Field]:
        return {
            self.name: forms.IntegerField(min_value=0, max_value=10_000, **self._options()),
            f"{self.name}_unit": forms.ChoiceField(
                label=_("Unit"), choices=SpanUnit.choices, initial=SpanUnit.HOURS, required=self.required
            ),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Time(Input):
    """A time of day."""

    def form_fields(self) -> dict[str, forms.Field]:
        return {self.name: forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}), **self._options())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Input):
    """A whole number."""

    minimum: int | None = None

    def form_fields(self) -> dict[str, forms.Field]:
        return {self.name: forms.IntegerField(min_value=self.minimum, max_value=10**9, **self._options())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Money(Input):
    """An amount and its currency (ISO 4217): fields ``name`` and ``name_currency``, stored as ``stores`` and
    ``stores_currency``."""

    stores_currency: str = ""

    def empty(self) -> dict[str, Any]:
        return {self.name: None, f"{self.name}_currency": ""}

    def form_fields(self) -> dict[str, forms.Field]:
        options = self._options()
        return {
            self.name: forms.DecimalField(min_value=Decimal(0), max_digits=14, decimal_places=3, **options),
            f"{self.name}_currency": forms.RegexField(
                r"^[A-Z]{3}$",
                label=_("Currency"),
                required=self.required,
                error_messages={"invalid": _("Write the currency as three capital letters, like EUR.")},
                widget=forms.TextInput(attrs={"size": 4, "maxlength": 3, "autocapitalize": "characters"}),
            ),
        }

    def stored(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        if not self.stores or self._stays(cleaned):
            return {}
        return {self.stores: cleaned[self.name], self.stores_currency: cleaned[f"{self.name}_currency"]}


class _ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several uploads at once; comes back as a list of ``UploadedFile``."""

    widget = _ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files(Input):
    """Uploads, stored as attachments of the ticket before the way is taken."""

    def empty(self) -> dict[str, Any]:
        return {self.name: []}

    def form_fields(self) -> dict[str, forms.Field]:
        return {self.name: ManyFilesField(**self._options())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts(Input):
    """An amount for each of ``choices``, all in one currency. Comes back as ``{name: {choice: Decimal}}``."""

    choices: type[TextChoices]

    def empty(self) -> dict[str, Any]:
        return {self.name: {}, f"{self.name}_currency": ""}

    def form_fields(self) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {
            f"{self.name}_{value}": forms.DecimalField(
                label=label, min_value=Decimal(0), max_digits=14, decimal_places=3, required=False
            )
            for value, label in self.choices.choices
        }
        fields[f"{self.name}_currency"] = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), required=self.required)
        return fields


class WayForm(forms.Form):
    """The form of a way's inputs; ``cleaned_data`` has one key an input, ready for the way's method."""

    inputs: Sequence[Input] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for entry in self.inputs:
            if isinstance(entry, Money):
                self._check_currency(entry, cleaned)
            if isinstance(entry, Span) and cleaned.get(entry.name) is not None:
                unit = cleaned.get(f"{entry.name}_unit") or SpanUnit.HOURS
                cleaned[entry.name] = timedelta(**{unit: cleaned[entry.name]})
            if isinstance(entry, Amounts):
                amounts = {
                    value: cleaned[key]
                    for value in entry.choices.values
                    if (key := f"{entry.name}_{value}") in cleaned and cleaned[key] is not None
                }
                if entry.required and not amounts and not self.errors:
                    self.add_error(f"{entry.name}_{entry.choices.values[0]}", _("Give at least one amount."))
                cleaned[entry.name] = amounts
        return cleaned

    def _check_currency(self, entry: Money, cleaned: dict[str, Any]) -> None:
        """An amount, also an optional one, says nothing without its currency."""
        name = f"{entry.name}_currency"
        if cleaned.get(entry.name) is not None and not cleaned.get(name) and name not in self.errors:
            self.add_error(name, _("Say in which currency."))


def form_class(inputs: Sequence[Input], check: Callable[[dict[str, Any]], None] | None = None) -> type[WayForm]:
    """Build the form class of some inputs. ``check`` may raise ValidationError over all of them together."""
    fields: dict[str, Any] = {}
    for entry in inputs:
        fields.update(entry.form_fields())

    class Form(WayForm):
        def clean(self) -> dict[str, Any]:
            cleaned = super().clean()
            if check and not self.errors:
                check(cleaned)
            return cleaned

    return type("WayForm", (Form,), {**fields, "inputs": tuple(inputs)})


__all__ = [
    "Amounts",
    "Choice",
    "Count",
    "Day",
    "Files",
    "Input",
    "Link",
    "ManyFilesField",
    "Moment",
    "Money",
    "Pick",
    "Several",
    "Span",
    "SpanUnit",
    "Text",
    "Time",
    "WayForm",
    "form_class",
]
