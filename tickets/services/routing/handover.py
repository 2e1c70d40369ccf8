"""A shift's end: what cannot wait until the team is back goes to the team that is there then.

A shift ends when a team's calendar closes for longer than a lunch break. What goes: what is due before the team is
back, what is urgent, and whose customer waits for an answer. It goes ticket by ticket, each with its row in the
handover in the same transaction, and stays with whoever has it: nothing returns by itself in the morning. A row for
each team (``ShiftEnd``) says which end is done and how far, so that a clock that was killed goes on where it was, and
one that was away catches up once.

A VIP's ticket stays with the person they know, unless that person or their stand-in is at work elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from common.errors import DomainError, InvalidInput, PermissionRefused
from common.models import User
from common.services.calendars import hours_of
from tickets.choices import HandoverWhy, Priority, Target
from tickets.models import OPEN, OURS, Clock, Handover, HandoverTicket, Membership, ShiftEnd, Team, Ticket
from tickets.policies.actor import Actor
from tickets.policies.routing import NO_TEAM, Choice, Taker, TeamCard, Wanted, against, choose, takes_over
from tickets.policies.shifts import NEVER, is_at_work, shift_end
from tickets.services.journal import Change, changing
from tickets.services.routing.desk import candidates_for, card, desk, may_take, wanted_of
from tickets.services.routing.finding import settle_on, told
from tickets.services.routing.handover_note import write_note

BATCH = 100
LIMIT = 500
"""Tickets that one look hands over at most: the clock has other things to do as well."""
HANDOVER = "handover"
_MOMENT = timedelta(seconds=1)
OUR_TARGETS = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.NEXT_UPDATE, Target.RESOLUTION)
"""What we promise ourselves; a partner's answer is not due by anybody at the desk."""


def hand_over_shifts(now: datetime) -> int:
    """Hand over what cannot wait for the teams whose shift has ended. Returns how many tickets went."""
    known = desk()
    opens = known.opens(now=now)
    marks = {mark.team_id: mark for mark in ShiftEnd.objects.all()}
    moved = 0
    for team in known.teams.values():
        mark = marks.get(team.pk) or ShiftEnd.objects.get_or_create(team=team, defaults={"looked_at": now})[0]
        if moved < LIMIT and _has_ended(team, mark, now=now):
            moved += _Shift(team, opens, now, ended_at=mark.ended_at).hand_over(mark, LIMIT - moved)
    return moved


def hand_on(*, ticket_id: int, now: datetime) -> bool:
    """Hand one ticket over whose customer writes after its team's shift has ended, if another team is there that fits.

    Whether it went. It is in no handover: its note was written when the shift ended.
    """
    known = desk()
    opens = known.opens(now=now)
    with changing(ticket_id, actor=Actor.clock(HANDOVER), now=now) as change:
        team = known.teams.get(change.ticket.team_id or 0)
        if team is None or is_at_work(hours_of(team.calendar_id), now):
            return False
        return _Shift(team, opens, now).pass_on(change, only_now=True)


def confirm_handover(*, handover_id: int, user: User, now: datetime) -> Handover:
    """Say that one has read a handover. The first who does so stays; a second time changes nothing.

    Raises InvalidInput when there is none, PermissionRefused for whoever is neither in the team that takes over nor
    supervises.
    """
    handover = Handover.objects.select_related("to_team", "from_team", "confirmed_by").filter(pk=handover_id).first()
    if handover is None:
        raise InvalidInput(_("There is no such handover."))
    if not may_confirm(handover, user):
        raise PermissionRefused(_("Only the team that takes over confirms it."))
    if Handover.objects.filter(pk=handover_id, confirmed_at__isnull=True).update(confirmed_at=now, confirmed_by=user):
        handover.confirmed_at, handover.confirmed_by = now, user
    else:
        handover.refresh_from_db()
    return handover


def may_confirm(handover: Handover, user: User) -> bool:
    """Whether somebody may confirm a handover: who works in the team that takes over, and supervisors."""
    if not user.has_perm("tickets.work_ticket"):
        return False
    return (
        user.has_perm("tickets.supervise")
        or Membership.objects.filter(team_id=handover.to_team_id, user_id=user.pk).exists()
    )


def why_not_wait(change: Change, back_at: datetime) -> HandoverWhy | None:
    """Why a ticket cannot wait until its team is back; None when it can."""
    ticket = change.ticket
    if not ticket.is_open or (ticket.snoozed_until is not None and ticket.snoozed_until >= back_at):
        return None
    if ticket.is_ours and ticket.priority == Priority.URGENT:
        return HandoverWhy.URGENT
    if ticket.unanswered_since is not None:
        return HandoverWhy.UNANSWERED
    return HandoverWhy.DUE if _due_at(change, back_at) is not None else None


def _due_at(change: Change, back_at: datetime) -> datetime | None:
    """The first promise of ours that falls due before the team is back."""
    due = [
        clock.due_at
        for clock in change.clocks
        if clock.target in OUR_TARGETS and clock.due_at is not None and clock.due_at < back_at
    ]
    return min(due, default=None)


def _has_ended(team: Team, mark: ShiftEnd, *, now: datetime) -> bool:
    """Whether a team's shift has ended and is not handed over yet; notes down an end that was not known."""
    try:
        hours = hours_of(team.calendar_id)
    except DomainError:
        return False
    ended_at = shift_end(hours, since=mark.looked_at, now=now)
    if ended_at is not None:
        mark.looked_at = mark.ended_at = ended_at
        mark.tickets_through, mark.handed_at = 0, None
        mark.save()
    if mark.ended_at is None or mark.handed_at is not None:
        return False
    if hours.is_open(now):  # they are back before all of it was handed over
        mark.handed_at = now
        mark.save(update_fields=["handed_at"])
        return False
    return True


