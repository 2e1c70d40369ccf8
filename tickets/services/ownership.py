"""Whose a ticket is and how soon it matters: assign, hand over, snooze, priority, tags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from common.errors import InvalidInput, PermissionRefused
from common.models import User
from tickets.choices import Kind, Priority
from tickets.errors import TransitionRefused
from tickets.models import Participant, Team, Ticket
from tickets.policies.actor import Actor
from tickets.services.journal import Change, changing

WORK = "tickets.work_ticket"
VIEW_SAFETY = "tickets.view_safety"
MAX_TAGS = 30
LONGEST_SNOOZE = timedelta(days=366)


def assign(
    *, ticket_id: int, actor: Actor, now: datetime, assignee_id: int | None = None, team_id: int | None = None
) -> Ticket:
    """Give a ticket to a person, a team, both or nobody.

    Raises InvalidInput for somebody who does not work tickets (or may not see this one), PermissionRefused,
    TransitionRefused when it has ended.
    """
    assignee, team = _person(assignee_id), _team(team_id)
    with changing(ticket_id, actor=actor, now=now) as change:
        _refuse_unless_may(actor)
        _assign(change, assignee, team)
    return change.ticket


def assign_many(
    *,
    ticket_ids: Iterable[int],
    actor: Actor,
    now: datetime,
    assignee_id: int | None = None,
    team_id: int | None = None,
) -> int:
    """Assign each of these tickets, one change a ticket; those that have ended meanwhile are left. Returns how many.

    Without ``team_id`` each keeps the team it has; without ``assignee_id`` they belong to nobody. Raises as ``assign``.
    """
    assignee, team = _person(assignee_id), _team(team_id)
    _refuse_unless_may(actor)
    count = 0
    for ticket_id in sorted(set(ticket_ids)):
        with changing(ticket_id, actor=actor, now=now) as change:
            if change.ticket.is_open:
                _assign(change, assignee, team or change.ticket.team)
                count += 1
    return count


def hand_over(
    *, ticket_id: int, note: str, actor: Actor, now: datetime, to_user: int | None = None, to_team: int | None = None
) -> Ticket:
    """Pass a ticket on with a word for whoever gets it. Raises as ``assign``; InvalidInput without note or taker."""
    if to_user is None and to_team is None:
        raise InvalidInput(_("Say who takes it over."))
    if not note.strip():
        raise InvalidInput(_("Write a word for whoever takes it over."), data={"note": [_("This field is required.")]})
    assignee, team = _person(to_user), _team(to_team)
    with changing(ticket_id, actor=actor, now=now) as change:
        _refuse_unless_may(actor)
        _assign(change, assignee, team or change.ticket.team)
        change.record("handed_over", {"user": to_user, "team": to_team}, personal={"note": note.strip()[:5_000]})
    return change.ticket


def snooze(*, ticket_id: int, until: datetime, actor: Actor, now: datetime) -> Ticket:
    """Put a ticket aside until a moment; a customer's word or any step wakes it earlier.

    Raises InvalidInput when the moment is over or more than a year ahead, TransitionRefused when the ticket has ended,
    PermissionRefused.
    """
    if until > now + LONGEST_SNOOZE:
        raise InvalidInput(_("This day is too far ahead."), data={"until": [_("This day is too far ahead.")]})
    if until <= now:
        raise InvalidInput(_("This is in the past."), data={"until": [_("This is in the past.")]})
    with changing(ticket_id, actor=actor, now=now) as change:
        _refuse_unless_may(actor)
        _refuse_ended(change.ticket)
        change.ticket.snoozed_until = until
        change.record("snoozed", {"until": until})
    return change.ticket


def wake(*, ticket_id: int, actor: Actor, now: datetime) -> Ticket:
    """Take a ticket out of its snooze. One that is awake stays as it is. Raises PermissionRefused."""
    with changing(ticket_id, actor=actor, now=now) as change:
        _refuse_unless_may(actor)
        if change.ticket.snoozed_until is not None:
            change.ticket.snoozed_until = None
            change.record("woken")
    return change.ticket


def set_priority(*, ticket_id: int, priority: int, actor: Actor, now: datetime) -> Ticket:
    """Change how urgent a ticket is. Raises InvalidInput, PermissionRefused."""
    if priority not in Priority.values:
        raise InvalidInput(_("There is no such priority."))
    with changing(ticket_id, actor=actor, now=now) as change:
        _refuse_unless_may(actor)
        before = change.ticket.priority
        if before != priority:
            change.ticket.priority = priority
            change.record("priority_changed", {"from": before, "to": priority})
    return change.ticket


def set_tags(*, ticket_id: int, tags: Iterable[str], actor: Actor, now: datetime) -> Ticket:
    """Replace a ticket's tags: at most 30 of at most 60 characters. Raises InvalidInput, PermissionRefused."""
    wanted = sorted({" ".join(tag.split()) for tag in tags} - {""})
    if len(wanted) > MAX_TAGS or any(len(tag) > 60 for tag in wanted):
        raise InvalidInput(_("At most 30 tags of at most 60 characters."))
    with changing(ticket_id, actor=actor, now=now) as change:
        _refuse_unless_may(actor)
        before = sorted(change.ticket.tags)
        if before != wanted:
            change.ticket.tags = wanted
            change.record(
                "tags_changed",
                {"added": sorted(set(wanted) - set(before)), "removed": sorted(set(before) - set(wanted))},
            )
    return change.ticket


def _assign(change: Change, assignee: User | None, team: Team | None) -> None:
    ticket = change.ticket
    _refuse_ended(ticket)
    if assignee and ticket.kind == Kind.SAFETY and not assignee.has_perm(VIEW_SAFETY):
        raise InvalidInput(_("%(name)s may not see safety tickets.") % {"name": assignee})
    before = (ticket.assignee_id, ticket.team_id)
    ticket.assignee, ticket.team = assignee, team
    after = (ticket.assignee_id, ticket.team_id)
    if before == after:
        return
    change.record(
        "assigned", {"assignee": after[0], "team": after[1], "assignee_before": before[0], "team_before": before[1]}
    )
    if assignee:
        Participant.objects.bulk_create(
            [Participant(ticket_id=ticket.pk, user=assignee, joined_at=change.now)], ignore_conflicts=True
        )


def _person(user_id: int | None) -> User | None:
    if user_id is None:
        return None
    user: User | None = User.objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    if user is None or not user.has_perm(WORK):
        raise InvalidInput(_("This person does not work tickets."))
    return user


def _team(team_id: int | None) -> Team | None:
    if team_id is None:
        return None
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise InvalidInput(_("There is no such team."))
    return team


def _refuse_unless_may(actor: Actor) -> None:
    if not actor.may(WORK):
        raise PermissionRefused(_("You may not do this here."))


def _refuse_ended(ticket: Ticket) -> None:
    if not ticket.is_open:
        raise TransitionRefused(_("%(ticket)s has ended: reopen it first.") % {"ticket": ticket.reference})
