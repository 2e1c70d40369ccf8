"""A form field for conditions: rows of field, comparison and value, in groups, without anybody seeing JSON.

    conditions = ConditionsField(fields=PROMISE_FIELDS, required=False, label=_("For which tickets"))

An empty tree always holds. The page has to load ``form.media``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from common.errors import InvalidInput
from tickets.admin.rules.description import describe_conditions
from tickets.admin.rules.reading import read_json
from tickets.policies.conditions import Problem, check
from tickets.policies.fields import PROMISE_FIELDS, Field
from tickets.services.rules.references import names_in


def builder_context(
    tree: Any, *, name: str, fields: Mapping[str, Field], event_rule: bool, problems: list[Problem], zones: Any = ()
) -> dict[str, Any]:
    """What ``_conditions.html`` needs to draw a builder; the script writes its JSON into the field ``name``."""
    return {
        "name": name,
        "identifier": f"id_{name}",
        "value": json.dumps(tree, ensure_ascii=False),
        "description": describe_conditions(tree, fields=fields, event_rule=event_rule, zones=zones),
        "problems": [{"path": one.path, "sentence": one.sentence} for one in problems],
        "sentence_address": "",
    }


class ConditionsWidget(forms.Widget):
    """The builder. What is wrong with a tree stands beside the row it is about."""

    needs_multipart_form = False

    class Media:
        css: ClassVar = {"all": ["tickets/desk.css", "tickets/rules.css"]}
        js: ClassVar = [
            "tickets/rules/dom.js",
            "tickets/rules/values.js",
            "tickets/rules/conditions.js",
            "tickets/rules/widget.js",
        ]

    def __init__(self, fields: Mapping[str, Field], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.fields = fields

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        tree = tree_of(value)
        context = builder_context(
            tree,
            name=name,
            fields=self.fields,
            event_rule=False,
            problems=problems_of(tree, self.fields),
        )
        return render_to_string(
            "admin/tickets/rules/_conditions.html",
            {**context, "sentence_address": reverse("admin:tickets_rule_conditions"), "is_widget": True},
        )


class ConditionsField(forms.Field):
    """A checked tree over some fields. ``clean`` gives the tree; what is wrong is a sentence a problem."""

    widget: Any = ConditionsWidget

    def __init__(self, *, fields: Mapping[str, Field] = PROMISE_FIELDS, **named: Any) -> None:
        self.fields = fields
        super().__init__(**{"widget": ConditionsWidget(fields), "required": False, **named})

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value or {}
        try:
            return read_json(value or "{}")
        except InvalidInput as error:
            raise forms.ValidationError(str(error), code="invalid") from error

    def validate(self, value: Any) -> None:
        if problems := problems_of(value, self.fields):
            raise forms.ValidationError([forms.ValidationError(one.sentence, code="invalid") for one in problems])

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(tree_of(initial) != tree_of(data))


def tree_of(value: Any) -> Any:
    """The tree in a form's value, typed or stored; an empty one when it cannot be read."""
    if not isinstance(value, str):
        return value or {}
    try:
        return read_json(value or "{}")
    except InvalidInput:
        return {}


def problems_of(tree: Any, fields: Mapping[str, Field]) -> list[Problem]:
    """What is wrong with a tree, also that what it names is gone."""
    return check(tree, fields=fields, event_rule=False) or check(
        tree, fields=fields, event_rule=False, names=names_in(tree)
    )
