"""The shape of a tree, and what is named in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tickets.policies.fields import CHANGEABLE, FIELDS, Field
from tickets.policies.operators import REFERENCES, FieldType, Takes

type Tree = Mapping[str, Any]
"""A group, a leaf, or empty."""
type Names = Mapping[FieldType, Mapping[int, str]]
"""Type of reference → key → the row's name."""

GROUPS = ("all", "any", "none")
UTC = "UTC"


def group_of(node: Tree) -> str | None:
    """The kind of group a node is; None for a leaf."""
    return next((name for name in GROUPS if name in node), None)


def leaves(tree: Tree) -> Iterator[Tree]:
    """All leaves, in reading order."""
    group = group_of(tree)
    if group is not None:
        for node in tree[group]:
            yield from leaves(node)
    elif tree:
        yield tree


def field_of(leaf: Tree) -> Field:
    """The field a leaf is about. KeyError when there is none."""
    return CHANGEABLE[leaf["changed"]] if "changed" in leaf else FIELDS[leaf["field"]]


def wanted(leaf: Tree) -> Any:
    """What the leaf compares with; a tuple where its operator takes several."""
    takes = field_of(leaf).operators[leaf["op"]].takes
    value: Any = leaf.get("value")
    return tuple(value) if takes in (Takes.SEVERAL, Takes.TWO) else value


def values_in(leaf: Tree) -> list[Any]:
    """All values that a leaf names."""
    if "changed" in leaf:
        return [value for side in ("from", "to") for value in leaf.get(side) or ()]
    value = leaf.get("value")
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def fields_in(tree: Tree) -> set[str]:
    """The names of the fields a tree asks about; a changed one as ``changed.…``."""
    return {f"changed.{leaf['changed']}" if "changed" in leaf else leaf["field"] for leaf in leaves(tree)}


def references_in(tree: Tree) -> dict[FieldType, set[int]]:
    """The keys of teams, people, carriers … that a tree names."""
    found: dict[FieldType, set[int]] = {}
    for leaf in leaves(tree):
        kind = field_of(leaf).type
        if kind in REFERENCES:
            found.setdefault(kind, set()).update(value for value in values_in(leaf) if isinstance(value, int))
    return found


def zones_in(tree: Tree) -> set[str]:
    """The time zones that a tree names."""
    return {str(leaf["zone"]) for leaf in leaves(tree) if leaf.get("zone")}
