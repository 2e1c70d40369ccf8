"""A tree as one SQL expression: the same for what happens now, for the past, and for time rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tickets.policies.conditions.tree import UTC, Tree, field_of, group_of, wanted
from tickets.policies.fields import Field
from tickets.policies.operators import REFERENCES, FieldType, Takes

_JOINED = {"all": " AND ", "any": " OR ", "none": " OR "}


@dataclass(frozen=True, slots=True)
class Expression:
    """A boolean in SQL that is never NULL, and its parameters. Columns are those of ``tickets.policies.fields``."""

    sql: str
    params: tuple[Any, ...] = ()


def expression(tree: Tree) -> Expression:
    """Build the expression of a checked tree. No value stands in its text."""
    if not tree:
        return Expression("true")
    group = group_of(tree)
    if group is None:
        leaf = _change(tree) if "changed" in tree else _leaf(tree)
        return Expression(f"COALESCE({leaf.sql}, false)", leaf.params)
    parts = [expression(node) for node in tree[group]]
    text = f"({_JOINED[group].join(part.sql for part in parts)})"
    params = tuple(value for part in parts for value in part.params)
    return Expression(f"NOT {text}" if group == "none" else text, params)


def _leaf(leaf: Tree) -> Expression:
    field = field_of(leaf)
    operator = field.operators[leaf["op"]]
    params: list[Any] = []

    def column() -> str:
        if not field.has_zone:
            return field.sql
        params.append(leaf.get("zone") or UTC)
        return field.sql.replace("{zone}", "%s::text")

    def value(one: Any) -> str:
        params.append(list(one) if isinstance(one, tuple) else one)
        return f"%s::{_sql_type(field, one)}"

    # Parameters stand in the order of the text, so it is put together from left to right.
    given = iter(wanted(leaf)) if operator.takes is Takes.TWO else iter([wanted(leaf)])
    text = ""
    rest = operator.sql.replace("{empty}", _empty(field))
    while rest:
        before, brace, after = rest.partition("{")
        text += before
        if not brace:
            break
        name, _, rest = after.partition("}")
        text += column() if name == "field" else value(next(given))
    return Expression(f"({field.guard} AND ({text}))" if field.guard else f"({text})", tuple(params))


def _change(leaf: Tree) -> Expression:
    field = field_of(leaf)
    params: list[Any] = []
    parts = ["p.id IS NOT NULL", f"p.{field.column} IS DISTINCT FROM f.{field.column}"]
    for alias, side in (("p", "from"), ("f", "to")):
        if listed := leaf.get(side):
            parts.append(_among(field, alias, listed, params))
    return Expression(f"({' AND '.join(parts)})", tuple(params))


def _among(field: Field, alias: str, listed: Sequence[Any], params: list[Any]) -> str:
    column = f"{alias}.{field.column}"
    ways = []
    if known := tuple(value for value in listed if value is not None):
        params.append(list(known))
        ways.append(f"{column} = ANY(%s::{_sql_type(field, known)})")
    if None in listed:
        ways.append(_empty(field, column))
    return f"({' OR '.join(ways)})"


def _empty(field: Field, column: str = "") -> str:
    column = column or "{field}"
    if field.type in REFERENCES or field.type in (FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DURATION):
        return f"{column} IS NULL"
    if field.type is FieldType.WORDS:
        return f"coalesce(cardinality({column}), 0) = 0"
    return f"coalesce({column}, '') = ''"


def _sql_type(field: Field, value: Any) -> str:
    if isinstance(value, tuple):
        return f"{_sql_type(field, value[0])}[]"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "bigint"
    return "varchar" if field.type is FieldType.WORDS else "text"