class _Shift:
    """One team's shift that has ended, being handed over."""

    def __init__(
        self, team: Team, opens: Mapping[int, datetime | None], now: datetime, *, ended_at: datetime | None = None
    ) -> None:
        self.team, self.opens, self.now, self.ended_at = team, opens, now, ended_at
        self.back_at = opens[team.pk] or NEVER
        self._takers: dict[str, list[Taker]] = {}

    def hand_over(self, mark: ShiftEnd, limit: int) -> int:
        """Hand over at most ``limit`` tickets, from where the mark stands. Returns how many went."""
        moved = 0
        is_done = False
        while moved < limit and not is_done:
            batch = list(self._waiting(mark.tickets_through)[:BATCH])
            for ticket_id in batch:
                with changing(ticket_id, actor=Actor.clock(HANDOVER), now=self.now) as change:
                    moved += self.pass_on(change)
            is_done = len(batch) < BATCH
            mark.tickets_through = batch[-1] if batch else mark.tickets_through
            mark.handed_at = self.now if is_done else None
            mark.save(update_fields=["tickets_through", "handed_at"])
        for handover in Handover.objects.filter(from_team=self.team, shift_ended_at=mark.ended_at or self.now):
            write_note(handover, back_at=self.back_at if self.back_at != NEVER else None)
        return moved

    def pass_on(self, change: Change, *, only_now: bool = False) -> bool:
        """Give a locked ticket to whoever takes over; ``only_now``: to a team that is at work already."""
        why = why_not_wait(change, self.back_at)
        if change.ticket.team_id != self.team.pk or why is None:
            return False  # somebody was quicker
        choice = self._choice(wanted_of(change.ticket), before=self.now + _MOMENT if only_now else self.back_at)
        if choice is None or choice.team in (None, self.team.pk):
            return False
        self._give(change, choice, why)
        return True

    def _waiting(self, through: int) -> QuerySet[Ticket, int]:
        due = Clock.objects.filter(
            ticket_id=OuterRef("pk"), ended_at__isnull=True, target__in=OUR_TARGETS, due_at__lt=self.back_at
        )
        rows = Ticket.objects.filter(OPEN, team_id=self.team.pk, pk__gt=through)
        rows = rows.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lt=self.back_at))
        rows = rows.filter(
            OURS & Q(priority=Priority.URGENT)
            | Q(unanswered_since__isnull=False)
            | Q(next_due_at__lt=self.back_at) & Exists(due)
        )
        return rows.order_by("pk").values_list("pk", flat=True)

    def _choice(self, wanted: Wanted, *, before: datetime) -> Choice | None:
        """Who takes it over; None when it stays where it is."""
        anywhere = replace(wanted, team=None)
        if wanted.named is not None:
            own_people = [
                one
                for one in candidates_for(anywhere, self.opens, now=self.now)
                if one.user in (wanted.named, wanted.stand_in) and one.team.id not in (NO_TEAM.id, self.team.pk)
            ]
            return choose(anywhere, own_people) if any(not against(anywhere, one) for one in own_people) else None
        taker = takes_over(anywhere, self._able(wanted.kind), before=before, follows=self.team.follows_id)
        if taker is None:
            return None
        inside = replace(wanted, team=taker.id)
        return choose(inside, candidates_for(inside, self.opens, now=self.now, only_team=taker.id))

    def _able(self, kind: str) -> list[Taker]:
        """The other teams in which somebody may work such a ticket at all."""
        if kind not in self._takers:
            known = desk()
            may = may_take(kind, {member.user_id for member in known.members})
            able = {member.team_id for member in known.members if member.user_id in may} - {self.team.pk}
            self._takers[kind] = [
                Taker(self._card(team, at), at, hours_of(team.calendar_id).next_close(self.now))
                for team in known.teams.values()
                if team.pk in able and (at := self.opens[team.pk]) is not None
            ]
        return self._takers[kind]

    def _card(self, team: Team, opens_at: datetime) -> TeamCard:
        return card(team, is_open=opens_at <= self.now)

    def _give(self, change: Change, choice: Choice, why: HandoverWhy) -> None:
        ticket, before = change.ticket, (change.ticket.assignee_id, change.ticket.team_id)
        assert choice.team is not None
        settle_on(change, choice, self.opens)
        handover = None if self.ended_at is None else self._note_down(change, choice.team, self.ended_at, why)
        change.record("routed", told(choice, ticket, before=before))
        change.record(
            "handed_over",
            {"user": choice.user, "team": choice.team, "team_before": before[1], "handover": handover, "why": why},
        )

    def _note_down(self, change: Change, to_team: int, ended_at: datetime, why: HandoverWhy) -> int:
        handover, _made = Handover.objects.get_or_create(
            from_team=self.team,
            to_team_id=to_team,
            shift_ended_at=ended_at,
            defaults={"created_at": self.now},
        )
        due_at = _due_at(change, self.back_at) or change.ticket.next_due_at
        entry = HandoverTicket(handover=handover, ticket_id=change.ticket.pk, why=why, due_at=due_at)
        HandoverTicket.objects.bulk_create([entry], ignore_conflicts=True)
        return handover.pk
