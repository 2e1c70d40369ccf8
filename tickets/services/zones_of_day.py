"""The teams of the day: who is at work, until when, who is on call, and how much falls due before they change.

Read from what routing keeps in memory, and four queries: who is away, who is on call (two), what falls due (one for
all teams, by the index of teams' deadlines).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from common.models import User
from common.policies.business_time import Hours, NeverOpen
from common.services.calendars import places_of
from tickets.choices import Kind
from tickets.models import RotaOverride, RotaTurn, Team
from tickets.policies import rota as rota_policy
from tickets.policies.shifts import BREAK
from tickets.services.routing.desk import away_people, desk

SHOWN = 6
COUNT_LIMIT = 100
"""What falls due is counted up to here; beyond it says 99+."""
LOOK_AHEAD = timedelta(hours=24)
"""For teams that never close."""
_BREAKS_A_SHIFT = 12

_DUE = """
SELECT h.team, cardinality(ARRAY(
    SELECT 1 FROM tickets_ticket t
    WHERE t.team_id = h.team AND t.next_due_at <= h.until AND t.kind <> ALL(%s) LIMIT %s
)) FROM unnest(%s::bigint[], %s::timestamptz[]) AS h (team, until)
"""


@dataclass(frozen=True, slots=True)
class ZoneOfDay:
    """One team as it stands now.

    Open: ``until`` is the end of the shift, None around the clock. Closed: ``opens_at``, None when it never opens.
    ``due`` counts its open tickets whose next promise falls due before that, overdue ones too, up to ``COUNT_LIMIT``.
    ``capacity`` is how many tickets those who are here (closed: all members) take.
    """

    team: Team
    zone: ZoneInfo
    is_own: bool
    is_open: bool
    until: datetime | None
    opens_at: datetime | None
    hands_over: bool
    here: int
    people: int
    on_call: tuple[User, ...]
    due: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Shift:
    """Whether somebody works now, until when, or when they begin again."""

    is_open: bool
    until: datetime | None = None
    opens_at: datetime | None = None

    def horizon(self, now: datetime) -> datetime:
        """When the team changes next: it hands over, or opens."""
        return self.until or self.opens_at or now + LOOK_AHEAD


def zones_of_day(user: Any, *, now: datetime) -> list[ZoneOfDay]:
    """The teams that have a calendar, this person's own first, then those at work, then by who opens first."""
    known = desk()
    own = {one.team_id for one in known.members if one.user_id == user.pk}
    places = places_of(team.calendar_id for team in known.teams.values())
    found = [
        (team, places[team.calendar_id], shift_of(places[team.calendar_id].hours, now))
        for team in known.teams.values()
        if team.calendar_id is not None and team.calendar_id in places
    ]
    found.sort(key=lambda one: (one[0].pk not in own, not one[2].is_open, one[2].horizon(now), one[0].name))
    found = found[:SHOWN]
    if not found:
        return []
    shown = {team.pk for team, _place, _its_shift in found}
    members = [one for one in known.members if one.team_id in shown]
    away = away_people({one.user_id for one in members}, now=now)
    called = people_on_call(now=now)
    due = due_before({team.pk: shift.horizon(now) for team, _place, shift in found}, user)
    zones = []
    for team, place, shift in found:
        people = [one for one in members if one.team_id == team.pk]
        here = [one for one in people if one.user_id not in away]
        theirs = {one.user_id for one in people}
        zones.append(
            ZoneOfDay(
                team=team,
                zone=place.zone,
                is_own=team.pk in own,
                is_open=shift.is_open,
                until=shift.until,
                opens_at=shift.opens_at,
                hands_over=team.follows_id is not None,
                here=len(here),
                people=len(people),
                on_call=() if shift.is_open else tuple(one for one in called if one.pk in theirs),
                due=due[team.pk],
                capacity=sum(one.capacity for one in (here if shift.is_open else people)),
            )
        )
    return zones


def due_before(horizons: Mapping[int, datetime], user: Any) -> dict[int, int]:
    """How many open tickets of each team fall due by its moment, up to ``COUNT_LIMIT`` each, in one query.

    Only tickets that this person may see. Deadlines of ended tickets are empty.
    """
    hidden = [] if user.has_perm("tickets.view_safety") else [str(Kind.SAFETY)]
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [hidden, COUNT_LIMIT, list(horizons), list(horizons.values())])
        return dict(cursor.fetchall())


def people_on_call(*, now: datetime) -> list[User]:
    """Who is on call now by any rota, each once, in the order of the rotas' names. Two queries."""
    layers: dict[int, dict[int, tuple[Any, list[int]]]] = {}
    users: dict[int, User] = {}
    turns = RotaTurn.objects.select_related("layer__rota", "user").order_by("layer__rota__name", "layer_id", "place")
    for turn in turns:
        of_rota = layers.setdefault(turn.layer.rota_id, {})
        of_rota.setdefault(turn.layer_id, (turn.layer, []))[1].append(turn.user_id)
        users[turn.user_id] = turn.user
    overrides: dict[int, list[rota_policy.Override]] = {}
    for row in RotaOverride.objects.filter(from_at__lte=now, until_at__gt=now).select_related("user"):
        overrides.setdefault(row.rota_id, []).append(rota_policy.Override(row.user_id, row.from_at, row.until_at))
        users[row.user_id] = row.user
        layers.setdefault(row.rota_id, {})
    found = []
    for rota_id, of_rota in layers.items():
        policies = [_layer(layer, people) for layer, people in of_rota.values()]
        found.append(rota_policy.on_call(policies, overrides.get(rota_id, []), now))
    return [users[key] for key in dict.fromkeys(found) if key is not None and users[key].is_active]


def _layer(layer: Any, people: Sequence[int]) -> rota_policy.Layer:
    return rota_policy.Layer(
        order=layer.order,
        zone=ZoneInfo(layer.time_zone or layer.rota.time_zone),
        starts_on=layer.starts_on,
        turn_days=layer.turn_days,
        hands_over_at=layer.hands_over_at,
        people=tuple(people),
        from_time=layer.from_time,
        until_time=layer.until_time,
        weekdays=frozenset(layer.weekdays),
    )


def shift_of(hours: Hours, now: datetime) -> Shift:
    """Whether somebody works now and until when; breaks do not end a shift."""
    try:
        if not hours.is_open(now):
            return Shift(is_open=False, opens_at=hours.next_open(now))
        at = now
        for _break in range(_BREAKS_A_SHIFT):
            closes = hours.next_close(at)
            if closes is None:
                return Shift(is_open=True)
            at = hours.next_open(closes)
            if at - closes > BREAK:
                return Shift(is_open=True, until=closes)
    except NeverOpen:
        return Shift(is_open=False)
    return Shift(is_open=True)
