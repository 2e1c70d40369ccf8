"""Who is on call, from the rotas in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from common.models import User
from tickets.models import Rota, RotaLayer
from tickets.policies import rota as policy


def on_call(rota: Rota, at: datetime) -> User | None:
    """Who is on call by a rota at a moment; None when nobody is, or the one who is has left."""
    key = policy.on_call(layers_of(rota), overrides_of(rota, at), at)
    return User.objects.filter(pk=key, is_active=True).first() if key is not None else None


def shifts(rota: Rota, from_at: datetime, until_at: datetime) -> list[policy.Shift]:
    """Who (by key, also somebody who has left) is on call by a rota when, gaps included."""
    return policy.shifts(layers_of(rota), overrides_of(rota, from_at, until_at), from_at, until_at)


def on_call_of(rotas: Iterable[Rota], at: datetime) -> dict[int, User]:
    """Who is on call at a moment by each of some rotas (by key): a few queries, however many rotas."""
    read = Rota.objects.filter(pk__in=[rota.pk for rota in rotas]).prefetch_related("layers__turns", "overrides")
    keys = {rota.pk: policy.on_call(*_parts(rota), at) for rota in read}
    people = User.objects.filter(is_active=True).in_bulk([key for key in keys.values() if key is not None])
    return {rota: people[key] for rota, key in keys.items() if key in people}


def rotas_without_people(rotas: Iterable[Rota], from_at: datetime, until_at: datetime) -> set[int]:
    """The keys of those rotas by which nobody who is still here is on call between two moments."""
    read = Rota.objects.filter(pk__in={rota.pk for rota in rotas}).prefetch_related("layers__turns", "overrides")
    here = set(User.objects.filter(is_active=True, is_staff=True).values_list("pk", flat=True))
    return {
        rota.pk
        for rota in read
        if not any(shift.user in here for shift in policy.shifts(*_parts(rota), from_at, until_at))
    }


def layers_of(rota: Rota) -> list[policy.Layer]:
    """A rota's layers as the policy reads them."""
    return [_layer(rota, layer) for layer in rota.layers.prefetch_related("turns")]


def _parts(rota: Rota) -> tuple[list[policy.Layer], list[policy.Override]]:
    """What the policy wants of a rota whose rows were read with it."""
    overrides = [policy.Override(row.user_id, row.from_at, row.until_at) for row in rota.overrides.all()]
    return [_layer(rota, layer) for layer in rota.layers.all()], overrides


def _layer(rota: Rota, layer: RotaLayer) -> policy.Layer:
    return policy.Layer(
        order=layer.order,
        zone=ZoneInfo(layer.time_zone or rota.time_zone),
        starts_on=layer.starts_on,
        turn_days=layer.turn_days,
        hands_over_at=layer.hands_over_at,
        people=tuple(turn.user_id for turn in layer.turns.all()),
        from_time=layer.from_time,
        until_time=layer.until_time,
        weekdays=frozenset(layer.weekdays),
    )


def overrides_of(rota: Rota, from_at: datetime, until_at: datetime | None = None) -> list[policy.Override]:
    """The overrides that touch a moment or a time."""
    rows = rota.overrides.filter(from_at__lte=until_at or from_at, until_at__gt=from_at)
    return [policy.Override(row.user_id, row.from_at, row.until_at) for row in rows]
