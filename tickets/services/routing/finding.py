"""Finding an owner: who is at work now, fits, and has the least to do; and saying why on the ticket."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from common.errors import PermissionRefused
from tickets.errors import TransitionRefused
from tickets.models import Participant, Ticket
from tickets.policies.actor import Actor
from tickets.policies.routing import Choice, choose
from tickets.services.journal import Change, changing
from tickets.services.routing.desk import candidates_for, desk, wanted_of

logger = logging.getLogger(__name__)

BATCH = 200
LOOK_AGAIN = timedelta(minutes=10)
"""When somebody fits but is away or has their hands full."""
NOBODY_FITS = timedelta(hours=1)
"""When nobody fits, whoever is there: somebody may join, or the ticket become another one."""
TOLD = 40
"""Candidates that the event tells of."""
ROUTER = "routing"

type Had = tuple[int | None, int | None]
"""An owner and a team."""


def route(*, ticket_id: int, now: datetime) -> Ticket:
    """Find an owner for an open ticket that has none; without teams nothing happens.

    Nobody there now: the team that opens first keeps it, and ``route_at`` is when to look again.
    """
    with changing(ticket_id, actor=Actor.clock(ROUTER), now=now) as change:
        ticket = change.ticket
        is_first, ticket.route_at = ticket.route_at is None, None
        if ticket.is_open and ticket.assignee_id is None:
            find_owner(change, is_first=is_first)
    return ticket


def route_again(*, ticket_id: int, actor: Actor, now: datetime) -> Ticket:
    """Look for an owner anew, among all teams, as if the ticket had just come in.

    Whoever has it keeps it when nobody fits who is there. Raises PermissionRefused, TransitionRefused when the ticket
    has ended or there is no team at all.
    """
    if not actor.may("tickets.work_ticket"):
        raise PermissionRefused(_("You may not do this here."))
    with changing(ticket_id, actor=actor, now=now) as change:
        ticket = change.ticket
        if not ticket.is_open:
            raise TransitionRefused(_("%(ticket)s has ended: reopen it first.") % {"ticket": ticket.reference})
        if not desk().teams:
            raise TransitionRefused(_("There is no team yet to look for an owner in."))
        before = ticket.assignee_id, ticket.team_id
        ticket.assignee_id = ticket.team_id = ticket.route_at = None
        if not find_owner(change, before=before) and before[0] is not None:
            ticket.assignee_id, ticket.team_id = before
            ticket.route_at = None
    return ticket


def route_due(now: datetime) -> int:
    """Look again for owners of tickets whose moment has come, at most a batch. Returns how many were looked at."""
    due = list(Ticket.objects.filter(route_at__lte=now).order_by("route_at").values_list("pk", flat=True)[:BATCH])
    for ticket_id in due:
        try:
            route(ticket_id=ticket_id, now=now)
        except Exception:  # one ticket must not keep the clock from the others
            logger.exception("No owner could be looked for: ticket %s", ticket_id)
            Ticket.objects.filter(pk=ticket_id).update(route_at=now + LOOK_AGAIN)
    return len(due)


def find_owner(change: Change, *, before: Had | None = None, is_first: bool = True) -> bool:
    """Choose for a ticket without owner, inside a change. Whether somebody was found.

    ``before``: who had it and which team, for the log. Unless it ``is_first``, a look that finds nobody new is not told
    again: the log already says who was thought of.
    """
    ticket = change.ticket
    known = desk()
    if not known.teams:
        return False
    before = before or (None, ticket.team_id)
    opens = known.opens(now=change.now)
    wanted = wanted_of(ticket)
    opens_next = sorted((pk for pk, at in opens.items() if at is not None), key=lambda pk: (opens[pk], pk))
    choice = choose(wanted, candidates_for(wanted, opens, now=change.now), opens_next=opens_next)
    settle_on(change, choice, opens)
    if is_first or choice.user is not None or (choice.team or before[1]) != before[1]:
        change.record("routed", told(choice, ticket, before=before))
    return choice.user is not None


def settle_on(change: Change, choice: Choice, opens: Mapping[int, datetime | None]) -> None:
    """Give the ticket what was chosen, and say when to look again where nobody was."""
    ticket = change.ticket
    ticket.assignee_id, ticket.team_id = choice.user, choice.team or ticket.team_id
    if choice.user is not None:
        Participant.objects.bulk_create(
            [Participant(ticket_id=ticket.pk, user_id=choice.user, joined_at=change.now)], ignore_conflicts=True
        )
        return
    at = opens.get(choice.team or 0)
    if at is not None and at > change.now:
        ticket.route_at = at
    else:
        ticket.route_at = change.now + (LOOK_AGAIN if choice.team else NOBODY_FITS)


def told(choice: Choice, ticket: Ticket, *, before: Had = (None, None)) -> dict[str, Any]:
    """What the event "routed" keeps: the outcome, and of whom it was thought what, the chosen in front."""
    order = sorted(choice.verdicts, key=lambda one: not one.chosen)
    return {
        "assignee": choice.user,
        "team": choice.team,
        "assignee_before": before[0],
        "team_before": before[1],
        "until": ticket.route_at,
        "candidates": [
            {"user": one.user, "team": one.team or None, "chosen": one.chosen, "why": list(one.why)}
            for one in order[:TOLD]
        ],
    }
