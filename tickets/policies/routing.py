"""Who takes a ticket: whoever is at work, fits it best and has the least to do. Pure, and it explains itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """What spoke for or against a candidate. The log has a sentence for each."""

    CHOSEN = "chosen"
    NAMED = "named"
    STANDS_IN = "stands_in"
    SPEAKS = "speaks"
    SKILLED = "skilled"
    MORE_TO_DO = "more_to_do"
    SAME_TO_DO = "same_to_do"
    FITS_LESS = "fits_less"
    OTHER_TEAM = "other_team"
    OTHER_KIND = "other_kind"
    OTHER_LANE = "other_lane"
    OTHER_LANGUAGE = "other_language"
    NO_SKILL = "no_skill"
    CLOSED = "closed"
    AWAY = "away"
    FULL = "full"
    MAY_NOT = "may_not"


RULED_OUT = frozenset(
    {
        Why.OTHER_TEAM,
        Why.OTHER_KIND,
        Why.OTHER_LANE,
        Why.OTHER_LANGUAGE,
        Why.NO_SKILL,
        Why.CLOSED,
        Why.AWAY,
        Why.FULL,
        Why.MAY_NOT,
    }
)
"""Any of these, and somebody is not chosen."""
NOT_NOW = frozenset({Why.CLOSED, Why.AWAY, Why.FULL})
"""What may be otherwise later on."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a ticket asks of whoever takes it.

    ``lane`` like CN-DE, empty when unknown. ``team``: it stays within this one. ``named`` is the VIP's own person,
    ``stand_in`` who takes their place when they cannot.
    """

    kind: str
    language: str = ""
    lane: str = ""
    tags: frozenset[str] = frozenset()
    team: int | None = None
    named: int | None = None
    stand_in: int | None = None


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team as routing sees it; empty kinds, languages or lanes mean any.

    Languages and skills are those of members who have none of their own.
    """

    id: int
    kinds: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    lanes: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    is_open: bool = True


NO_TEAM = TeamCard(0)
"""Of a VIP's own person who is in no team."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of a team. ``load`` is how many open tickets they own; no skills at all mean any."""

    user: int
    team: TeamCard
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    capacity: int = 30
    load: int = 0
    is_away: bool = False
    may: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was thought of a candidate."""

    user: int
    team: int
    chosen: bool
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The outcome. Without ``user``, ``team`` is whom it waits with (None: nobody fits at all)."""

    user: int | None
    team: int | None
    verdicts: tuple[Verdict, ...] = field(default=())


def choose(wanted: Wanted, candidates: Iterable[Candidate], *, opens_next: Sequence[int] = ()) -> Choice:
    """Choose among candidates. ``opens_next`` are closed teams, the one that opens first in front.

    The VIP's named person goes before all, then their stand-in; then who speaks the language, who has the skill, who
    has the least to do for their capacity, and the longest known of equals.
    """
    weighed = [(one, against(wanted, one)) for one in candidates]
    fit = [one for one, ruled in weighed if not ruled]
    best = min(fit, key=lambda one: _rank(wanted, one), default=None)
    verdicts = tuple(_verdict(wanted, one, ruled, best) for one, ruled in weighed)
    if best is not None:
        return Choice(best.user, best.team.id or wanted.team, verdicts)
    later = {one.team.id for one, ruled in weighed if set(ruled) <= NOT_NOW and one.team is not NO_TEAM}
    waits_with = wanted.team or next((team for team in opens_next if team in later), None)
    if waits_with is None and later:
        waits_with = min(later)
    return Choice(None, waits_with, verdicts)


def fits_lane(lane: str, lanes: frozenset[str]) -> bool:
    """Whether a lane is among some, where ``CN-*`` and ``*-DE`` leave an end open. None given: any."""
    if not lanes:
        return True
    origin, _dash, destination = lane.partition("-")
    return bool(lane) and not lanes.isdisjoint({lane, f"{origin}-*", f"*-{destination}"})


def team_fits(wanted: Wanted, team: TeamCard) -> bool:
    """Whether a ticket is a team's work by its kind, its lane and its language, whoever is there now."""
    return (
        (not team.kinds or wanted.kind in team.kinds)
        and fits_lane(wanted.lane, team.lanes)
        and _is_spoken(wanted.language, team.languages, if_any=True)
    )


