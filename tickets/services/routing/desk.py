"""Teams and their people as they are now: whose hours are open, who is away, who may, how much each has to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Q

from common.errors import DomainError
from common.revisions import CALENDARS, ROUTING, Kept
from common.services.calendars import hours_of
from logistics.choices import Tier
from tickets.choices import OPEN_PHASES, Kind
from tickets.models import Membership, Presence, Team, Ticket
from tickets.policies.routing import NO_TEAM, Candidate, TeamCard, Wanted, against

WORK, VIEW_SAFETY = "work_ticket", "view_safety"

_LOADS = """
SELECT u.id, (
    SELECT count(*) FROM (
        SELECT 1 FROM tickets_ticket t
        WHERE t.assignee_id = u.id AND t.phase = ANY(%s) AND t.snoozed_until IS NULL LIMIT u.most
    ) AS owned
) FROM unnest(%s::bigint[], %s::int[]) AS u (id, most)
"""

_MAY = """
WITH needed AS (
    SELECT p.id FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id
    WHERE t.app_label = 'tickets' AND p.codename = ANY(%s)
), held AS (
    SELECT g.user_id, gp.permission_id FROM common_user_groups g
    JOIN auth_group_permissions gp ON gp.group_id = g.group_id WHERE gp.permission_id IN (SELECT id FROM needed)
    UNION SELECT user_id, permission_id FROM common_user_user_permissions
    WHERE permission_id IN (SELECT id FROM needed)
)
SELECT u.id FROM common_user u LEFT JOIN held h ON h.user_id = u.id
WHERE u.id = ANY(%s) AND u.is_active AND u.is_staff
GROUP BY u.id HAVING u.is_superuser OR count(DISTINCT h.permission_id) = %s
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """Teams and their members, as configured."""

    teams: Mapping[int, Team]
    members: tuple[Membership, ...]

    def opens(self, *, now: datetime) -> dict[int, datetime | None]:
        """When each team is at work next; see ``opens_at``."""
        return {team.pk: opens_at(team, now=now) for team in self.teams.values()}


def _load() -> Desk:
    members = Membership.objects.filter(user__is_active=True, user__is_staff=True).select_related("user")
    return Desk({team.pk: team for team in Team.objects.all()}, tuple(members.order_by("id")))


_desk = Kept(_load, ROUTING, CALENDARS)


def desk() -> Desk:
    """The teams and their members, kept until somebody changes them."""
    return _desk.get()


def opens_at(team: Team, *, now: datetime) -> datetime | None:
    """When a team is at work next: now when it is; None when it never is."""
    try:
        return hours_of(team.calendar_id).next_open(now)
    except DomainError:
        return None


def card(team: Team, *, is_open: bool) -> TeamCard:
    """A team as the policy sees it."""
    return TeamCard(
        id=team.pk,
        kinds=frozenset(team.kinds),
        languages=frozenset(team.languages),
        lanes=frozenset(team.lanes),
        skills=frozenset(team.skills),
        is_open=is_open,
    )


def wanted_of(ticket: Ticket) -> Wanted:
    """What a ticket asks of whoever takes it."""
    named = named_person(ticket)
    stand_in = Presence.objects.filter(user_id=named).values_list("stand_in", flat=True).first() if named else None
    return Wanted(
        kind=ticket.kind,
        language=ticket.language,
        lane=f"{ticket.origin}-{ticket.destination}" if ticket.origin and ticket.destination else "",
        tags=frozenset(ticket.tags),
        team=ticket.team_id,
        named=named,
        stand_in=stand_in,
    )


def named_person(ticket: Ticket) -> int | None:
    """The person of ours whom the ticket's VIP knows by name."""
    customer = ticket.customer
    return customer.account_manager_id if customer is not None and customer.tier == Tier.VIP else None


def candidates_for(
    wanted: Wanted, opens: Mapping[int, datetime | None], *, now: datetime, only_team: int | None = None
) -> list[Candidate]:
    """Everybody who could take such a ticket, with what speaks for and against them; ``only_team``: of that one.

    At most five queries, whatever the size of the house; what people have to do is counted for those alone whom nothing
    else rules out, and no further than their capacity.
    """
    known = desk()
    members = [one for one in known.members if only_team in (None, one.team_id)]
    cards = {team.pk: card(team, is_open=_is_open(opens[team.pk], now)) for team in known.teams.values()}
    in_teams = {one.user_id for one in members}
    outside = {one for one in (wanted.named, wanted.stand_in) if one is not None and one not in in_teams}
    everybody = in_teams | outside
    away, may = away_people(everybody, now=now), may_take(wanted.kind, everybody)
    found = [
        Candidate(
            user=one.user_id,
            team=cards[one.team_id],
            languages=frozenset(one.languages),
            skills=frozenset(one.skills),
            capacity=one.capacity,
            is_away=one.user_id in away,
            may=one.user_id in may,
        )
        for one in members
        if one.team_id in cards
    ]
    found += [
        Candidate(user=user, team=NO_TEAM, is_away=user in away, may=user in may)
        for user in sorted(outside)
        if only_team is None
    ]
    return _with_loads(wanted, found)


def _with_loads(wanted: Wanted, found: list[Candidate]) -> list[Candidate]:
    most: dict[int, int] = {}
    for one in found:
        if not against(wanted, one):
            most[one.user] = max(one.capacity, most.get(one.user, 0))
    loads = loads_of(most)
    return [replace(one, load=loads[one.user]) if one.user in loads else one for one in found]


def _is_open(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


def loads_of(most: Mapping[int, int]) -> dict[int, int]:
    """How many open tickets people own, by their keys; snoozed ones do not count. Nobody's are counted beyond the
    number beside their key: who has their hands full may have thousands."""
    if not most:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LOADS, [[str(one) for one in OPEN_PHASES], list(most), list(most.values())])
        return dict(cursor.fetchall())


def is_away(presence: Presence, *, now: datetime) -> bool:
    """Whether somebody is away at a moment: they come back by themselves when their time is over."""
    return presence.is_away and (presence.away_until is None or presence.away_until > now)


def away_people(users: Iterable[int], *, now: datetime) -> set[int]:
    """Those of some people who are away."""
    until = Q(away_until__isnull=True) | Q(away_until__gt=now)
    rows = Presence.objects.filter(until, user_id__in=set(users), is_away=True)
    return set(rows.values_list("user_id", flat=True))


def may_take(kind: str, users: Iterable[int]) -> set[int]:
    """Those of some people who may work tickets of this kind: safety matters go to those alone who may see them.

    Asked of the database: users kept in memory keep what they once might.
    """
    needed = [WORK, VIEW_SAFETY] if kind == Kind.SAFETY else [WORK]
    with connection.cursor() as cursor:
        cursor.execute(_MAY, [needed, list(set(users)), len(needed)])
        return {pk for (pk,) in cursor.fetchall()}
