"""The values that fields of choices have, with their words."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.choices import DelayCause, DeliveryProblem, LossWhat, RefusalReason
from tickets.policies.events import EVENT_LABELS
from tickets.policies.operators import Label
from tickets.policies.states import STATES


def choices(enum: Any, *, but: tuple[Any, ...] = ()) -> Callable[[], list[tuple[Any, Label]]]:
    return lambda: [(member.value, member.label) for member in enum if member.value not in but]


@lru_cache(maxsize=1)
def states() -> list[tuple[Any, Label]]:
    labels: dict[str, Label] = {}
    for states in STATES.values():
        for state in states.values():
            labels.setdefault(state.name, state.label)
    return list(labels.items())


@lru_cache(maxsize=1)
def causes() -> list[tuple[Any, Label]]:
    labels: dict[str, Label] = {}
    for enum in (DelayCause, DeliveryProblem, LossWhat, RefusalReason):
        for member in enum:
            labels.setdefault(member.value, member.label)
    return list(labels.items())


def events() -> list[tuple[Any, Label]]:
    return list(EVENT_LABELS.items())


WEEKDAYS: tuple[Promise, ...] = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
