"""Which effect belongs to which way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tickets.services.journal import Change

Effect = Callable[["Change", dict[str, Any]], None]

EFFECTS: dict[tuple[str, str], Effect] = {}


def effect(kind: str, *ways: str) -> Callable[[Effect], Effect]:
    """Register a function as the effect of a kind's ways."""

    def register(function: Effect) -> Effect:
        for way in ways:
            EFFECTS[(kind, way)] = function
        return function

    return register
