"""Whether one promise stands in another one's way: of a target's policies the first that fits holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickets.policies.conditions.tree import Tree, group_of


def covers(earlier: Tree, later: Tree) -> bool:
    """Whether every ticket that the later tree fits is one that the earlier tree fits, as far as is cheap to see.

    Seen are an earlier tree without conditions, equal trees, and lists of values of which one holds the other.
    """
    if not earlier or earlier == later:
        return True
    wanted, given = _leaves(earlier), _leaves(later)
    if wanted is None or given is None:
        return False
    return all(any(_implies(leaf, condition) for leaf in given) for condition in wanted)


def _leaves(tree: Tree) -> list[Mapping[str, Any]] | None:
    """The conditions that all have to hold; None for a tree that is more than such a list."""
    if not tree:
        return []
    group = group_of(tree)
    if group is None:
        return [tree]
    if group != "all" or any(group_of(node) is not None for node in tree["all"]):
        return None
    return list(tree["all"])


def _implies(leaf: Mapping[str, Any], condition: Mapping[str, Any]) -> bool:
    if leaf == condition:
        return True
    if leaf.get("field") != condition.get("field"):
        return False
    narrow, wide = _values(leaf), _values(condition)
    return narrow is not None and wide is not None and narrow <= wide


def _values(leaf: Mapping[str, Any]) -> set[Any] | None:
    """The values that a condition lets through; None when it is no list of them."""
    if leaf.get("op") == "is":
        return {leaf["value"]}
    return set(leaf["value"]) if leaf.get("op") == "in" else None
