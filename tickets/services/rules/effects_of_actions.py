"""What an action is known to change, and which events it writes: enough to see rules that chase each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tickets.models import Rule


@dataclass(frozen=True, slots=True)
class Effect:
    """``sets`` are fields with the value they then have. ``events`` are written by it; of an action that ``repeats``
    each time, of others only when they changed something."""

    events: frozenset[str]
    sets: Mapping[str, Any] = field(default_factory=dict)
    repeats: bool = False


def effects_of(rule: Rule) -> list[Effect]:
    """The known effects of a rule's actions, in order."""
    return [effect for action in rule.actions for effect in _effects(action)]


def _effects(action: Mapping[str, Any]) -> Iterable[Effect]:
    inputs: Mapping[str, Any] = action.get("inputs") or {}
    name = action.get("action")
    if name == "set_priority":
        yield Effect(frozenset({"priority_changed"}), {"ticket.priority": _number(inputs.get("priority"))})
    elif name == "assign":
        sets = {
            field: number
            for field, key in (("ticket.team", "team"), ("ticket.assignee", "person"))
            if (number := _number(inputs.get(key))) is not None
        }
        yield Effect(frozenset({"assigned"}), sets)
    elif name == "add_tag":
        yield Effect(frozenset({"tags_changed"}))
    elif name == "transition":
        yield Effect(frozenset({"transition"}))
    elif name == "note":
        yield Effect(frozenset({"note"}), repeats=True)
    elif name in ("reply_with_template", "send_to_partner"):
        yield Effect(frozenset({"message_queued"}), repeats=True)
    elif name == "page":
        yield Effect(frozenset({"paged"}), repeats=True)
    elif name == "start_escalation":
        yield Effect(frozenset({"escalated"}))


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
