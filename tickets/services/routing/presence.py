"""Who is here: people say it themselves, and come back by themselves when their time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from common.models import User
from tickets.models import Presence, Ticket
from tickets.services.routing.desk import is_away

LONGEST = timedelta(days=366)
LONG_AWAY = timedelta(hours=24)
"""Whoever is away for longer than this is missed by their tickets."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody is here. ``until`` is when they are back; None: nobody knows."""

    is_away: bool
    until: datetime | None = None
    stand_in: User | None = None


HERE = Standing(is_away=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody away for long, with tickets that fall due meanwhile: how many, and the first moment."""

    user: User
    until: datetime | None
    stand_in: User | None
    count: int
    first_due_at: datetime | None

    def as_standing(self) -> Standing:
        """Their absence alone."""
        return Standing(is_away=True, until=self.until, stand_in=self.stand_in)


def set_presence(
    *, user: User, away: bool, now: datetime, until: datetime | None = None, stand_in_id: int | None = None
) -> Presence:
    """Say that one is here, or away until a moment (None: until one says otherwise), and who stands in meanwhile.

    Raises InvalidInput when the moment is over or more than a year ahead, or when the stand-in is oneself, does not
    work tickets, or is away as well.
    """
    presence = Presence.objects.filter(user=user).first() or Presence(user=user)
    if away:
        _refuse_moment(until, now=now)
        presence.stand_in = _stand_in(user, stand_in_id, now=now)
    presence.is_away, presence.away_until, presence.changed_at = away, until if away else None, now
    presence.save()
    return presence


def standing_of(user: User, *, now: datetime) -> Standing:
    """Whether somebody is here."""
    presence = Presence.objects.select_related("stand_in").filter(user=user).first()
    return _standing(presence, now=now)


def standings(team_id: int, *, now: datetime) -> dict[int, Standing]:
    """Whether the members of a team are here, by the person's key; whoever never said anything is left out: here."""
    rows = Presence.objects.filter(user__memberships__team_id=team_id).select_related("stand_in")
    return {one.user_id: _standing(one, now=now) for one in rows}


def missing_from(team_id: int, *, now: datetime) -> list[Missing]:
    """Members of a team who are away for long while tickets of theirs fall due, the first due in front."""
    away = {
        one.user_id: one
        for one in Presence.objects.filter(user__memberships__team_id=team_id, is_away=True).select_related(
            "user", "stand_in"
        )
        if is_away(one, now=now) and (one.away_until is None or one.away_until - now > LONG_AWAY)
    }
    if not away:
        return []
    ends = Q()
    for presence in away.values():
        due = Q(next_due_at__isnull=False)
        if presence.away_until is not None:
            due &= Q(next_due_at__lt=presence.away_until)
        ends |= Q(assignee_id=presence.user_id) & due
    rows = Ticket.objects.open().filter(ends).values("assignee_id").annotate(n=Count("id"), first=Min("next_due_at"))
    return [
        Missing(
            user=(presence := away[row["assignee_id"]]).user,
            until=presence.away_until,
            stand_in=presence.stand_in,
            count=row["n"],
            first_due_at=row["first"],
        )
        for row in rows.order_by("first")
    ]


def _standing(presence: Presence | None, *, now: datetime) -> Standing:
    if presence is None or not is_away(presence, now=now):
        return HERE
    return Standing(is_away=True, until=presence.away_until, stand_in=presence.stand_in)


def _refuse_moment(until: datetime | None, *, now: datetime) -> None:
    if until is None:
        return
    if until <= now:
        raise InvalidInput(_("This is in the past."), data={"until": [_("Choose a moment that is still to come.")]})
    if until > now + LONGEST:
        raise InvalidInput(
            _("This day is too far ahead."), data={"until": [_("At most a year; later, leave it empty.")]}
        )


def _stand_in(user: User, stand_in_id: int | None, *, now: datetime) -> User | None:
    if stand_in_id is None:
        return None
    if stand_in_id == user.pk:
        raise InvalidInput(_("Nobody stands in for themselves: choose a colleague."))
    colleague: User | None = User.objects.filter(pk=stand_in_id, is_active=True, is_staff=True).first()
    if colleague is None or not colleague.has_perm("tickets.work_ticket"):
        raise InvalidInput(_("This person does not work tickets."))
    presence = Presence.objects.filter(user=colleague).first()
    if presence is not None and is_away(presence, now=now):
        raise InvalidInput(_("%(name)s is away as well: choose somebody who is here.") % {"name": colleague})
    return colleague
