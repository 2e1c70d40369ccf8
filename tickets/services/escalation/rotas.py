"""Who is on call, from the rotas in the database."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from common.models import User
from tickets.models import Rota
from tickets.policies import rota as policy


def on_call(rota: Rota, at: datetime) -> User | None:
    """Who is on call by a rota at a moment; None when nobody is, or the one who is has left."""
    key = policy.on_call(layers_of(rota), overrides_of(rota, at), at)
    return User.objects.filter(pk=key, is_active=True).first() if key is not None else None


def layers_of(rota: Rota) -> list[policy.Layer]:
    """A rota's layers as the policy reads them."""
    return [
        policy.Layer(
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
        for layer in rota.layers.prefetch_related("turns")
    ]


def overrides_of(rota: Rota, from_at: datetime, until_at: datetime | None = None) -> list[policy.Override]:
    """The overrides that touch a moment or a time."""
    rows = rota.overrides.filter(from_at__lte=until_at or from_at, until_at__gt=from_at)
    return [policy.Override(row.user_id, row.from_at, row.until_at) for row in rows]
