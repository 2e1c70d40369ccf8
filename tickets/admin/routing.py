"""Why somebody owns a ticket: what the last look for an owner thought of each candidate, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import words
from common.models import User
from tickets.models import Team, Ticket, TicketEvent
from tickets.policies.routing import Why

WHY_WORDS: dict[str, Any] = {
    Why.CHOSEN: gettext_lazy("chosen"),
    Why.NAMED: gettext_lazy("the customer's own contact"),
    Why.STANDS_IN: gettext_lazy("stands in for the customer's contact"),
    Why.SPEAKS: gettext_lazy("speaks the language"),
    Why.SKILLED: gettext_lazy("has the skill"),
    Why.MORE_TO_DO: gettext_lazy("has more to do"),
    Why.SAME_TO_DO: gettext_lazy("has as much to do, and comes after"),
    Why.FITS_LESS: gettext_lazy("fits less well"),
    Why.OTHER_TEAM: gettext_lazy("is in another team"),
    Why.OTHER_KIND: gettext_lazy("works on other kinds"),
    Why.OTHER_LANE: gettext_lazy("works on other lanes"),
    Why.OTHER_LANGUAGE: gettext_lazy("does not speak the language"),
    Why.NO_SKILL: gettext_lazy("has other skills"),
    Why.CLOSED: gettext_lazy("is not at work"),
    Why.AWAY: gettext_lazy("is away"),
    Why.FULL: gettext_lazy("has their hands full"),
    Why.MAY_NOT: gettext_lazy("may not work it"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate: who, of which team, and what spoke for or against them."""

    name: str
    team: str
    why: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """The last look for an owner. ``outcome`` is a sentence, ``overtaken`` says that somebody changed it since."""

    outcome: str
    when: str
    lines: list[Line]
    overtaken: bool


def why_this_owner(ticket: Ticket) -> Explained | None:
    """What the last look for an owner found; None when nobody has looked yet. Three queries at most."""
    event = TicketEvent.objects.filter(ticket_id=ticket.pk, type="routed").order_by("-sequence").first()
    if event is None:
        return None
    candidates = [one for one in event.data.get("candidates", []) if isinstance(one, dict)]
    chosen, team = event.data.get("assignee"), event.data.get("team")
    people = _names(User, [chosen, *(one.get("user") for one in candidates)])
    teams = _names(Team, [team, *(one.get("team") for one in candidates)])
    return Explained(
        outcome=_outcome(event, people.get(chosen, ""), teams.get(team, "")),
        when=words.moment(event.at),
        lines=[
            Line(
                name=people.get(one.get("user"), "—"),
                team=teams.get(one.get("team"), ""),
                why=why_words(one),
                chosen=bool(one.get("chosen")),
            )
            for one in candidates
        ],
        overtaken=(chosen, team) != (ticket.assignee_id, ticket.team_id),
    )


def why_words(candidate: Mapping[str, Any]) -> str:
    """What spoke for or against a candidate of an event, in words; codes of another time stay as they are."""
    return ", ".join(str(WHY_WORDS.get(code, code)) for code in candidate.get("why", ()))


def _outcome(event: TicketEvent, person: str, team: str) -> str:
    if person:
        return _("%(name)s was chosen.") % {"name": person}
    until = parse_datetime(str(event.data.get("until") or ""))
    if team and until is not None:
        return _("Nobody was there: it waits with %(team)s, who look again %(moment)s.") % {
            "team": team,
            "moment": words.moment(until),
        }
    return _("Nobody fits, whoever is there.")


def _names(model: Any, keys: Iterable[Any]) -> dict[Any, str]:
    wanted = {key for key in keys if isinstance(key, int)}
    return {row.pk: str(row) for row in model.objects.filter(pk__in=wanted)} if wanted else {}
