"""Conditions that can never hold together, where that is cheap to see: inside one "all"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from tickets.choices import Kind
from tickets.policies.conditions.tree import Tree, field_of, group_of, wanted
from tickets.policies.conditions.wording import value_words
from tickets.policies.operators import FieldType
from tickets.policies.states import STATES, combinations

_BOUND = ("ticket.kind", "ticket.state", "ticket.phase", "ticket.waiting_on")
"""Fields that the state machines bind to one another."""

_WANT_SOMETHING = ("is", "in", "is_not_empty", "contains", "contains_any", "contains_all", "begins_with")


def contradictions(tree: Tree, path: str = "") -> Iterator[tuple[str, str]]:
    """Path and sentence of each "all" (or single condition) that nothing can fulfil."""
    group = group_of(tree)
    if group is None:
        if tree:
            yield from _of_leaves([tree], path)
        return
    if group == "all":
        yield from _of_leaves(list(_together(tree)), path)
    for place, node in enumerate(tree[group]):
        inner = group_of(node)
        below = f"{path}{'.' if path else ''}{group}[{place}]"
        if inner is None:
            if group == "any":
                yield from _of_leaves([node], below)
        elif not (group == "all" and inner == "all"):
            yield from contradictions(node, below)
        else:
            # Its leaves were looked at with those around it; what stands deeper was not.
            for deeper, child in enumerate(node["all"]):
                if group_of(child) is not None:
                    yield from contradictions(child, f"{below}.all[{deeper}]")


def _together(tree: Tree) -> Iterator[Tree]:
    """The leaves that all have to hold: those of an "all" and of each "all" in it."""
    for node in tree["all"]:
        group = group_of(node)
        if group is None:
            yield node
        elif group == "all":
            yield from _together(node)


def _of_leaves(leaves: list[Tree], path: str) -> Iterator[tuple[str, str]]:
    by_field: dict[str, list[Tree]] = {}
    for leaf in leaves:
        if "changed" not in leaf:
            by_field.setdefault(leaf["field"], []).append(leaf)
    found = False
    for asked in by_field.values():
        sentence = _of_one_field(asked)
        if sentence:
            found = True
            yield path, sentence
    if not found:
        sentence = _of_states(by_field)
        if sentence:
            yield path, sentence


def _of_one_field(asked: list[Tree]) -> str:
    """Why conditions about one field exclude one another; empty when they do not."""
    field = field_of(asked[0])
    if field.type in (FieldType.WORDS, FieldType.LANE):
        return _of_emptiness(asked)
    if field.has_zone and len({leaf.get("zone") or "" for leaf in asked}) > 1:
        return ""
    known = [wanted(leaf) if leaf["op"] == "in" else (wanted(leaf),) for leaf in asked if leaf["op"] in ("is", "in")]
    left = set.intersection(*map(set, known)) if known else None
    if left is not None and not left:
        values = list(dict.fromkeys(value for one in known for value in one))[:4]
        said = [value_words(field, value) for value in values]
        return _("“%(field)s” cannot be %(first)s and %(second)s at once.") % {
            "field": field.label,
            "first": ", ".join(said[:-1]),
            "second": said[-1],
        }
    if left and not any(all(_holds(leaf, value) for leaf in asked) for value in left):
        return _never(field.label)
    if left is None and field.type in (FieldType.NUMBER, FieldType.DURATION, FieldType.LEVEL):
        return _never(field.label) if not any(_fits(asked, value) for value in _bounds(asked)) else ""
    return _of_emptiness(asked)


def _of_emptiness(asked: list[Tree]) -> str:
    empty = any(leaf["op"] == "is_empty" for leaf in asked)
    wants = any(
        leaf["op"] in ("is", "in", "is_not_empty", "contains", "contains_any", "contains_all") for leaf in asked
    )
    return _never(field_of(asked[0]).label) if empty and wants else ""


def _holds(leaf: Tree, value: Any) -> bool:
    return field_of(leaf).operators[leaf["op"]].holds(value, wanted(leaf))


def _fits(asked: list[Tree], value: Any) -> bool:
    return all(_holds(leaf, value) for leaf in asked)


def _bounds(asked: list[Tree]) -> list[int]:
    """Values among which one fits when any does: each bound, with its neighbours."""
    if field_of(asked[0]).type is FieldType.LEVEL:
        return [1, 2, 3, 4]
    values = {0}
    for leaf in asked:
        value = wanted(leaf)
        values.update(value if isinstance(value, tuple) else [value])
    return [near for value in values for near in (value - 1, value, value + 1) if near >= 0]


def _never(label: object) -> str:
    return _("The conditions about “%(field)s” exclude one another: nothing can fulfil them.") % {"field": label}


def _of_states(by_field: Mapping[str, list[Tree]]) -> str:
    """Why no ticket can be of such a kind, state, phase and waiting at once; empty when one can."""
    asked = {name: by_field[name] for name in _BOUND if name in by_field}
    if len(asked) < 2 and "ticket.state" not in asked:
        return ""
    for kind, state, phase, parties in combinations():
        for party in parties:
            values = dict(zip(_BOUND, (kind, state, phase, party), strict=True))
            if all(_fits(leaves, values[name]) for name, leaves in asked.items()):
                return ""
    kinds = [kind for kind in Kind.values if _fits(asked.get("ticket.kind", []), kind)]
    states = {name for kind in STATES for name in STATES[kind] if _fits(asked.get("ticket.state", []), name)}
    if "ticket.kind" in asked and "ticket.state" in asked and not any(states & set(STATES[kind]) for kind in kinds):
        labels = [str(STATES[kind][name].label) for kind in STATES for name in STATES[kind] if name in states]
        return _("No ticket of the kind %(kind)s is ever in the state %(state)s.") % {
            "kind": ", ".join(str(Kind(kind).label) for kind in kinds[:3]),
            "state": ", ".join(list(dict.fromkeys(labels))[:3]),
        }
    return _("No ticket can be like this: kind, state, phase and whom it waits for do not fit together.")
