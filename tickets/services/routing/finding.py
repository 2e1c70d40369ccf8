"""Finding an owner: who is at work now, fits, and has the least to do; and saying why on the ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from common.errors import DomainError
from common.models import User
from common.revisions import CALENDARS, ROUTING, Kept
from common.services.calendars import hours_of
from logistics.choices import Tier
from tickets.choices import Kind
from tickets.models import Membership, Participant, Presence, Team, Ticket
from tickets.policies.actor import Actor
from tickets.policies.routing import Candidate, Choice, TeamCard, Wanted, choose
from tickets.services.journal import Change, changing

BATCH = 200
LOOK_AGAIN = timedelta(minutes=10)
"""When somebody fits but is away or has their hands full."""
TOLD = 40
"""Candidates that the event tells of."""
_ROUTER = "routing"


@dataclass(frozen=True, slots=True)
class _Desk:
    """Teams and their members, as configured."""

    teams: Mapping[int, Team]
    members: tuple[Membership, ...]


def _load() -> _Desk:
    members = Membership.objects.filter(user__is_active=True, user__is_staff=True).select_related("user")
    return _Desk({team.pk: team for team in Team.objects.all()}, tuple(members.order_by("id")))


_desk = Kept(_load, ROUTING, CALENDARS)


def route(*, ticket_id: int, now: datetime) -> Ticket:
    """Find an owner for an open ticket that has none; without teams nothing happens.

    Nobody there now: the team that opens first keeps it, and ``route_at`` is when to look again.
    """
    with changing(ticket_id, actor=Actor.clock(_ROUTER), now=now) as change:
        ticket = change.ticket
        ticket.route_at = None
        if ticket.is_open and ticket.assignee_id is None:
            _route(change)
    return ticket


def route_due(now: datetime) -> int:
    """Look again for owners of tickets whose moment has come, at most a batch. Returns how many were looked at."""
    due = Ticket.objects.filter(route_at__lte=now).order_by("route_at").values_list("pk", flat=True)[:BATCH]
    for ticket_id in list(due):
        route(ticket_id=ticket_id, now=now)
    return len(due)


def _route(change: Change) -> None:
    ticket, desk = change.ticket, _desk.get()
    if not desk.teams:
        return
    opens = {team.pk: _opens_at(team, now=change.now) for team in desk.teams.values()}
    candidates = _candidates(ticket, desk, opens, now=change.now)
    opens_next = sorted((pk for pk, at in opens.items() if at is not None), key=lambda pk: (opens[pk], pk))
    choice = choose(_wanted(ticket, now=change.now), candidates, opens_next=opens_next)
    if choice.user is None and choice.team is None:
        return
    before = (ticket.assignee_id, ticket.team_id)
    ticket.assignee_id, ticket.team_id = choice.user, choice.team or ticket.team_id
    if choice.user is not None:
        Participant.objects.bulk_create(
            [Participant(ticket_id=ticket.pk, user_id=choice.user, joined_at=change.now)], ignore_conflicts=True
        )
    else:
        at = opens.get(choice.team or 0)
        ticket.route_at = at if at is not None and at > change.now else change.now + LOOK_AGAIN
    if before != (ticket.assignee_id, ticket.team_id) or choice.user is None:
        change.record("routed", _told(choice, ticket))


def _opens_at(team: Team, *, now: datetime) -> datetime | None:
    """When a team is at work next: now when it is; None when it never is."""
    try:
        return hours_of(team.calendar_id).next_open(now)
    except DomainError:
        return None


def _wanted(ticket: Ticket, *, now: datetime) -> Wanted:
    named = stand_in = None
    customer = ticket.customer
    if customer is not None and customer.tier == Tier.VIP and customer.account_manager_id is not None:
        named = customer.account_manager_id
        presence = Presence.objects.filter(user_id=named).first()
        stand_in = presence.stand_in_id if presence and is_away(presence, now=now) else None
    return Wanted(
        kind=ticket.kind,
        language=ticket.language,
        lane=f"{ticket.origin}-{ticket.destination}" if ticket.origin and ticket.destination else "",
        tags=frozenset(ticket.tags),
        team=ticket.team_id,
        named=named,
        stand_in=stand_in,
    )


def is_away(presence: Presence, *, now: datetime) -> bool:
    """Whether somebody is away at a moment."""
    return presence.is_away and (presence.away_until is None or presence.away_until > now)


def _candidates(ticket: Ticket, desk: _Desk, opens: Mapping[int, datetime | None], *, now: datetime) -> list[Candidate]:
    cards = {
        team.pk: TeamCard(
            id=team.pk,
            kinds=frozenset(team.kinds),
            languages=frozenset(team.languages),
            lanes=frozenset(team.lanes),
            is_open=opens[team.pk] is not None and opens[team.pk] <= now,  # type: ignore[operator]
        )
        for team in desk.teams.values()
    }
    users = {member.user_id for member in desk.members}
    away = {one.user_id for one in Presence.objects.filter(user_id__in=users, is_away=True) if is_away(one, now=now)}
    loads = loads_of(users)
    may = _may_take(ticket, desk.members)
    return [
        Candidate(
            user=member.user_id,
            team=cards[member.team_id],
            languages=frozenset(member.languages),
            skills=frozenset(member.skills),
            capacity=member.capacity,
            load=loads.get(member.user_id, 0),
            is_away=member.user_id in away,
            may=member.user_id in may,
        )
        for member in desk.members
    ]


def loads_of(users: Iterable[int]) -> dict[int, int]:
    """How many open tickets each of these people owns; snoozed ones do not count."""
    owned = Ticket.objects.open().filter(assignee_id__in=set(users), snoozed_until__isnull=True)
    return dict(owned.values_list("assignee_id").annotate(Count("id")).order_by())


def _may_take(ticket: Ticket, members: Iterable[Membership]) -> set[int]:
    """Safety matters go to those alone who may see them."""
    users: dict[int, User] = {member.user_id: member.user for member in members}
    if ticket.kind != Kind.SAFETY:
        return set(users)
    return {pk for pk, user in users.items() if user.has_perm("tickets.view_safety")}


def _told(choice: Choice, ticket: Ticket) -> dict[str, Any]:
    order = sorted(choice.verdicts, key=lambda one: not one.chosen)
    return {
        "assignee": choice.user,
        "team": choice.team,
        "until": ticket.route_at,
        "candidates": [
            {"user": one.user, "team": one.team, "chosen": one.chosen, "why": list(one.why)} for one in order[:TOLD]
        ],
    }
