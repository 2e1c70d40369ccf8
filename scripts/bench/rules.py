"""A hundred rules as supervisors make them: varied conditions, nested; each one of its own."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from common.errors import InvalidInput
from common.models import User
from tickets.choices import Kind, Phase, RuleTrigger, WaitingOn
from tickets.models import Rule
from tickets.policies.actor import Actor
from tickets.services.rules.saving import save_rule, switch_rule

COUNTRIES = ("US", "MX", "DE", "FR", "BR", "JP", "GB", "ES", "IT", "PL")
LANGUAGES = ("en", "es", "de", "fr", "pt", "ja", "zh-Hans")
EVENTS = ("transition", "assigned", "promise_warned", "opened", "incident")
ANCHORS = ("opened_at", "state_since", "unanswered_since", "last_message_at")

Leaf = dict[str, Any]


def make_rules(*, author: User, event_rules: int, time_rules: int, now: datetime) -> tuple[list[int], list[int]]:
    """Save and switch on so many rules the way the desk does. Returns the keys of both sorts."""
    chance = random.Random(100)  # noqa: S311 - the same rules each time
    actor = Actor.staff(author)
    made: dict[str, list[int]] = {RuleTrigger.EVENT: [], RuleTrigger.TIME: []}
    triggers = [RuleTrigger.EVENT] * event_rules + [RuleTrigger.TIME] * time_rules
    for number, trigger in enumerate(triggers):
        data = {
            "name": f"Bench {number}",
            "order": 200 + number,
            "trigger": str(trigger),
            "actions": [{"action": "add_tag", "inputs": {"tag": f"bench-{number}"}}],
        }
        if trigger == RuleTrigger.EVENT:
            data["events"] = ["message_received", chance.choice(EVENTS)]
        else:
            data |= {"anchor": ANCHORS[number % len(ANCHORS)], "delay": 1_800 + 3_600 * chance.randrange(1, 73)}
        rule = _saved(data, chance, actor, now)
        switch_rule(rule_id=rule.pk, is_on=True, actor=actor, now=now)
        made[trigger].append(rule.pk)
    return made[RuleTrigger.EVENT], made[RuleTrigger.TIME]


def _saved(data: dict[str, Any], chance: random.Random, actor: Actor, now: datetime) -> Rule:
    """Save a rule with conditions drawn by chance; those that contradict themselves are refused and drawn anew."""
    while True:
        tree = _group(chance, depth=0, about_message=data["trigger"] == RuleTrigger.EVENT)
        try:
            return save_rule(data={**data, "conditions": tree}, actor=actor, now=now).rule
        except InvalidInput as refused:
            if set(refused.data) != {"conditions"}:
                raise


def active_rules() -> int:
    """How many rules are switched on, those that Clearway ships included."""
    return Rule.objects.filter(is_active=True).count()


def _group(chance: random.Random, *, depth: int, about_message: bool) -> Leaf:
    """Three to five conditions, some of them groups again, two deep."""
    pool = _ABOUT_TICKETS + (_ABOUT_MESSAGES if about_message else ())
    nodes: list[Leaf] = []
    for _place in range(chance.randrange(3, 6)):
        if depth < 2 and chance.random() < 0.25:
            nodes.append(_group(chance, depth=depth + 1, about_message=about_message))
        else:
            nodes.append(chance.choice(pool)(chance))
    name = "all" if depth == 0 else chance.choice(("all", "any", "none"))
    return {name: nodes}


def _leaf(field: str, op: str, value: Any) -> Leaf:
    return {"field": field, "op": op, "value": value}


def _some(chance: random.Random, values: Any) -> list[Any]:
    values = list(values)
    return chance.sample(values, chance.randrange(1, 4))


_ABOUT_TICKETS: tuple[Callable[[random.Random], Leaf], ...] = (
    lambda chance: _leaf("ticket.kind", "in", _some(chance, map(str, Kind))),
    lambda chance: _leaf("ticket.country", "in", _some(chance, COUNTRIES)),
    lambda chance: _leaf("ticket.language", "not_in", _some(chance, LANGUAGES)),
    lambda chance: _leaf("ticket.priority", "at_least", chance.choice((1, 2))),
    lambda chance: _leaf("ticket.waiting_on", "in", _some(chance, (str(one) for one in WaitingOn))),
    lambda chance: _leaf("ticket.phase", "in", _some(chance, (str(one) for one in Phase))),
    lambda chance: _leaf("ticket.lane", "in", [f"CN-{chance.choice(COUNTRIES)}"]),
    lambda chance: _leaf("ticket.tags", "contains_any", [f"tag-{chance.randrange(20)}", "fragile"]),
    lambda chance: _leaf("ticket.word_hits", "contains", chance.choice(("anger", "customs", "damaged"))),
    lambda chance: _leaf("ticket.reopened_count", "at_least", chance.randrange(1, 4)),
    lambda chance: _leaf("ticket.recent_tickets", "at_least", chance.randrange(1, 4)),
    lambda chance: _leaf("ticket.is_unanswered", "is", chance.random() < 0.5),
    lambda chance: {"field": "ticket.assignee", "op": "is_empty"},
    lambda chance: _leaf("ticket.age", "at_least", 3_600 * chance.randrange(1, 100)),
    lambda chance: {**_leaf("now.hour", "between", [6, chance.randrange(9, 23)]), "zone": "Europe/Berlin"},
)
_ABOUT_MESSAGES: tuple[Callable[[random.Random], Leaf], ...] = (
    lambda chance: _leaf("message.language", "in", _some(chance, LANGUAGES)),
    lambda chance: _leaf("message.word_hits", "contains_any", ["anger", chance.choice(("lawyer", "refund", "press"))]),
    lambda chance: _leaf("message.has_attachments", "is", chance.random() < 0.5),
    lambda chance: _leaf("message.audience", "is", "customer"),
    lambda chance: _leaf("event.via", "in", ["channel"]),
)
