"""What is wrong with a tree that somebody wrote, each problem a sentence with the place it is about."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.policies.conditions.contradictions import contradictions
from tickets.policies.conditions.tree import GROUPS, Names
from tickets.policies.fields import CHANGEABLE, FIELDS, Field
from tickets.policies.operators import REFERENCES, FieldType, Takes

MAX_DEPTH = 5
MAX_NODES = 100
MAX_VALUES = 100
MAX_TEXT = 200

_CODES: dict[FieldType, tuple[re.Pattern[str], str | Promise]] = {
    FieldType.COUNTRY: (
        re.compile(r"[A-Z]{2}"),
        gettext_lazy("“%(value)s” is no country code; write two capital letters, like DE."),
    ),
    FieldType.LANGUAGE: (
        re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"),
        gettext_lazy("“%(value)s” is no language code; write it like de or zh-Hans."),
    ),
    FieldType.LANE: (
        re.compile(r"[A-Z]{2}-(?:[A-Z]{2}|\*)|\*-[A-Z]{2}"),
        gettext_lazy("“%(value)s” is no lane; write it like CN-DE, CN-* or *-DE."),
    ),
}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LARGEST_KEY = 2**63 - 1
_LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``path`` names the node, like ``all[1].any[0]``; empty: the tree as a whole."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def check(
    tree: Any, *, fields: Mapping[str, Field] = FIELDS, event_rule: bool = True, names: Names | None = None
) -> list[Problem]:
    """Every problem of a tree; none when it can be used.

    ``fields`` are those it may ask about, ``event_rule`` whether ``changed`` may stand in it. With ``names`` (of the
    rows that exist, by type) a value that is not among them is refused.
    """
    if tree == {}:
        return []
    checker = _Checker(fields, event_rule, names)
    problems = list(checker.node(tree, "", 1))
    return problems or [Problem(path, text) for path, text in contradictions(tree)]


class _Checker:
    def __init__(self, fields: Mapping[str, Field], event_rule: bool, names: Names | None) -> None:
        self._fields = fields
        self._event_rule = event_rule
        self._names = names
        self._nodes = 0

    def node(self, node: Any, path: str, depth: int) -> Iterator[Problem]:
        self._nodes += 1
        if self._nodes == MAX_NODES + 1:
            yield Problem("", _("There are more than %(most)d conditions; make two rules.") % {"most": MAX_NODES})
        if self._nodes > MAX_NODES:
            return
        if not isinstance(node, Mapping):
            yield Problem(path, _("A condition is missing here."))
        elif groups := [name for name in GROUPS if name in node]:
            yield from self._group(node, groups, path, depth)
        elif "changed" in node:
            yield from self._changed(node, path)
        else:
            yield from self._leaf(node, path)

    def _group(self, node: Mapping[str, Any], groups: list[str], path: str, depth: int) -> Iterator[Problem]:
        if len(node) != 1:
            yield Problem(path, _("A group is one of “all”, “any” and “none” and nothing else."))
            return
        children = node[groups[0]]
        if not isinstance(children, list) or not children:
            yield Problem(path, _("This group is empty: add a condition or remove the group."))
        elif depth > MAX_DEPTH:
            yield Problem(path, _("Groups stand more than %(most)d deep; make it flatter.") % {"most": MAX_DEPTH})
        else:
            for place, child in enumerate(children):
                yield from self.node(child, f"{path}{'.' if path else ''}{groups[0]}[{place}]", depth + 1)

    def _leaf(self, leaf: Mapping[str, Any], path: str) -> Iterator[Problem]:
        name = leaf.get("field")
        if not isinstance(name, str) or not name:
            yield Problem(path, _("Choose what this condition is about."))
            return
        field = self._fields.get(name)
        if field is None:
            if name in FIELDS:
                yield Problem(path, _("“%(field)s” cannot be asked here.") % {"field": FIELDS[name].label})
            else:
                yield Problem(path, _("There is no field “%(field)s”.") % {"field": name[:80]})
            return
        operator = field.operators.get(leaf["op"]) if isinstance(leaf.get("op"), str) else None
        if operator is None:
            yield Problem(
                path,
                _("“%(field)s” cannot be compared like that; choose one of: %(operators)s.")
                % {"field": field.label, "operators": _list(one.label for one in field.operators.values())},
            )
            return
        yield from self._strangers(leaf, path, {"field", "op", "value", *(("zone",) if field.has_zone else ())})
        if field.has_zone:
            yield from _zone(leaf.get("zone", ""), path)
        yield from self._operand(field, operator.takes, leaf, path)

    def _operand(self, field: Field, takes: Takes, leaf: Mapping[str, Any], path: str) -> Iterator[Problem]:
        value = leaf.get("value")
        if takes is Takes.NOTHING:
            if value not in (None, "", []):
                yield Problem(path, _("“%(field)s” takes no value here.") % {"field": field.label})
        elif takes is Takes.ONE:
            yield from self._value(field, value, path)
        elif not isinstance(value, list) or not value:
            yield Problem(path, _("Give at least one value for “%(field)s”.") % {"field": field.label})
        elif len(value) > MAX_VALUES:
            yield Problem(path, _("“%(field)s” takes at most %(most)d values.") % _of(field, most=MAX_VALUES))
        elif takes is Takes.TWO and len(value) != 2:
            yield Problem(path, _("Give two values for “%(field)s”: from and to.") % {"field": field.label})
        else:
            problems = [problem for one in value for problem in self._value(field, one, path)]
            yield from problems
            if takes is Takes.TWO and not problems and value[0] > value[1]:
                yield Problem(path, _("The first value for “%(field)s” is above the second.") % {"field": field.label})

    def _changed(self, leaf: Mapping[str, Any], path: str) -> Iterator[Problem]:
        if not self._event_rule:
            yield Problem(path, _("Only rules for when something happens can ask what changed."))
            return
        name = leaf["changed"]
        field = CHANGEABLE.get(name) if isinstance(name, str) else None
        if field is None:
            yield Problem(path, _("There is no field “%(field)s” that could change.") % {"field": str(name)[:80]})
            return
        yield from self._strangers(leaf, path, {"changed", "from", "to"})
        for side in ("from", "to"):
            listed = leaf.get(side)
            if listed in (None, []):
                continue
            if field.type in (FieldType.WORDS, FieldType.BOOLEAN):
                yield Problem(path, _("Of “%(field)s” only the change can be asked.") % {"field": field.label})
            elif not isinstance(listed, list) or len(listed) > MAX_VALUES:
                yield Problem(path, _("“%(field)s” takes at most %(most)d values.") % _of(field, most=MAX_VALUES))
            else:
                for one in listed:
                    if one is not None or not field.may_be_empty:
                        yield from self._value(field, one, path)

    def _strangers(self, leaf: Mapping[str, Any], path: str, known: set[str]) -> Iterator[Problem]:
        if strange := sorted(str(name)[:40] for name in leaf if name not in known):
            yield Problem(path, _("A condition has no “%(name)s”.") % {"name": ", ".join(strange)})

    def _value(self, field: Field, value: Any, path: str) -> Iterator[Problem]:
        text = self._wrong(field, value)
        if text:
            yield Problem(path, text)

    def _wrong(self, field: Field, value: Any) -> str:
        """What is wrong with one value; empty when nothing is."""
        kind = field.type
        if value is None or value == "":
            return _("Give a value for “%(field)s”.") % {"field": field.label}
        if kind is FieldType.BOOLEAN:
            return "" if isinstance(value, bool) else _("“%(field)s” is yes or no.") % {"field": field.label}
        if kind in REFERENCES:
            return self._wrong_reference(field, value)
        if kind in (FieldType.NUMBER, FieldType.DURATION):
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST_NUMBER:
                return _("“%(field)s” wants a whole number that is not negative.") % {"field": field.label}
            return ""
        if field.options is not None:
            known = {option for option, _label in field.options()}
            if isinstance(value, (str, int)) and not isinstance(value, bool) and value in known:
                return ""
            return _("“%(field)s” has no value “%(value)s”.") % _of(field, value=str(value)[:80])
        return _wrong_text(field, value)

    def _wrong_reference(self, field: Field, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LARGEST_KEY:
            return _("Choose a value for “%(field)s” from the list.") % {"field": field.label}
        if self._names is not None and value not in self._names.get(field.type, {}):
            return _("What is chosen for “%(field)s” does not exist any more; choose again.") % {"field": field.label}
        return ""


def _wrong_text(field: Field, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or _UNPRINTABLE.search(value) or not value.strip():
        return _("“%(field)s” wants a short text.") % {"field": field.label}
    pattern = _CODES.get(field.type)
    if pattern and not pattern[0].fullmatch(value):
        return str(pattern[1]) % {"value": value}
    return ""


def _zone(zone: Any, path: str) -> Iterator[Problem]:
    if zone and zone not in _zones():
        yield Problem(path, _("“%(zone)s” is no time zone; write it like Asia/Shanghai.") % {"zone": str(zone)[:80]})


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _of(field: Field, **values: Any) -> dict[str, Any]:
    return {"field": field.label, **values}


def _list(labels: Any) -> str:
    return ", ".join(str(label) for label in labels)
