"""What a run of a rule says of itself, in the reader's language: why it ran and what it did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.admin import words
from tickets.choices import RunOutcome
from tickets.models import RuleRun
from tickets.policies.conditions import Leaf, Names, check, leaf_sentence, leaf_value_words
from tickets.services.rules.actions import offered
from tickets.services.rules.references import names_in
from tickets.services.rules.wording import name_of_rule, then_words

_COLORS: dict[str, str] = {
    RunOutcome.DONE: "green",
    RunOutcome.FAILED: "red",
    RunOutcome.CAPPED: "amber",
    RunOutcome.TOO_DEEP: "amber",
}
_SAYS_ALL = ("is", "is_empty", "is_not_empty")
"""Comparisons that name the value they saw."""


@dataclass(frozen=True, slots=True)
class Did:
    """One action of a run; ``problem`` says why it could not be done."""

    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A run in words."""

    run: RuleRun
    rule: str
    when: str
    exact: str
    outcome: str
    color: str
    why: list[str]
    did: list[Did]
    stopped: str


def tell(runs: Sequence[RuleRun]) -> list[Told]:
    """Some runs in words; their rules are joined, and names are read once for all of them."""
    names = names_in(*(one["leaf"] for run in runs for one in _leaves(run)))
    with offered.read_once():
        return [
            Told(
                run=run,
                rule=name_of_rule(run.rule),
                when=words.moment(run.at),
                exact=run.at.isoformat(),
                outcome=str(RunOutcome(run.outcome).label),
                color=_COLORS[run.outcome],
                why=list(_why(run, names)),
                did=[_did(one) for one in run.did if isinstance(one, dict)],
                stopped=stopped_words(run.outcome),
            )
            for run in runs
        ]


def stopped_words(outcome: str) -> str:
    """Why a rule did nothing although it fitted; empty when it did something."""
    if outcome == RunOutcome.CAPPED:
        return _("It was held back: it ran too often on this ticket within an hour.")
    if outcome == RunOutcome.TOO_DEEP:
        return _("It was stopped: too many rules had set each other off.")
    return ""


def _leaves(run: RuleRun) -> list[dict[str, Any]]:
    """The leaves that held and can still be read: a field may be gone since."""
    listed = run.why if isinstance(run.why, list) else []
    return [one for one in listed if isinstance(one, dict) and one.get("holds") and not check(one.get("leaf"))]


def _why(run: RuleRun, names: Names) -> Iterable[str]:
    for one in _leaves(run):
        leaf = one["leaf"]
        said = leaf_sentence(leaf, names=names)
        found = leaf_value_words(Leaf("", leaf, holds=True, seen=one.get("seen")), names=names)
        if leaf.get("op") in _SAYS_ALL or isinstance(one.get("seen"), bool):
            yield said
        else:
            yield _("%(condition)s (it was: %(found)s)") % {"condition": said, "found": found}


def _did(one: dict[str, Any]) -> Did:
    text = "".join(then_words([one])) or str(one.get("action", ""))
    if one.get("ok"):
        return Did(text)
    why = one.get("why")
    known = why if isinstance(why, dict) else {}
    return Did(text, str(known.get(get_language() or "") or one.get("said", ""))[:300])
