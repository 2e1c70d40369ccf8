"""Rules that set each other off without end, and rules that want different things at the same moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tickets.choices import RuleTrigger
from tickets.models import Rule
from tickets.policies.conditions import Tree, matches
from tickets.policies.conditions.tree import field_of, group_of
from tickets.policies.fields import ABSENT
from tickets.services.rules.effects_of_actions import Effect, effects_of

MOST_IN_A_CIRCLE = 4


@dataclass(frozen=True, slots=True)
class Conflicts:
    """``loops`` are certain and refused; ``warnings`` may be meant so."""

    loops: list[str]
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class _Link:
    """One rule sets off another. ``certain`` when what is known of the ticket then makes its conditions hold."""

    certain: bool
    effect: Effect


def conflicts_of(rule: Rule, others: Sequence[Rule]) -> Conflicts:
    """How a rule and the others that are switched on get in each other's way; both in the active language.

    A rule does not hear what it did itself, so a circle of one is only a sign of a mistake.
    """
    loops: list[str] = []
    warnings: list[str] = []
    if rule.trigger == RuleTrigger.EVENT:
        own = _link(rule, rule)
        if own is not None and own.certain and own.effect.repeats:
            warnings.append(_("This rule does what sets it off. It will not hear itself, so it runs once each time."))
        for circle, certain in _circles(rule, [one for one in others if one.trigger == RuleTrigger.EVENT]):
            names = " → ".join(f"“{one.name}”" for one in (*circle, rule))
            if certain:
                loops.append(
                    _("These rules set each other off without end: %(rules)s. Change the conditions of one.")
                    % {"rules": names}
                )
            else:
                warnings.append(_("These rules may set each other off: %(rules)s.") % {"rules": names})
        warnings += list(_disagreements(rule, others))
    return Conflicts(loops, warnings)


def _circles(rule: Rule, others: Sequence[Rule]) -> Iterator[tuple[list[Rule], bool]]:
    """The circles through a rule that do not come to rest, each with whether it is certain."""
    links: dict[tuple[int, int], _Link | None] = {}

    def link(one: Rule, next_: Rule) -> _Link | None:
        key = (id(one), id(next_))
        if key not in links:
            links[key] = _link(one, next_)
        return links[key]

    def grow(path: list[Rule]) -> Iterator[list[Rule]]:
        for one in (rule, *others):
            if link(path[-1], one) is None:
                continue
            if one is rule:
                if len(path) > 1:
                    yield path
            elif len(path) < MOST_IN_A_CIRCLE and not any(one is seen for seen in path):
                yield from grow([*path, one])

    for circle in grow([rule]):
        steps = [link(one, next_) for one, next_ in zip(circle, [*circle[1:], rule], strict=True)]
        known = [step for step in steps if step is not None]
        if all(_goes_on(step.effect, circle) for step in known):
            yield circle, all(step.certain for step in known)


def _goes_on(effect: Effect, circle: Sequence[Rule]) -> bool:
    """Whether an effect happens again in the next round: each time, or because another rule undoes it."""
    if effect.repeats:
        return True
    return any(
        name in other.sets and other.sets[name] != value
        for name, value in effect.sets.items()
        for one in circle
        for other in effects_of(one)
    )


def _link(one: Rule, next_: Rule) -> _Link | None:
    """How one rule sets off another; None when it cannot."""
    heard = set(next_.events)
    effects = [effect for effect in effects_of(one) if effect.events & heard]
    if not effects:
        return None
    known = _known(one.conditions)
    for effect in effects_of(one):
        known.update(effect.sets)
    verdict = _verdict(next_.conditions, known)
    if verdict is False:
        return None
    effect = max(effects, key=lambda effect: effect.repeats)
    return _Link(certain=verdict is True, effect=effect)


def _known(tree: Tree) -> dict[str, Any]:
    """What a ticket surely has when a tree holds: the single values that its outermost conditions name."""
    nodes = tree["all"] if group_of(tree) == "all" else [tree]
    return {
        node["field"]: node["value"] for node in nodes if node.get("op") == "is" and node["field"].startswith("ticket.")
    }


def _verdict(tree: Tree, known: Mapping[str, Any]) -> bool | None:
    """Whether a tree holds as far as is known; None: that depends."""
    if not tree:
        return True
    group = group_of(tree)
    if group is None:
        if "changed" in tree or known.get(field_of(tree).name, ABSENT) is ABSENT:
            return None
        return matches(tree, known)
    verdicts = [_verdict(node, known) for node in tree[group]]
    if group == "all":
        return False if False in verdicts else None if None in verdicts else True
    some = True if True in verdicts else None if None in verdicts else False
    return some if group == "any" else None if some is None else not some


def _disagreements(rule: Rule, others: Sequence[Rule]) -> Iterator[str]:
    """Rules with the same conditions and an event in common that set one field to different values."""
    ours = {name: value for effect in effects_of(rule) for name, value in effect.sets.items()}
    for other in others:
        if other.trigger != rule.trigger or not set(other.events) & set(rule.events):
            continue
        if other.conditions != rule.conditions:
            continue
        theirs = {name: value for effect in effects_of(other) for name, value in effect.sets.items()}
        if different := [name for name in ours if name in theirs and theirs[name] != ours[name]]:
            yield _("“%(rule)s” has the same conditions and sets %(field)s to something else.") % {
                "rule": other.name,
                "field": field_of({"field": different[0]}).label,
            }
