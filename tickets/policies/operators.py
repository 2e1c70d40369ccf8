"""What can be asked of a value: each operator in Python and, with the same meaning, in SQL.

A value that is not there (a message's language where there is no message) makes every leaf false. A value that is there
but empty (nobody owns the ticket) is none of the values it is compared with: ``is_not`` and ``not_in`` hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Label = str | Promise


class FieldType(StrEnum):
    """What a field holds. It decides which operators there are, and the widget of the value."""

    CHOICE = "choice"
    LEVEL = "level"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    COUNTRY = "country"
    LANGUAGE = "language"
    LANE = "lane"
    DURATION = "duration"
    WORDS = "words"
    TEAM = "team"
    PERSON = "person"
    CARRIER = "carrier"
    CUSTOMER = "customer"
    SHIPMENT = "shipment"


REFERENCES = frozenset(
    (FieldType.TEAM, FieldType.PERSON, FieldType.CARRIER, FieldType.CUSTOMER, FieldType.SHIPMENT),
)
"""Types whose values are keys of rows that may be deleted."""


class Takes(StrEnum):
    """How many values an operator wants."""

    NOTHING = "nothing"
    ONE = "one"
    TWO = "two"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One operator. ``says`` is a sentence with %(field)s and %(value)s; ``sql`` has {field} and {value}.

    ``holds(seen, wanted)`` is its meaning for a value that is there; ``wanted`` is a tuple where it takes several.
    """

    name: str
    label: Label
    takes: Takes
    says: Label
    holds: Callable[[Any, Any], bool]
    sql: str


def _empty(seen: Any) -> bool:
    return seen is None or seen in ("", [], ())


