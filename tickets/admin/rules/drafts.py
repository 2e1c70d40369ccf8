"""A rule as it stands in the form, saved or not: what is wrong with it, and how it reads."""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from common.errors import InvalidInput
from tickets.admin.rules.reading import read_rule
from tickets.models import Rule
from tickets.policies.conditions import Problem
from tickets.policies.conditions.tree import GROUPS
from tickets.services.rules.actions import check_actions, offered
from tickets.services.rules.compiling import problems_of
from tickets.services.rules.saving import condition_problems, draft_rule, problems_in
from tickets.services.rules.wording import Said, say

BUILDERS = ("conditions", "actions")


@dataclass(frozen=True, slots=True)
class Look:
    """A draft and what is wrong with it. ``rule`` is None when nothing could be made of what was sent."""

    rule: Rule | None
    sentences: dict[str, list[str]] = field(default_factory=dict)
    conditions: list[Problem] = field(default_factory=list)
    actions: list[Problem] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        return not (self.sentences or self.conditions or self.actions)

    def as_json(self) -> dict[str, Any]:
        """For the editor's script: problems by field, and by place in the builders."""
        return {
            "fields": self.sentences,
            **{
                name: [{"path": one.path, "sentence": one.sentence} for one in getattr(self, name)] for name in BUILDERS
            },
        }


def look_at(post: QueryDict, rule: Rule | None) -> Look:
    """Read a form without saving anything."""
    try:
        data = read_rule(post, rule=rule)
    except InvalidInput as error:
        return Look(None, _but(error.data), *(_as_problems(error.data.get(name)) for name in BUILDERS))
    sentences: dict[str, list[str]] = {}
    try:
        draft = draft_rule(data, rule=rule)
    except InvalidInput as error:
        sentences = dict(error.data)
        try:
            draft = draft_rule({name: value for name, value in data.items() if name not in sentences}, rule=rule)
        except InvalidInput:
            return Look(None, sentences)
    with offered.read_once():
        found = problems_in(draft)
        return Look(
            draft,
            {**_but(found), **sentences},
            condition_problems(draft) if "conditions" in found else [],
            check_actions(draft.actions, trigger=draft.trigger) if "actions" in found else [],
        )


def said_of(look: Look) -> Said | None:
    """How a draft reads; conditions that are not finished yet are left out."""
    if look.rule is None:
        return None
    draft = copy.copy(look.rule)
    if look.conditions:
        draft.conditions = _without(draft.conditions, {one.path for one in look.conditions}, "") or {}
        if problems_of(draft):
            draft.conditions = {}
    return say([draft])[0]


def _without(node: Any, bad: Collection[str], path: str) -> Any:
    """A tree without the nodes at some paths, and without the groups that are empty then."""
    if (path and path in bad) or not isinstance(node, dict):
        return None
    group = next((name for name in GROUPS if name in node), None)
    if group is None:
        return node
    children = node[group] if isinstance(node[group], list) else []
    kept = [
        one
        for place, child in enumerate(children)
        if (one := _without(child, bad, f"{path}{'.' if path else ''}{group}[{place}]"))
    ]
    return {group: kept} if kept else None


def _but(sentences: dict[str, Any]) -> dict[str, list[str]]:
    return {name: list(lines) for name, lines in sentences.items() if name not in BUILDERS}


def _as_problems(sentences: Any) -> list[Problem]:
    return [Problem("", str(one)) for one in sentences or ()]
