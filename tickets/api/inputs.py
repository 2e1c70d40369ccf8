"""The inputs of a step as JSON: their schema, and JSON turned into what the step's form reads.

One declaration (``common.inputs``) gives the desk's form and this. Money is `{"amount": "12.50", "currency": "EUR"}`,
amounts by type `{"duty": "12.50", "vat": "3", "currency": "EUR"}`, a length of time `{"value": 3, "unit": "hours"}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from common import inputs as given
from common.errors import InvalidInput
from logistics.workflows.inputs import PartnerChoice
from tickets.workflows.way import Way

Schema = dict[str, Any]
_AMOUNT: Schema = {"type": "string", "pattern": r"^[0-9]{1,11}(\.[0-9]{1,3})?$", "description": "As text: 12.50"}
_CURRENCY: Schema = {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217"}


def schema_of(way: Way) -> Schema:
    """The JSON Schema of a step's inputs, with labels in the active language."""
    return {
        "title": str(way.label),
        "type": "object",
        "properties": {entry.name: input_schema(entry) for entry in way.inputs},
        "required": [entry.name for entry in way.inputs if entry.required],
        "additionalProperties": False,
    }


def input_schema(entry: given.Input) -> Schema:
    """The JSON Schema of one input. Raises TypeError for a kind of input that nobody has described here."""
    describe = next((found for kind, found in _SCHEMAS.items() if isinstance(entry, kind)), None)
    if describe is None:
        raise TypeError(f"the API has no schema for inputs like {type(entry).__name__}")
    said: Schema = {"title": str(entry.label)}
    if entry.help:
        said["description"] = str(entry.help)
    return describe(entry) | said


def raw_of(way: Way, body: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON body as the step's form takes it. Raises InvalidInput by input for other names, and other shapes."""
    known = {entry.name: entry for entry in way.inputs}
    wrong: dict[str, list[str]] = {
        str(name)[:60]: [_("There is no such field.")] for name in sorted(set(map(str, body)) - set(known))[:20]
    }
    raw: dict[str, Any] = {}
    for name, entry in known.items():
        value = body.get(name)
        if value is None:
            continue
        try:
            raw |= _flat(entry, value)
        except (TypeError, ValueError):
            wrong[name] = [_("This has not the form that the schema describes.")]
    if wrong:
        raise InvalidInput(_("Some of what you sent cannot be used."), data=wrong)
    return raw


def _flat(entry: given.Input, value: Any) -> dict[str, Any]:
    """One value under the names of its form's fields."""
    name = entry.name
    if isinstance(entry, given.Money):
        parts = _object(value, ("amount", "currency"))
        return {name: _scalar(parts.get("amount")), f"{name}_currency": _scalar(parts.get("currency", ""))}
    if isinstance(entry, given.Amounts):
        parts = _object(value, (*entry.choices.values, "currency"))
        return {f"{name}_{key}": _scalar(one) for key, one in parts.items()}
    if isinstance(entry, given.Span):
        parts = _object(value, ("value", "unit"))
        return {name: _scalar(parts.get("value")), f"{name}_unit": _scalar(parts.get("unit", given.SpanUnit.HOURS))}
    if isinstance(entry, given.Several):
        if not isinstance(value, list):
            raise TypeError
        return {name: [_scalar(one) for one in value]}
    if isinstance(entry, given.Files):
        raise TypeError  # files come as multipart/form-data
    return {name: _scalar(value)}


def _object(value: Any, known: Sequence[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) - set(known):
        raise TypeError
    return value


def _scalar(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    return str(value)


def _enum(choices: Any, only: Sequence[str]) -> Schema:
    return {"type": "string", "enum": [value for value in choices.values if not only or value in only]}


def _text(entry: given.Text) -> Schema:
    return {"type": "string", "maxLength": 5_000 if entry.long else entry.max_length}


def _count(entry: given.Count) -> Schema:
    return {"type": "integer", "maximum": 10**9, **({} if entry.minimum is None else {"minimum": entry.minimum})}


def _pick(entry: given.Pick) -> Schema:
    return {"type": "integer" if entry.numbers else "string"}


def _several(entry: given.Several) -> Schema:
    return {
        "type": "array",
        "items": _enum(entry.choices, entry.only),
        "uniqueItems": True,
        "minItems": int(entry.required),
    }


def _money(entry: given.Money) -> Schema:
    return _closed({"amount": _AMOUNT, "currency": _CURRENCY}, ["amount", "currency"])


def _amounts(entry: given.Amounts) -> Schema:
    return _closed({**dict.fromkeys(entry.choices.values, _AMOUNT), "currency": _CURRENCY}, ["currency"])


def _span(entry: given.Span) -> Schema:
    units: Schema = {"type": "string", "enum": list(given.SpanUnit.values)}
    return _closed({"value": {"type": "integer", "minimum": 0, "maximum": 10_000}, "unit": units}, ["value"])


def _closed(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_SCHEMAS: dict[type[given.Input], Callable[[Any], Schema]] = {
    given.Text: _text,
    given.Link: lambda entry: {"type": "string", "format": "uri", "maxLength": 500},
    given.Choice: lambda entry: _enum(entry.choices, entry.only),
    given.Several: _several,
    given.Day: lambda entry: {"type": "string", "format": "date"},
    given.Moment: lambda entry: {"type": "string", "format": "date-time"},
    given.Time: lambda entry: {"type": "string", "format": "time"},
    given.Count: _count,
    given.Pick: _pick,
    given.Span: _span,
    given.Money: _money,
    given.Amounts: _amounts,
    given.Files: lambda entry: {"type": "array", "items": {"type": "string", "format": "binary"}},
    PartnerChoice: lambda entry: {"type": "integer", "description": "The partner's number."},
}
