"""Who is on call: layers of people who take turns, and overrides. Pure; times are those of each layer's zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from common.policies.business_time import first_instant

_DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on call from a moment until another; nobody (a gap): None."""

    from_at: datetime
    until_at: datetime
    user: int | None


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
    """Whose turn it is in a layer; None outside its hours and before it begins.

    Turns and hours begin at the first moment at which the zone's clock shows their time or a later one: at the jump
    where the clock leaves it out, the first time where it shows it twice. So no night changes hands more than once.
    """
    if not layer.people or not _covers(layer, at):
        return None
    # The handover of this day, or of the one before, is the last that has been.
    day = at.astimezone(layer.zone).date()
    while first_instant(day, layer.hands_over_at, layer.zone) > at:
        day -= _DAY
    days = (day - layer.starts_on).days
    return layer.people[days // layer.turn_days % len(layer.people)] if days >= 0 else None


def shifts(
    layers: Sequence[Layer], overrides: Sequence[Override], from_at: datetime, until_at: datetime
) -> list[Shift]:
    """Who is on call when, from a moment until another, without holes: a gap is a shift of nobody."""
    changes = {from_at, until_at}
    for override in overrides:
        changes |= {override.from_at, override.until_at}
    for layer in layers:
        changes |= _changes(layer, from_at, until_at)
    inside = sorted(change for change in changes if from_at <= change <= until_at)
    found: list[Shift] = []
    for start, end in pairwise(inside):
        user = on_call(layers, overrides, start)
        if found and found[-1].user == user:
            found[-1] = Shift(found[-1].from_at, end, user)
        else:
            found.append(Shift(start, end, user))
    return found


def _changes(layer: Layer, from_at: datetime, until_at: datetime) -> set[datetime]:
    """The moments in some days at which a layer may change."""
    times = {time(0), layer.hands_over_at}
    if layer.from_time is not None and layer.until_time is not None:
        times |= {layer.from_time, layer.until_time}
    first, last = (moment.astimezone(layer.zone).date() for moment in (from_at, until_at))
    days = [first + _DAY * number for number in range(-1, (last - first).days + 2)]
    return {first_instant(day, one, layer.zone) for day in days for one in times}


def _covers(layer: Layer, at: datetime) -> bool:
    today = at.astimezone(layer.zone).date()
    start, end = layer.from_time, layer.until_time
    if start is None or end is None:
        return not layer.weekdays or today.weekday() in layer.weekdays
    for day in (today, today - _DAY):
        if layer.weekdays and day.weekday() not in layer.weekdays:
            continue
        ends_on = day if start < end else day + _DAY
        if first_instant(day, start, layer.zone) <= at < first_instant(ends_on, end, layer.zone):
            return True
    return False
