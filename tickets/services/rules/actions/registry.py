"""Which actions a rule may have, what each asks for, how it reads in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from common.inputs import Input, form_class
from tickets.choices import RuleTrigger
from tickets.models import RuleRun, Ticket
from tickets.policies.actor import Actor
from tickets.policies.conditions import Problem

Raw = Mapping[str, Any]
"""An action's inputs as a rule keeps them: what its form was sent, in JSON."""

MOST_ACTIONS = 20
ON_TICKETS = frozenset({RuleTrigger.EVENT, RuleTrigger.TIME, RuleTrigger.SCHEDULE})


@dataclass(frozen=True, slots=True)
class Doing:
    """One action of one run, on one ticket, with clean ``inputs``."""

    ticket_id: int
    run: RuleRun
    actor: Actor
    inputs: dict[str, Any]
    now: datetime

    def ticket(self) -> Ticket:
        return Ticket.objects.select_related("customer", "shipment__carrier__partner", "team").get_typed(self.ticket_id)


Perform = Callable[[Doing], str]
"""Does it and says what came of it, in English: the log translates sentences it knows. Raises DomainError."""


@dataclass(frozen=True, slots=True)
class Action:
    """An action's declaration.

    With ``variant_by`` the input of that name chooses which further inputs there are: ``variants`` gives them. ``says``
    makes a sentence of raw inputs, in the active language.
    """

    name: str
    label: str | Promise
    perform: Perform
    says: Callable[[Raw], str]
    inputs: tuple[Input, ...] = ()
    triggers: frozenset[str] = ON_TICKETS
    variant_by: str = ""
    variants: Callable[[], Mapping[str, tuple[Input, ...]]] = field(default=dict)

    def inputs_for(self, raw: Raw) -> tuple[Input, ...]:
        """The inputs there are with these raw ones."""
        if not self.variant_by:
            return self.inputs
        return (*self.inputs, *self.variants().get(str(raw.get(self.variant_by, "")), ()))


ACTIONS: dict[str, Action] = {}


def action(
    name: str,
    label: str | Promise,
    *,
    says: Callable[[Raw], str],
    inputs: Sequence[Input] = (),
    triggers: frozenset[str] = ON_TICKETS,
    variant_by: str = "",
    variants: Callable[[], Mapping[str, tuple[Input, ...]]] = dict,
) -> Callable[[Perform], Perform]:
    """Register a function as the action of that name."""

    def register(perform: Perform) -> Perform:
        ACTIONS[name] = Action(name, label, perform, says, tuple(inputs), triggers, variant_by, variants)
        return perform

    return register


def clean(declared: Action, raw: Raw) -> dict[str, Any]:
    """Raw inputs as the action wants them. Raises InvalidInput with sentences per field."""
    form = form_class(declared.inputs_for(raw))(data=dict(raw))
    if not form.is_valid():
        sentences = {name: [str(one) for one in errors] for name, errors in form.errors.items()}
        raise InvalidInput(" ".join(one for errors in sentences.values() for one in errors), data=sentences)
    return dict(form.cleaned_data)


def check_actions(actions: Any, *, trigger: str) -> list[Problem]:
    """What is wrong with a rule's actions; the paths are like ``1.inputs.team``."""
    if not isinstance(actions, list) or not actions:
        return [Problem("", _("Say what the rule does: add an action."))]
    if len(actions) > MOST_ACTIONS:
        return [Problem("", _("At most %(count)d actions a rule.") % {"count": MOST_ACTIONS})]
    problems: list[Problem] = []
    for position, entry in enumerate(actions):
        problems += _check(entry, str(position), trigger)
    return problems


def _check(entry: Any, path: str, trigger: str) -> Iterator[Problem]:
    if not isinstance(entry, dict) or not isinstance(entry.get("inputs", {}), dict):
        yield Problem(path, _("This is no action."))
        return
    declared = ACTIONS.get(str(entry.get("action")))
    if declared is None:
        yield Problem(path, _("There is no action “%(name)s”.") % {"name": entry.get("action")})
        return
    if trigger not in declared.triggers:
        yield Problem(path, _("“%(action)s” cannot be done by a rule of this kind.") % {"action": declared.label})
        return
    raw = entry.get("inputs", {})
    known = {name for one in declared.inputs_for(raw) for name in one.form_fields()}
    for name in sorted(set(raw) - known):
        yield Problem(f"{path}.inputs.{name}", _("“%(action)s” has no “%(name)s”.") % _named(declared, name))
    try:
        clean(declared, raw)
    except InvalidInput as error:
        for name, sentences in error.data.items():
            yield Problem(f"{path}.inputs.{name}", f"{declared.label}: {' '.join(sentences)}")


def _named(declared: Action, name: str) -> dict[str, Any]:
    return {"action": declared.label, "name": name}


def sentence_of(entry: Raw) -> str:
    """An action in plain words, in the active language."""
    declared = ACTIONS.get(str(entry.get("action")))
    return declared.says(entry.get("inputs") or {}) if declared else str(entry.get("action"))
