"""A tree in plain words, in the active language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language, gettext, ngettext, pgettext

from tickets.policies.channel_names import channel_label
from tickets.policies.conditions.matching import Leaf
from tickets.policies.conditions.tree import UTC, Names, Tree, field_of, group_of, wanted
from tickets.policies.fields import Field
from tickets.policies.operators import REFERENCES, FieldType, Takes
from tickets.policies.states import STATES
from tickets.policies.word_lists import ANGER


def sentence(tree: Tree, *, names: Names | None = None) -> str:
    """What a checked tree says: "kind is Customs hold, and nobody owns it, and (… or …)".

    ``names`` gives teams, people and so on their names; without them their numbers stand there.
    """
    if not tree:
        return pgettext("condition", "always")
    return _said(tree, names or {}, _only_kind(tree), is_top=True)


def leaf_sentence(leaf: Tree, *, names: Names | None = None, kind: str = "") -> str:
    """What one leaf says."""
    return _leaf(leaf, names or {}, kind)


def _said(tree: Tree, names: Names, kind: str, *, is_top: bool = False) -> str:
    group = group_of(tree)
    if group is None:
        return _leaf(tree, names, kind)
    parts = [_said(node, names, kind) for node in tree[group]]
    if group == "none":
        return gettext("not (%(conditions)s)") % {"conditions": _or(parts)}
    text = gettext(", and ").join(parts) if group == "all" else _or(parts)
    return text if is_top or len(parts) == 1 else gettext("(%(conditions)s)") % {"conditions": text}


def _leaf(leaf: Tree, names: Names, kind: str) -> str:
    field = field_of(leaf)
    if "changed" in leaf:
        return _change(leaf, field, names, kind)
    operator = field.operators[leaf["op"]]
    if field.type is FieldType.BOOLEAN:
        return str(field.yes if wanted(leaf) else field.no)
    whole = {"is_empty": field.empty, "is_not_empty": field.filled}.get(operator.name)
    if whole:
        return str(whole)
    label = str(field.label)
    if field.has_zone:
        label = gettext("%(time)s in %(zone)s") % {"time": label, "zone": leaf.get("zone") or UTC}
    if operator.takes is Takes.NOTHING:
        return str(operator.says) % {"field": label}
    value = wanted(leaf)
    said = [value_words(field, one, names=names, kind=kind) for one in (value if isinstance(value, tuple) else [value])]
    joined = {
        "in": _or,
        "contains_any": _or,
        "contains_none": _or,
        "contains_all": _and,
        "between": _and,
    }.get(operator.name, gettext(", ").join)
    return str(operator.says) % {"field": label, "value": joined(said)}


def _change(leaf: Tree, field: Field, names: Names, kind: str) -> str:
    said: dict[str, Any] = {"field": field.label}
    for side in ("from", "to"):
        said[side] = _or([value_words(field, one, names=names, kind=kind) for one in leaf.get(side) or ()])
    if said["from"] and said["to"]:
        return gettext("%(field)s changed from %(from)s to %(to)s") % said
    if said["from"]:
        return gettext("%(field)s is no longer %(from)s") % said
    if said["to"]:
        return gettext("%(field)s became %(to)s") % said
    return gettext("%(field)s changed") % said


def leaf_value_words(looked: Leaf, *, names: Names | None = None) -> str:
    """The value a leaf saw, as people say it; "—" where there was none."""
    field = field_of(looked.leaf)
    if looked.seen is None and not looked.holds:
        return "—"
    if "changed" in looked.leaf:
        before, after = (value_words(field, one, names=names) for one in looked.seen)
        return f"{before} → {after}"
    if isinstance(looked.seen, bool):
        return str(field.yes if looked.seen else field.no)
    return value_words(field, looked.seen, names=names)


def value_words(field: Field, value: Any, *, names: Names | None = None, kind: str = "") -> str:
    """A value of a field as people say it. ``kind`` chooses among states of several kinds that share a name."""
    if value in (None, "", []):
        nobody = field.type in (FieldType.PERSON, FieldType.TEAM, FieldType.CUSTOMER)
        return pgettext("condition", "nobody") if nobody else pgettext("condition", "nothing")
    if field.type in REFERENCES:
        known = (names or {}).get(field.type, {}).get(value)
        return known if known is not None else f"#{value}"
    if field.type is FieldType.DURATION:
        return _duration(float(value))
    if field.type in (FieldType.LANGUAGE, FieldType.COUNTRY):
        return _place_or_language(field.type, str(value))
    if isinstance(value, (list, tuple)):
        return gettext(", ").join(value_words(field, one) for one in value)
    return _label(field, value, kind)


def _label(field: Field, value: Any, kind: str) -> str:
    if field.name == "ticket.state" and value in STATES.get(kind, {}):
        return str(STATES[kind][value].label)
    if field.type is FieldType.LANE:
        return _lane(str(value))
    if field.name.endswith(".channel"):
        return channel_label(str(value))
    if field.name.endswith(".word_hits") and value == ANGER:
        return gettext("angry words")
    options = dict(field.options()) if field.options else {}
    if value not in options:
        return str(value)
    label = str(options[value])
    return label[:1].lower() + label[1:] if field.lower else label


def _only_kind(tree: Tree) -> str:
    """The one kind a tree is about, when its outermost conditions say so."""
    for node in tree.get("all", ()) if "all" in tree else [tree]:
        if node.get("field") == "ticket.kind" and node.get("op") == "is":
            return str(node["value"])
    return ""


def _or(parts: Sequence[str]) -> str:
    return _listed(parts, gettext(" or "))


def _and(parts: Sequence[str]) -> str:
    return _listed(parts, gettext(" and "))


def _listed(parts: Sequence[str], last: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return gettext(", ").join(parts[:-1]) + last + parts[-1]


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes and minutes % 1440 == 0:
        return ngettext("%(days)d day", "%(days)d days", minutes // 1440) % {"days": minutes // 1440}
    if minutes and minutes % 60 == 0:
        return ngettext("%(hours)d hour", "%(hours)d hours", minutes // 60) % {"hours": minutes // 60}
    return ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}


def _lane(lane: str) -> str:
    """ "CN-*" as "China → anywhere"."""
    ends = lane.split("-")
    said = [gettext("anywhere") if end == "*" else _place_or_language(FieldType.COUNTRY, end) for end in ends]
    return " → ".join(said)


def _place_or_language(kind: FieldType, code: str) -> str:
    reader = "zh_Hans" if (get_language() or "").startswith("zh") else "en"
    if kind is FieldType.COUNTRY:
        return str(Locale.parse(reader).territories.get(code, code))
    try:
        return str(Locale.parse(code, sep="-").get_display_name(reader) or code)
    except (UnknownLocaleError, ValueError):
        return code
