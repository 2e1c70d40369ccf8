"""Who takes a ticket: whoever is at work, fits it best and has the least to do. Pure, and it explains itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """What spoke for or against a candidate. The log has a sentence for each."""

    CHOSEN = "chosen"
    NAMED = "named"
    STANDS_IN = "stands_in"
    SPEAKS = "speaks"
    SKILLED = "skilled"
    MORE_TO_DO = "more_to_do"
    OTHER_KIND = "other_kind"
    OTHER_LANE = "other_lane"
    OTHER_LANGUAGE = "other_language"
    NO_SKILL = "no_skill"
    CLOSED = "closed"
    AWAY = "away"
    FULL = "full"
    MAY_NOT = "may_not"


RULED_OUT = frozenset(
    {Why.OTHER_KIND, Why.OTHER_LANE, Why.OTHER_LANGUAGE, Why.NO_SKILL, Why.CLOSED, Why.AWAY, Why.FULL, Why.MAY_NOT}
)
NOT_NOW = frozenset({Why.CLOSED, Why.AWAY, Why.FULL})
"""What may be otherwise later on."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a ticket asks of whoever takes it. ``lane`` like CN-DE, empty when unknown. ``named``: the VIP's person."""

    kind: str
    language: str = ""
    lane: str = ""
    tags: frozenset[str] = frozenset()
    team: int | None = None
    named: int | None = None
    stand_in: int | None = None


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team as routing sees it; empty kinds, languages or lanes mean any."""

    id: int
    kinds: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    lanes: frozenset[str] = frozenset()
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of a team. ``load`` is how many open tickets they own; empty skills mean any."""

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
    weighed = [(one, _against(wanted, one)) for one in candidates]
    fit = [one for one, against in weighed if not against]
    best = min(fit, key=lambda one: _rank(wanted, one), default=None)
    verdicts = tuple(_verdict(wanted, one, against, best) for one, against in weighed)
    if best is not None:
        return Choice(best.user, best.team.id, verdicts)
    later = {one.team.id for one, against in weighed if set(against) <= NOT_NOW}
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


def _against(wanted: Wanted, one: Candidate) -> tuple[Why, ...]:
    named = one.user in (wanted.named, wanted.stand_in)
    team = one.team
    reasons = [
        (not one.may, Why.MAY_NOT),
        (wanted.team is not None and team.id != wanted.team and not named, Why.OTHER_KIND),
        (bool(team.kinds) and wanted.kind not in team.kinds and not named, Why.OTHER_KIND),
        (not named and not fits_lane(wanted.lane, team.lanes), Why.OTHER_LANE),
        (not named and not _speaks(wanted, one, if_any=True), Why.OTHER_LANGUAGE),
        (not named and bool(one.skills) and not _skilled(wanted, one), Why.NO_SKILL),
        (not team.is_open, Why.CLOSED),
        (one.is_away, Why.AWAY),
        (one.load >= one.capacity, Why.FULL),
    ]
    return tuple(dict.fromkeys(why for holds, why in reasons if holds))


def _speaks(wanted: Wanted, one: Candidate, *, if_any: bool) -> bool:
    """``zh-Hant`` is spoken by who speaks ``zh-Hant`` or ``zh``; without any language given, ``if_any``."""
    spoken = one.languages or one.team.languages
    if not spoken or not wanted.language:
        return if_any
    return wanted.language in spoken or wanted.language.partition("-")[0] in {
        language.partition("-")[0] for language in spoken
    }


def _skilled(wanted: Wanted, one: Candidate) -> bool:
    return wanted.kind in one.skills or not one.skills.isdisjoint(wanted.tags)


def _rank(wanted: Wanted, one: Candidate) -> tuple[bool, bool, bool, bool, float, int]:
    return (
        one.user != wanted.named,
        one.user != wanted.stand_in,
        not _speaks(wanted, one, if_any=False),
        not _skilled(wanted, one),
        one.load / max(one.capacity, 1),
        one.user,
    )


def _verdict(wanted: Wanted, one: Candidate, against: tuple[Why, ...], best: Candidate | None) -> Verdict:
    if against:
        return Verdict(one.user, one.team.id, chosen=False, why=against)
    spoke_for = [
        (one.user == wanted.named, Why.NAMED),
        (one.user == wanted.stand_in and one.user != wanted.named, Why.STANDS_IN),
        (_speaks(wanted, one, if_any=False), Why.SPEAKS),
        (_skilled(wanted, one), Why.SKILLED),
    ]
    why = [reason for holds, reason in spoke_for if holds]
    if best is one:
        return Verdict(one.user, one.team.id, chosen=True, why=(Why.CHOSEN, *why))
    more = best is not None and _rank(wanted, one)[:4] == _rank(wanted, best)[:4]
    return Verdict(one.user, one.team.id, chosen=False, why=(*why, *((Why.MORE_TO_DO,) if more else ())))
