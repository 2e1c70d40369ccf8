"""What the editor's script has to know, in the active language: fields, their operators and values, and actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.urls import reverse
from django.utils.translation import get_language

from common.admin import words
from common.inputs import Input
from common.models import Connection
from knowledge_base.models import WordList
from tickets.admin.rules.editor_words import editor_words
from tickets.choices import RuleTrigger
from tickets.policies.channel_names import channel_label
from tickets.policies.conditions import check
from tickets.policies.customs_area import EUROPEAN_UNION
from tickets.policies.fields import CHANGEABLE, GROUP_LABELS, Field, fields_for
from tickets.policies.operators import FieldType
from tickets.services.rules.actions import ACTIONS, offered
from tickets.services.rules.references import names_in, rows_of

_LISTED = (FieldType.TEAM, FieldType.PERSON, FieldType.CARRIER)
_FOUND = (FieldType.CUSTOMER, FieldType.SHIPMENT)
_NOT_COUNTRIES = frozenset(("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"))


def describe_conditions(
    tree: Any, *, fields: Mapping[str, Field], event_rule: bool, zones: Iterable[str] = ()
) -> dict[str, Any]:
    """Everything that a builder of conditions over some fields needs, besides the tree itself."""
    return {
        "words": editor_words(),
        "groups": {name: str(label) for name, label in GROUP_LABELS.items()},
        "fields": [_field(field) for field in fields.values()],
        "changeable": [{**_field(field), "name": name} for name, field in CHANGEABLE.items()] if event_rule else [],
        "europeanUnion": sorted(EUROPEAN_UNION),
        "lists": _lists(),
        "names": _names(tree, fields, event_rule=event_rule),
        "find": {str(kind): _finder(kind) for kind in _FOUND},
        "zones": list(zones),
    }


def describe_actions() -> list[dict[str, Any]]:
    """Each action with its inputs; lists are read once, however many inputs offer them."""
    choices: dict[str, list[list[Any]]] = {}
    with offered.read_once():
        return [
            {
                "name": one.name,
                "label": str(one.label),
                "triggers": sorted(one.triggers),
                "inputs": _inputs(one.inputs, choices),
                "variantBy": one.variant_by,
                "variants": {key: _inputs(inputs, choices) for key, inputs in one.variants().items()},
            }
            for one in ACTIONS.values()
        ]


def fields_of_triggers() -> dict[str, list[str]]:
    """Trigger → the fields that its rules may ask about."""
    return {str(trigger): list(fields_for(trigger)) for trigger in RuleTrigger.values}


def _field(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "label": str(field.label),
        "group": field.group,
        "type": str(field.type),
        "operators": [
            {"name": one.name, "label": str(one.label), "takes": str(one.takes)} for one in field.operators.values()
        ],
        "mayBeEmpty": field.may_be_empty,
        "hasZone": field.has_zone,
    }
    if field.options is not None:
        described["options"] = [[value, str(label)] for value, label in field.options()]
    elif field.type in (FieldType.COUNTRY, FieldType.LANGUAGE, *_LISTED):
        described["list"] = str(field.type)
    elif field.type is FieldType.TEXT:
        described["list"] = "channel"
    elif field.type is FieldType.WORDS and field.name.endswith("word_hits"):
        described["suggest"] = "purposes"
    if field.type is FieldType.BOOLEAN:
        described["options"] = [[True, str(field.yes)], [False, str(field.no)]]
    return described


def _lists() -> dict[str, list[list[Any]]]:
    reader = "zh_Hans" if (get_language() or "").startswith("zh") else "en"
    purposes = WordList.objects.order_by("purpose").values_list("purpose", flat=True).distinct()
    channels = Connection.objects.order_by("provider").values_list("provider", flat=True).distinct()
    lists = {
        "country": [list(one) for one in _countries(reader)],
        "language": [list(one) for one in _languages(reader)],
        "channel": [[name, channel_label(name)] for name in channels],
        "purposes": [[name, name] for name in purposes],
    }
    return lists | {str(kind): [[key, label] for key, label in rows_of(kind)] for kind in _LISTED}


def _names(tree: Any, fields: Mapping[str, Field], *, event_rule: bool) -> dict[str, list[list[Any]]]:
    """The names of the customers and shipments that a tree names: they are found, not listed."""
    if not tree or check(tree, fields=fields, event_rule=event_rule):
        return {}
    found = names_in(tree)
    return {str(kind): [[key, name] for key, name in found.get(kind, {}).items()] for kind in _FOUND}


def _finder(kind: FieldType) -> str:
    """The address that finds customers or shipments by words, with the permissions of their own lists."""
    return f"{reverse('admin:autocomplete')}?app_label=tickets&model_name=ticket&field_name={kind}"


@lru_cache(maxsize=2)
def _countries(reader: str) -> tuple[tuple[str, str], ...]:
    territories = Locale.parse(reader).territories
    known = [
        (code, str(name))
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    ]
    return tuple(sorted(known, key=lambda one: one[1]))


@lru_cache(maxsize=2)
def _languages(reader: str) -> tuple[tuple[str, str], ...]:
    codes = [code for code in map(str, Locale.parse(reader).languages) if len(code) == 2 and code != "zh"]
    return tuple(
        sorted(((code, words.language(code)) for code in (*codes, "zh-Hans", "zh-Hant")), key=lambda one: one[1])
    )


# ---------------------------------------------------------------------------------------------- inputs of actions


def _inputs(inputs: Iterable[Input], choices: dict[str, list[list[Any]]]) -> list[dict[str, Any]]:
    return [_input(name, field, choices) for one in inputs for name, field in one.form_fields().items()]


def _input(name: str, field: forms.Field, choices: dict[str, list[list[Any]]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": name,
        "label": str(field.label or ""),
        "required": field.required,
        "help": str(field.help_text or ""),
        "kind": next((kind for known, kind in _KINDS if isinstance(field, known)), "text"),
    }
    if isinstance(field.widget, forms.Textarea):
        described["kind"] = "long"
    if isinstance(field, forms.ModelChoiceField):
        described["choices"] = _rows(field, choices)
    elif isinstance(field, (forms.ChoiceField, forms.MultipleChoiceField)):
        described["choices"] = [[value, str(label)] for value, label in _choices(field) if value != ""]
    if field.initial is not None:
        described["initial"] = str(field.initial)
    for limit in ("max_length", "min_value", "max_value"):
        value = getattr(field, limit, None)
        if value is not None:
            described[limit] = str(value)
    return described


def _choices(field: Any) -> list[tuple[Any, Any]]:
    return list(field.choices)


def _rows(field: forms.ModelChoiceField[Any], choices: dict[str, list[list[Any]]]) -> list[list[Any]]:
    query = str(field.queryset.query) if field.queryset is not None else ""
    if query not in choices:
        choices[query] = [[one.pk, str(one)] for one in field.queryset or ()]
    return choices[query]


_KINDS: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.MultipleChoiceField, "several"),
    (forms.ModelChoiceField, "choice"),
    (forms.ChoiceField, "choice"),
    (forms.IntegerField, "number"),
    (forms.DateTimeField, "moment"),
    (forms.DateField, "day"),
    (forms.TimeField, "time"),
    (forms.URLField, "link"),
    (forms.BooleanField, "tick"),
)
