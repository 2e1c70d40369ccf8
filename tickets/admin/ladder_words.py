"""Ladders in plain words, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.admin.words import span
from common.models import User
from tickets.choices import CallBy, HoursOf, WhomKind
from tickets.models import EscalationLevel, EscalationPolicy, Membership
from tickets.services.escalation.calls import PARTNERS
from tickets.services.escalation.rotas import rotas_without_people

_FORTNIGHT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Step:
    """A level as a page shows it."""

    number: int
    when: str
    whom: str
    how: str
    warnings: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The whole of it: "after 5 min: the team that is open, in the desk and by e-mail"."""
        return _("%(when)s: %(whom)s, %(how)s") % {"when": self.when, "whom": self.whom, "how": self.how}


def steps_of(policy: EscalationPolicy, *, now: datetime) -> list[Step]:
    """A ladder's levels in the active language, each with what keeps it from reaching anybody."""
    levels = list(policy.levels.select_related("user", "role", "team", "rota").order_by("order"))
    known = _Reached.by(levels, now=now)
    return [
        Step(number, _when(level), _whom(level), _how(level), tuple(known.warnings_of(level)))
        for number, level in enumerate(levels, 1)
    ]


def summary_of(levels: Sequence[EscalationLevel]) -> str:
    """A ladder in one line, for lists."""
    return " → ".join(_("%(when)s: %(whom)s") % {"when": _when(level), "whom": _whom(level)} for level in levels) or "—"


@dataclass(frozen=True, slots=True)
class _Reached:
    """Where there is somebody, as far as it can be known beforehand: a few queries, however many levels."""

    roles: frozenset[int]
    teams: frozenset[int]
    any_team: bool
    empty_rotas: frozenset[int]

    @classmethod
    def by(cls, levels: Sequence[EscalationLevel], *, now: datetime) -> _Reached:
        people = User.objects.filter(is_active=True, is_staff=True)
        roles = {level.role_id for level in levels if level.role_id}
        members = Membership.objects.filter(user__in=people)
        rotas = [level.rota for level in levels if level.rota]
        return cls(
            roles=frozenset(people.filter(groups__in=roles).values_list("groups", flat=True)),
            teams=frozenset(members.values_list("team", flat=True)),
            any_team=members.exists(),
            empty_rotas=frozenset(rotas_without_people(rotas, now, now + _FORTNIGHT)),
        )

    def warnings_of(self, level: EscalationLevel) -> Iterator[str]:
        """Why a level may reach nobody, and what to do about it."""
        person = level.user
        if level.whom == WhomKind.PERSON and person is not None and not (person.is_active and person.is_staff):
            yield _("%(person)s cannot enter the desk any more: choose somebody else.") % {"person": person}
        if level.whom == WhomKind.ROLE and level.role_id not in self.roles:
            yield _("Nobody has this role: give it to somebody, or choose another one.")
        if level.whom == WhomKind.TEAM and level.team_id not in self.teams:
            yield _("Nobody is in this team: add people to it, or choose another one.")
        if level.whom == WhomKind.TEAM_OPEN and not self.any_team:
            yield _("No team has anybody in it: add people to the teams.")
        if level.whom == WhomKind.ON_CALL and level.rota_id in self.empty_rotas:
            yield _("Nobody is on call in the coming two weeks: add people to the rota.")


def _when(level: EscalationLevel) -> str:
    if not level.after:
        text = _("at once")
    else:
        hours = {
            HoursOf.TEAM: _("after %(span)s of the team's hours"),
            HoursOf.PARTNER: _("after %(span)s of the partner's hours"),
        }.get(HoursOf(level.hours_of), _("after %(span)s"))
        text = hours % {"span": span(level.after.total_seconds())}
    if level.after_urgent is not None and level.after_urgent != level.after:
        urgent = span(level.after_urgent.total_seconds()) if level.after_urgent else _("at once")
        text += " " + _("(urgent: %(span)s)") % {"span": urgent}
    return text


def _whom(level: EscalationLevel) -> str:
    named = {
        WhomKind.PERSON: level.user,
        WhomKind.TEAM: _("the team %(name)s") % {"name": level.team},
        WhomKind.ROLE: _("everybody who is %(name)s") % {"name": _(level.role.name) if level.role else ""},
        WhomKind.ON_CALL: _("whoever is on call by %(name)s") % {"name": level.rota},
        WhomKind.OWNER: _("the ticket's owner"),
        WhomKind.TEAM_OPEN: _("the team that is open"),
        WhomKind.PARTNER_CONTACT: _("the partner's contact"),
        WhomKind.PARTNER_BACKUP: _("the partner's backup contact"),
        WhomKind.PARTNER_SUPERVISOR: _("the partner's supervisor"),
        WhomKind.PARTNER_PUBLIC: _("the partner's public account"),
        WhomKind.PARTNER_ASSOCIATION: _("the partner's association"),
    }
    return str(named[WhomKind(level.whom)])


def _how(level: EscalationLevel) -> str:
    if level.whom == WhomKind.PARTNER_PUBLIC:
        return _("a person of ours reads it and posts it")
    if level.whom in PARTNERS:
        how = _("a person of ours releases the message") if level.needs_approval else _("by e-mail")
    else:
        by = list(dict.fromkeys([CallBy.DESK, *level.by]))
        labels = {CallBy.DESK: _("in the desk"), CallBy.EMAIL: _("by e-mail"), CallBy.TELEGRAM: _("by Telegram")}
        ways = [str(labels.get(CallBy(way), way)) for way in by]
        how = (
            ways[0] if len(ways) == 1 else _("%(ways)s and %(last)s") % {"ways": ", ".join(ways[:-1]), "last": ways[-1]}
        )
    if level.times > 1:
        again = span((level.again_after or timedelta(minutes=10)).total_seconds())
        times = ngettext("%(count)d time in all", "%(count)d times in all", level.times) % {"count": level.times}
        how += ", " + _("again every %(span)s, %(times)s") % {"span": again, "times": times}
    return how
