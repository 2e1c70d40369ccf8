"""Whether a tree holds for some values, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tickets.policies.conditions.tree import UTC, Tree, field_of, group_of, wanted
from tickets.policies.fields import ABSENT, CHANGEABLE, Field, local_hour, local_weekday

type Changes = Mapping[str, tuple[Any, Any]]
"""Short name of a field → its value before and after."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf as it was looked at. ``seen`` is the value found (None: there was none), ``path`` where it stands.

    The value of a changed leaf is ``[before, after]``.
    """

    path: str
    leaf: Mapping[str, Any]
    holds: bool
    seen: Any = None


def matches(tree: Tree, values: Mapping[str, Any], *, changed: Changes | None = None) -> bool:
    """Whether a checked tree holds. ``values`` come from ``facts_values``, ``changed`` from ``changes_between``."""
    group = group_of(tree)
    if group is None:
        return not tree or _look(tree, values, changed)[0]
    nodes = tree[group]
    if group == "all":
        return all(matches(node, values, changed=changed) for node in nodes)
    some = any(matches(node, values, changed=changed) for node in nodes)
    return some if group == "any" else not some


def explain(tree: Tree, values: Mapping[str, Any], *, changed: Changes | None = None) -> list[Leaf]:
    """Every leaf with the value seen and whether it held, in reading order."""
    return list(_explained(tree, values, changed, ""))


def changes_between(before: Any, after: Any) -> dict[str, tuple[Any, Any]]:
    """What differs between two rows of facts. Without a row before nothing changed: it began."""
    if before is None:
        return {}
    changes = {}
    for name, field in CHANGEABLE.items():
        old, new = getattr(before, field.column), getattr(after, field.column)
        if old != new:
            changes[name] = (old, new)
    return changes


def _explained(tree: Tree, values: Mapping[str, Any], changed: Changes | None, path: str) -> list[Leaf]:
    group = group_of(tree)
    if group is None:
        if not tree:
            return []
        holds, seen = _look(tree, values, changed)
        return [Leaf(path, tree, holds, seen)]
    return [
        leaf
        for place, node in enumerate(tree[group])
        for leaf in _explained(node, values, changed, f"{path}{'.' if path else ''}{group}[{place}]")
    ]


def _look(leaf: Tree, values: Mapping[str, Any], changed: Changes | None) -> tuple[bool, Any]:
    if "changed" in leaf:
        return _look_at_change(leaf, changed or {})
    field = field_of(leaf)
    seen = values.get(field.name, ABSENT)
    if seen is ABSENT:
        return False, None
    if field.has_zone and seen is not None:
        seen = _in_zone(field, seen, leaf.get("zone") or UTC)
    operator = field.operators[leaf["op"]]
    return bool(operator.holds(seen, wanted(leaf))), seen


def _look_at_change(leaf: Tree, changed: Changes) -> tuple[bool, Any]:
    change = changed.get(leaf["changed"])
    if change is None:
        return False, None
    before, after = change
    holds = _is_among(before, leaf.get("from")) and _is_among(after, leaf.get("to"))
    return holds, [before, after]


def _is_among(value: Any, listed: Any) -> bool:
    """Whether a value is one of those listed, where None stands for empty; anything is when nothing is listed."""
    if not listed:
        return True
    return value in listed or (value in (None, "") and None in listed)


def _in_zone(field: Field, at: Any, zone: str) -> int:
    return local_hour(at, zone) if field.name == "now.hour" else local_weekday(at, zone)
