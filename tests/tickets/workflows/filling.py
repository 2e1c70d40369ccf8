"""Filling in a way's inputs as a form would send them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from logistics.models import Partner
from tickets.workflows.inputs import (
    Amounts,
    Choice,
    Count,
    Day,
    Files,
    Input,
    Link,
    Moment,
    Money,
    PartnerChoice,
    Several,
    Text,
)
from tickets.workflows.way import Way

WORDS = ("ok", "请尽快处理", "O'Brien <b>says</b> “¿qué?”", "a\nb")


def filled(draw: Any, way: Way, now: datetime) -> dict[str, Any]:
    """Raw values for every input of a way; optional ones are left out now and then."""
    data: dict[str, Any] = {}
    for entry in way.inputs:
        if entry.required or draw(st.booleans()):
            data |= _one(draw, entry, now)
    return data


def _one(draw: Any, entry: Input, now: datetime) -> dict[str, Any]:  # noqa: PLR0911 - one line a type
    later = now + timedelta(days=draw(st.integers(2, 9)))
    amount = str(draw(st.decimals(0, 9_999, places=2)))
    match entry:
        case Text():
            return {entry.name: draw(st.sampled_from(WORDS)).replace("\n", "\n" if entry.long else " ")}
        case Link():
            return {entry.name: "https://pay.example/1"}
        case Choice() | Several():
            values = [value for value in entry.choices.values if value and (not entry.only or value in entry.only)]
            if isinstance(entry, Choice):
                return {entry.name: draw(st.sampled_from(values))}
            return {entry.name: draw(st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True))}
        case Day():
            return {entry.name: later.date().isoformat()}
        case Moment():
            return {entry.name: later.strftime("%Y-%m-%dT%H:%M")}
        case Count():
            return {entry.name: str(draw(st.integers(entry.minimum if entry.minimum is not None else -50, 50)))}
        case Money():
            return {entry.name: amount, f"{entry.name}_currency": "EUR"}
        case Amounts():
            chosen = draw(st.lists(st.sampled_from(entry.choices.values), min_size=1, unique=True))
            return {f"{entry.name}_{value}": amount for value in chosen} | {f"{entry.name}_currency": "EUR"}
        case PartnerChoice():
            kinds = entry.kind if isinstance(entry.kind, tuple) else (entry.kind,)
            partners = Partner.objects.filter(kind__in=kinds).values_list("pk", flat=True).order_by("pk")
            return {entry.name: str(draw(st.sampled_from(list(partners))))}
        case Files():
            return {}
    raise AssertionError(f"no values for {type(entry).__name__}")
