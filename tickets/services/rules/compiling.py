"""The rules that are switched on, compiled once a version of the set, and their verdicts."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from common.revisions import RULES, Kept
from tickets.choices import RuleTrigger
from tickets.models import Rule, RuleSwitch, TicketEvent
from tickets.policies.conditions import Problem, check, expression
from tickets.policies.fields import fields_for
from tickets.services.rules.statement import Condition, Key, Statement

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """Rules that are asked together, in their order, and the statement that asks them."""

    rules: tuple[Rule, ...]
    statement: Statement = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "statement", Statement(tuple(condition_of(rule) for rule in self.rules)))

    def verdicts(self, keys: Sequence[Key]) -> list[list[Rule]]:
        """For each key the rules whose conditions hold, in order."""
        if not keys or not self.rules:
            return [[] for _ in keys]
        return [[self.rules[place] for place in places] for places in self.statement.verdicts(keys)]


@dataclass(frozen=True)
class Compiled:
    """The set as it stands. Switched off as a whole, nothing matches.

    ``timed`` has time rules and schedules by id, each to be asked about keys of its own. ``left_out`` names the rules
    that cannot be used (a field that is gone since they were saved) with what is wrong.
    """

    is_on: bool
    events: Part
    sending: Part
    timed: Mapping[int, Part]
    left_out: Mapping[int, list[Problem]]
    _listened_to: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        types = frozenset(type_ for rule in self.events.rules for type_ in rule.events)
        object.__setattr__(self, "_listened_to", types)

    def listens_to(self, event_type: str) -> bool:
        """Whether any rule is about such an event; else there is nothing to ask."""
        return self.is_on and event_type in self._listened_to

    def of_events(self, events: Sequence[TicketEvent]) -> list[list[Rule]]:
        """For each event the rules that it sets off, in order: one query, none when no rule listens."""
        asked = [(place, event) for place, event in enumerate(events) if self.listens_to(event.type)]
        found: list[list[Rule]] = [[] for _ in events]
        verdicts = self.events.verdicts([Key(event.ticket_id, event.at, event.pk) for _, event in asked])
        for (place, _event), rules in zip(asked, verdicts, strict=True):
            found[place] = rules
        return found

    def of_message(self, *, ticket_id: int, message_id: int, at: datetime) -> list[Rule]:
        """The rules about sending that fit a message which is about to go out, in order."""
        if not self.is_on or not self.sending.rules:
            return []
        return self.sending.verdicts([Key(ticket_id, at, None, message_id)])[0]

    def at_moments(self, rule_id: int, keys: Sequence[Key]) -> list[bool]:
        """For each key whether a time rule's conditions hold then; False for a rule that is not in the set."""
        part = self.timed.get(rule_id) if self.is_on else None
        if part is None:
            return [False] * len(keys)
        return [bool(rules) for rules in part.verdicts(keys)]


def compiled() -> Compiled:
    """The set of now, at most a second behind another process."""
    return _kept.get()


def compile_rules(rules: Iterable[Rule], *, is_on: bool = True) -> Compiled:
    """Compile some rules, saved or not, whether they are switched on or not."""
    usable: dict[str, list[Rule]] = {trigger: [] for trigger in RuleTrigger.values}
    left_out: dict[int, list[Problem]] = {}
    for rule in sorted(rules, key=lambda one: (one.order, one.pk or 0)):
        if problems := problems_of(rule):
            left_out[rule.pk] = problems
            logger.error("rule %s is left out: %s", rule.pk, "; ".join(one.sentence for one in problems))
        else:
            usable[rule.trigger].append(rule)
    timed = (*usable[RuleTrigger.TIME], *usable[RuleTrigger.SCHEDULE])
    return Compiled(
        is_on=is_on,
        events=Part(tuple(usable[RuleTrigger.EVENT])),
        sending=Part(tuple(usable[RuleTrigger.SENDING])),
        timed={rule.pk: Part((rule,)) for rule in timed},
        left_out=left_out,
    )


def problems_of(rule: Rule) -> list[Problem]:
    """What is wrong with a rule's conditions, whatever rows they name."""
    is_event = rule.trigger == RuleTrigger.EVENT
    return check(rule.conditions, fields=fields_for(rule.trigger), event_rule=is_event)


def condition_of(rule: Rule) -> Condition:
    """A rule's conditions as they are asked."""
    events = tuple(rule.events) if rule.trigger == RuleTrigger.EVENT else None
    return Condition(expression(rule.conditions), events)


def _load() -> Compiled:
    switch = RuleSwitch.objects.first()
    return compile_rules(Rule.objects.filter(is_active=True), is_on=switch is None or switch.is_on)


_kept: Kept[Compiled] = Kept(_load, RULES)
