"""Who is on call: layers of people who take turns, and overrides. Pure; times are those of each layer's zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Layer:
    """People (keys, in their turn) who follow each other every ``turn_days`` days at ``hands_over_at``.

    With ``from_time`` and ``until_time`` it covers those hours alone, of the ``weekdays`` on which they begin (0 is
    Monday; none given: all). An until at or before the from lies on the next day.
    """

    order: int
    zone: ZoneInfo
    starts_on: date
    turn_days: int
    hands_over_at: time
    people: tuple[int, ...]
    from_time: time | None = None
    until_time: time | None = None
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody else from a moment until another."""

    user: int
    from_at: datetime
    until_at: datetime


def on_call(layers: Iterable[Layer], overrides: Iterable[Override], at: datetime) -> int | None:
    """Who is on call at a moment: of overrides the one that began last, else of layers the highest that covers it."""
    current = [one for one in overrides if one.from_at <= at < one.until_at]
    if current:
        return max(current, key=lambda one: one.from_at).user
    for layer in sorted(layers, key=lambda one: -one.order):
        user = in_turn(layer, at)
        if user is not None:
            return user
    return None


def in_turn(layer: Layer, at: datetime) -> int | None:
    """Whose turn it is in a layer; None outside its hours and before it begins."""
    local = at.astimezone(layer.zone)
    if not layer.people or not _covers(layer, local):
        return None
    days = (local.date() - layer.starts_on).days - (local.time() < layer.hands_over_at)
    if days < 0:
        return None
    return layer.people[days // layer.turn_days % len(layer.people)]


def _covers(layer: Layer, local: datetime) -> bool:
    start, end = layer.from_time, layer.until_time
    if start is None or end is None:
        return not layer.weekdays or local.weekday() in layer.weekdays
    at = local.time()
    if start < end:
        began = local.date() if start <= at < end else None
    elif at >= start:
        began = local.date()
    else:
        began = local.date() - timedelta(days=1) if at < end else None
    return began is not None and (not layer.weekdays or began.weekday() in layer.weekdays)
