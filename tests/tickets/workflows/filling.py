"""Filling in a way's inputs as a form would send them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from hypothesis import strategies as st

from common.inputs import Amounts, Choice, Count, Day, Files, Input, Link, Moment, Money, Several, Text
from logistics.models import Partner
from logistics.workflows.inputs import PartnerChoice
from tickets.workflows.way import Way

WORDS = ("ok", "请尽快处理", "O'Brien <b>says</b> “¿qué?”", "a b")


class Chooser(Protocol):
    """Who decides what is filled in."""

    def one(self, values: Sequence[str]) -> str: ...
    def number(self, low: int, high: int) -> int: ...
    def leaves_out(self) -> bool: ...


class First:
    """Always the same: the first of everything, and nothing left out."""

    def one(self, values: Sequence[str]) -> str:
        return values[0]

    def number(self, low: int, high: int) -> int:
        return max(low, min(high, 2))

    def leaves_out(self) -> bool:
        return False


class Drawn:
    """Whatever hypothesis draws."""

    def __init__(self, draw: Any) -> None:
        self._draw = draw

    def one(self, values: Sequence[str]) -> str:
        chosen: str = self._draw(st.sampled_from(values))
        return chosen

    def number(self, low: int, high: int) -> int:
        chosen: int = self._draw(st.integers(low, high))
        return chosen

    def leaves_out(self) -> bool:
        chosen: bool = self._draw(st.booleans())
        return chosen


def filled(chooser: Chooser, way: Way, now: datetime) -> dict[str, Any]:
    """Raw values for every input of a way; optional ones are left out now and then."""
    data: dict[str, Any] = {}
    for entry in way.inputs:
        if entry.required or not chooser.leaves_out():
            data |= _one(chooser, entry, now)
    return data


def _one(chooser: Chooser, entry: Input, now: datetime) -> dict[str, Any]:  # noqa: PLR0911 - one line a type
    later = now + timedelta(days=chooser.number(1, 9))
    amount = f"{chooser.number(0, 9_999)}.50"
    match entry:
        case Text():
            return {entry.name: chooser.one(WORDS)}
        case Link():
            return {entry.name: "https://pay.example/1"}
        case Choice() | Several():
            values = [value for value in entry.choices.values if value and (not entry.only or value in entry.only)]
            chosen = chooser.one(values)
            return {entry.name: chosen if isinstance(entry, Choice) else sorted({chosen, chooser.one(values)})}
        case Day():
            return {entry.name: later.date().isoformat()}
        case Moment():
            return {entry.name: later.strftime("%Y-%m-%dT%H:%M")}
        case Count():
            return {entry.name: str(chooser.number(entry.minimum if entry.minimum is not None else -50, 50))}
        case Money():
            return {entry.name: amount, f"{entry.name}_currency": "EUR"}
        case Amounts():
            chosen = chooser.one(entry.choices.values)
            return {f"{entry.name}_{chosen}": amount, f"{entry.name}_currency": "EUR"}
        case PartnerChoice():
            kinds = entry.kind if isinstance(entry.kind, tuple) else (entry.kind,)
            partners = Partner.objects.filter(kind__in=kinds).values_list("pk", flat=True).order_by("pk")
            return {entry.name: chooser.one([str(number) for number in partners])}
        case Files():
            return {}
    raise AssertionError(f"no values for {type(entry).__name__}")
