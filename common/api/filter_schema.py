"""Filters as parameters of the schema."""

from __future__ import annotations

from typing import Any

from django_filters import filters  # type: ignore[import-untyped]

from common.api.filters import Filters, FlagFilter, NumberFilter


def parameters_of(filterset: type[Filters]) -> list[dict[str, Any]]:
    """Query parameters, in the order of the filters."""
    found = []
    for name, one in filterset.base_filters.items():
        several = isinstance(one, filters.BaseCSVFilter | filters.MultipleChoiceFilter)
        schema = _schema(one)
        parameter: dict[str, Any] = {
            "in": "query",
            "name": name,
            "schema": {"type": "array", "items": schema} if several else schema,
            "description": str(one.extra.get("help_text") or one.label or ""),
        }
        if several:
            parameter |= {"style": "form", "explode": isinstance(one, filters.MultipleChoiceFilter)}
        if one.extra.get("required"):
            parameter["required"] = True
        found.append(parameter)
    return found


def _schema(one: Any) -> dict[str, Any]:
    choices = one.extra.get("choices")
    if choices is not None:
        pairs = choices() if callable(choices) else choices
        return {"type": "string", "enum": [str(value) for value, _label in pairs]}
    if isinstance(one, FlagFilter | filters.BooleanFilter):
        return {"type": "boolean"}
    if isinstance(one, NumberFilter):
        return {"type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1}
    if isinstance(one, filters.NumberFilter):
        return {"type": "number"}
    if isinstance(one, filters.IsoDateTimeFilter | filters.DateTimeFilter):
        return {"type": "string", "format": "date-time"}
    if isinstance(one, filters.DateFilter):
        return {"type": "string", "format": "date"}
    if isinstance(one, filters.UUIDFilter):
        return {"type": "string", "format": "uuid"}
    longest = one.extra.get("max_length")
    return {"type": "string", **({"maxLength": longest} if longest else {})}