def against(wanted: Wanted, one: Candidate) -> tuple[Why, ...]:
    """All that rules a candidate out; nothing for one who may be chosen. The VIP's own people need not fit, only be
    there."""
    team, is_named = one.team, one.user in (wanted.named, wanted.stand_in)
    reasons = [
        (not one.may, Why.MAY_NOT),
        (wanted.team is not None and team.id != wanted.team and not is_named, Why.OTHER_TEAM),
        (bool(team.kinds) and wanted.kind not in team.kinds and not is_named, Why.OTHER_KIND),
        (not is_named and not fits_lane(wanted.lane, team.lanes), Why.OTHER_LANE),
        (not is_named and not _speaks(wanted, one, if_any=True), Why.OTHER_LANGUAGE),
        (not is_named and bool(_skills(one)) and not _skilled(wanted, one), Why.NO_SKILL),
        (not team.is_open, Why.CLOSED),
        (one.is_away, Why.AWAY),
        (one.load >= one.capacity, Why.FULL),
    ]
    return tuple(why for holds, why in reasons if holds)


def _speaks(wanted: Wanted, one: Candidate, *, if_any: bool) -> bool:
    return _is_spoken(wanted.language, one.languages or one.team.languages, if_any=if_any)


def _is_spoken(language: str, spoken: frozenset[str], *, if_any: bool) -> bool:
    """Whether a language is among some, whatever its script or country: whoever reads ``zh-Hans`` makes out
    ``zh-Hant``. ``if_any`` is the answer where no language is wanted or none is named."""
    if not spoken or not language:
        return if_any
    return language.partition("-")[0] in {one.partition("-")[0] for one in spoken}


def _skills(one: Candidate) -> frozenset[str]:
    return one.skills or one.team.skills


def _skilled(wanted: Wanted, one: Candidate) -> bool:
    return wanted.kind in _skills(one) or not _skills(one).isdisjoint(wanted.tags)


def _rank(wanted: Wanted, one: Candidate) -> tuple[bool, bool, bool, bool, float, int, int]:
    return (
        one.user != wanted.named,
        one.user != wanted.stand_in,
        not _speaks(wanted, one, if_any=False),
        not _skilled(wanted, one),
        one.load / max(one.capacity, 1),
        one.user,
        one.team.id,
    )


def _verdict(wanted: Wanted, one: Candidate, ruled: tuple[Why, ...], best: Candidate | None) -> Verdict:
    if ruled:
        return Verdict(one.user, one.team.id, chosen=False, why=ruled)
    spoke_for = [
        (one.user == wanted.named, Why.NAMED),
        (one.user == wanted.stand_in and one.user != wanted.named, Why.STANDS_IN),
        (_speaks(wanted, one, if_any=False), Why.SPEAKS),
        (_skilled(wanted, one), Why.SKILLED),
    ]
    why = [reason for holds, reason in spoke_for if holds]
    if one is best or best is None:
        return Verdict(one.user, one.team.id, chosen=one is best, why=(Why.CHOSEN, *why))
    mine, theirs = _rank(wanted, one), _rank(wanted, best)
    if mine[:4] != theirs[:4]:
        return Verdict(one.user, one.team.id, chosen=False, why=(*why, Why.FITS_LESS))
    return Verdict(
        one.user, one.team.id, chosen=False, why=(*why, Why.MORE_TO_DO if mine[4] > theirs[4] else Why.SAME_TO_DO)
    )


@dataclass(frozen=True, slots=True)
class Taker:
    """A team that might take over from another: when it is at work next, and until when (None: it never closes)."""

    card: TeamCard
    opens_at: datetime
    closes_at: datetime | None = None


def takes_over(
    wanted: Wanted, takers: Iterable[Taker], *, before: datetime, follows: int | None = None
) -> TeamCard | None:
    """The team that takes a ticket over at a shift's end; None when none is there ``before`` that team is back.

    ``follows`` when it is there in time, whatever the ticket; else, of those whose work it is, the one that opens
    first, that names the ticket's language, and that stays longest.
    """
    there = [one for one in takers if one.opens_at < before]
    for one in there:
        if one.card.id == follows:
            return one.card
    fit = [one for one in there if team_fits(wanted, one.card)]

    def rank(one: Taker) -> tuple[datetime, bool, bool, float, int]:
        closes = one.closes_at
        return (
            one.opens_at,
            not _is_spoken(wanted.language, one.card.languages, if_any=False),
            closes is not None,
            -closes.timestamp() if closes is not None else 0,
            one.card.id,
        )

    return min(fit, key=rank).card if fit else None