def _known(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda seen, wanted: seen is not None and compare(seen, wanted)


def _from_to(seen: Any, wanted: Any) -> bool:
    low, high = wanted
    return bool(low <= seen <= high)


def _lane_in(seen: Any, wanted: Any) -> bool:
    origin, _dash, destination = (seen or "").partition("-")
    return any(
        end in (f"{origin}-{destination}", f"{origin}-*", f"*-{destination}") and bool(origin) and bool(destination)
        for end in wanted
    )


_IS = Operator(
    name="is",
    label=_("is"),
    takes=Takes.ONE,
    says=_("%(field)s is %(value)s"),
    holds=_known(lambda seen, wanted: seen == wanted),
    sql="{field} = {value}",
)
_IS_NOT = Operator(
    name="is_not",
    label=_("is not"),
    takes=Takes.ONE,
    says=_("%(field)s is not %(value)s"),
    holds=lambda seen, wanted: seen is None or seen != wanted,
    sql="{field} IS DISTINCT FROM {value}",
)
_IN = Operator(
    name="in",
    label=_("is one of"),
    takes=Takes.SEVERAL,
    says=_("%(field)s is %(value)s"),
    holds=_known(lambda seen, wanted: seen in wanted),
    sql="{field} = ANY({value})",
)
_NOT_IN = Operator(
    name="not_in",
    label=_("is none of"),
    takes=Takes.SEVERAL,
    says=_("%(field)s is none of %(value)s"),
    holds=lambda seen, wanted: seen is None or seen not in wanted,
    sql="({field} = ANY({value})) IS NOT TRUE",
)
_AT_LEAST = Operator(
    name="at_least",
    label=_("is at least"),
    takes=Takes.ONE,
    says=_("%(field)s is at least %(value)s"),
    holds=_known(lambda seen, wanted: seen >= wanted),
    sql="{field} >= {value}",
)
_AT_MOST = Operator(
    name="at_most",
    label=_("is at most"),
    takes=Takes.ONE,
    says=_("%(field)s is at most %(value)s"),
    holds=_known(lambda seen, wanted: seen <= wanted),
    sql="{field} <= {value}",
)
_BETWEEN = Operator(
    name="between",
    label=_("is between"),
    takes=Takes.TWO,
    says=_("%(field)s is between %(value)s"),
    holds=_known(_from_to),
    sql="{field} BETWEEN {value} AND {value}",
)
_IS_EMPTY = Operator(
    name="is_empty",
    label=_("is empty"),
    takes=Takes.NOTHING,
    says=_("%(field)s is empty"),
    holds=lambda seen, wanted: _empty(seen),
    sql="{empty}",
)
_IS_NOT_EMPTY = Operator(
    name="is_not_empty",
    label=_("is not empty"),
    takes=Takes.NOTHING,
    says=_("%(field)s is not empty"),
    holds=lambda seen, wanted: not _empty(seen),
    sql="({empty}) IS NOT TRUE",
)
# The scale of levels runs the other way round: 1 is urgent, 4 is low.
_LEVEL_AT_LEAST = Operator(
    name="at_least",
    label=pgettext_lazy("priority", "is at least"),
    takes=Takes.ONE,
    says=pgettext_lazy("priority", "%(field)s is %(value)s or higher"),
    holds=_known(lambda seen, wanted: seen <= wanted),
    sql="{field} <= {value}",
)
_LEVEL_AT_MOST = Operator(
    name="at_most",
    label=pgettext_lazy("priority", "is at most"),
    takes=Takes.ONE,
    says=pgettext_lazy("priority", "%(field)s is %(value)s or lower"),
    holds=_known(lambda seen, wanted: seen >= wanted),
    sql="{field} >= {value}",
)
_LANE_IN = Operator(
    name="in",
    label=_("is one of"),
    takes=Takes.SEVERAL,
    says=_("%(field)s is %(value)s"),
    holds=_lane_in,
    sql="f.origin <> '' AND f.destination <> '' AND ARRAY[f.origin || '-' || f.destination, f.origin || '-*',"
    " '*-' || f.destination] && {value}",
)
_LANE_NOT_IN = Operator(
    name="not_in",
    label=_("is none of"),
    takes=Takes.SEVERAL,
    says=_("%(field)s is none of %(value)s"),
    holds=lambda seen, wanted: not _lane_in(seen, wanted),
    sql=f"({_LANE_IN.sql}) IS NOT TRUE",
)
_CONTAINS = Operator(
    name="contains",
    label=_("contains"),
    takes=Takes.ONE,
    says=_("%(field)s contain %(value)s"),
    holds=lambda seen, wanted: wanted in (seen or ()),
    sql="{value} = ANY({field})",
)
_CONTAINS_ANY = Operator(
    name="contains_any",
    label=_("contains any of"),
    takes=Takes.SEVERAL,
    says=_("%(field)s contain %(value)s"),
    holds=lambda seen, wanted: not set(wanted).isdisjoint(seen or ()),
    sql="{field} && {value}",
)
_CONTAINS_ALL = Operator(
    name="contains_all",
    label=_("contains all of"),
    takes=Takes.SEVERAL,
    says=_("%(field)s contain all of %(value)s"),
    holds=lambda seen, wanted: set(wanted) <= set(seen or ()),
    sql="{field} @> {value}",
)
_CONTAINS_NONE = Operator(
    name="contains_none",
    label=_("contains none of"),
    takes=Takes.SEVERAL,
    says=_("%(field)s do not contain %(value)s"),
    holds=lambda seen, wanted: set(wanted).isdisjoint(seen or ()),
    sql="({field} && {value}) IS NOT TRUE",
)
_BEGINS_WITH = Operator(
    name="begins_with",
    label=_("contains something that begins with"),
    takes=Takes.ONE,
    says=_("%(field)s contain something that begins with %(value)s"),
    holds=lambda seen, wanted: any(one.startswith(wanted) for one in seen or ()),
    sql="EXISTS (SELECT 1 FROM unnest({field}) AS one WHERE starts_with(one, {value}))",
)
_EMPTY = (_IS_EMPTY, _IS_NOT_EMPTY)
_CODE = (_IS, _IS_NOT, _IN, _NOT_IN, *_EMPTY)
_AMOUNT = (_IS, _IS_NOT, _AT_LEAST, _AT_MOST, _BETWEEN)


def _named(*operators: Operator) -> dict[str, Operator]:
    return {operator.name: operator for operator in operators}


OPERATORS: dict[FieldType, dict[str, Operator]] = {
    FieldType.CHOICE: _named(*_CODE),
    FieldType.LEVEL: _named(_IS, _IS_NOT, _IN, _NOT_IN, _LEVEL_AT_LEAST, _LEVEL_AT_MOST),
    FieldType.NUMBER: _named(*_AMOUNT),
    FieldType.BOOLEAN: _named(_IS),
    FieldType.TEXT: _named(*_CODE),
    FieldType.COUNTRY: _named(*_CODE),
    FieldType.LANGUAGE: _named(*_CODE),
    FieldType.LANE: _named(_LANE_IN, _LANE_NOT_IN, *_EMPTY),
    FieldType.DURATION: _named(_AT_LEAST, _AT_MOST),
    FieldType.WORDS: _named(_CONTAINS, _CONTAINS_ANY, _CONTAINS_ALL, _CONTAINS_NONE, _BEGINS_WITH, *_EMPTY),
    **{kind: _named(*_CODE) for kind in REFERENCES},
}
"""Type → name → operator, in the order in which a form offers them."""
