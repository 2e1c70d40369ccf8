"""A customer writes while nobody who could answer is at work: they hear when somebody will be, once.

The word goes at once, by night as well: it answers a message of a moment ago. It never answers automatic mail (whose
event is another one), and never stands in for help: an urgent ticket calls whoever is on call instead. The event
"out_of_hours" in the ticket's own chain, written under its lock, is what makes it once: until the opening that it
names has come, there is no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from common.policies.business_time import Hours
from common.services.calendars import hours_of
from tickets.choices import Audience, Priority, Target
from tickets.models import EscalationPolicy, Team, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.policies.routing import team_fits
from tickets.policies.shifts import NEVER, back_at, is_at_work
from tickets.services.escalation import start
from tickets.services.journal import Change, changing
from tickets.services.letters import send_letter
from tickets.services.routing.desk import Desk, card, desk, wanted_of
from tickets.services.routing.finding import ROUTER
from tickets.services.routing.handover import hand_on
from tickets.services.unsettled import RECEIVED

TOLD = "out_of_hours"
TEMPLATE = "out_of_hours"
URGENT_LADDER = "urgent"
ANSWERED_WITHIN = timedelta(hours=2)
"""Working time from the opening until an answer, where no promise says another."""
_RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)


@dataclass(frozen=True, slots=True)
class Opening:
    """Who is at work next for a ticket, and when."""

    team: Team
    at: datetime
    hours: Hours


def written_to(events: Iterable[TicketEvent], *, now: datetime) -> set[int]:
    """The tickets, of these events', whose customer wrote while their own team is not at work.

    One query for all of them, and none while every team works.
    """
    wrote = {
        event.ticket_id
        for event in events
        if event.type == RECEIVED and event.data.get("audience") == Audience.CUSTOMER
    }
    known = desk() if wrote else None
    if known is None:
        return set()
    at_work = {team.pk for team in known.teams.values() if _is_at_work(team, now)}
    if len(at_work) == len(known.teams):
        return set()
    teams = Ticket.objects.open().filter(pk__in=wrote, unanswered_since__isnull=False).values_list("pk", "team")
    return {pk for pk, team in teams if team not in at_work}


def answer(*, ticket_id: int, now: datetime) -> bool:
    """Tell the customer when an answer will come, or call whoever is on call; whether there was anything to do.

    When another team that fits is at work, the ticket goes to it instead.
    """
    if hand_on(ticket_id=ticket_id, now=now):
        return True
    with changing(ticket_id, actor=Actor.clock(ROUTER), now=now) as change:
        ticket = change.ticket
        if not ticket.is_open or ticket.unanswered_since is None:
            return False
        opening = next_opening(ticket, desk(), now=now)
        if opening is None or _is_told(ticket, now=now):
            return False
        done = _call(change) if ticket.priority == Priority.URGENT else _write(change, opening)
        change.record(TOLD, {"team": opening.team.pk, "opens_at": opening.at, **done})
    return True


def next_opening(ticket: Ticket, known: Desk, *, now: datetime) -> Opening | None:
    """When somebody who fits is at work next; None while somebody is, or when nobody ever will be.

    The ticket's own team when it has one, else the first to open of those whose work it is.
    """
    wanted = wanted_of(ticket)
    own = known.teams.get(ticket.team_id or 0)
    fitting = [team for team in known.teams.values() if team == own or team_fits(wanted, card(team, is_open=True))]
    if any(_is_at_work(team, now) for team in fitting):
        return None
    openings = [Opening(team, back_at(hours, now), hours) for team in fitting for hours in [hours_of(team.calendar_id)]]
    openings = [one for one in openings if one.at < NEVER]
    return min(openings, key=lambda one: (one.team != own, one.at, one.team.pk), default=None)


def _is_at_work(team: Team, now: datetime) -> bool:
    return is_at_work(hours_of(team.calendar_id), now)


def _is_told(ticket: Ticket, *, now: datetime) -> bool:
    """Whether the customer heard it already, and the opening they were told has not come yet."""
    last = TicketEvent.objects.filter(ticket_id=ticket.pk, type=TOLD).order_by("-sequence").first()
    opens_at = parse_datetime(str(last.data.get("opens_at", ""))) if last is not None else None
    return opens_at is not None and opens_at > now


def _call(change: Change) -> dict[str, Any]:
    """Call whoever is on call. Nothing to climb: the site has deleted the ladder."""
    ladder = EscalationPolicy.objects.filter(shipped_key=URGENT_LADDER).first()
    if ladder is None:
        return {"message": None}
    escalation = start(change, policy=ladder, reason=_("A customer wrote while nobody is at work."))
    return {"escalation": escalation.pk}


def _write(change: Change, opening: Opening) -> dict[str, Any]:
    promise_at = _promise_at(change, opening)
    values = {
        "opens_at": opening.at,
        "promise_at": promise_at,
        "emergency_contact": opening.team.emergency_contact,
    }
    message = send_letter(change, key=TEMPLATE, values=values, tells=False, at_once=True)
    return {"message": message.pk if message else None, "promise_at": promise_at}


def _promise_at(change: Change, opening: Opening) -> datetime:
    """Until when an answer comes: what we promised when that lies after the opening, else what the opening allows.

    A promise that falls due while everybody sleeps will be missed; who is told of it must not be told a time at which
    nobody is there.
    """
    due = [clock for clock in change.clocks if clock.target in _RESPONSES]
    ahead = [clock.due_at for clock in due if clock.due_at is not None and clock.due_at > opening.at]
    if ahead:
        return min(ahead)
    within = min((clock.duration for clock in due), default=ANSWERED_WITHIN)
    return opening.hours.add(opening.at, within)
