"""Which rules and promises name a row: what they name by number must not go while they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from common.inputs import Input, Pick
from common.models import User
from knowledge_base.models import MessageTemplate
from logistics.models import Carrier, Customer, Partner, Shipment
from logistics.workflows.inputs import PartnerChoice
from tickets.models import EscalationPolicy, PromisePolicy, Rule, Team
from tickets.policies.conditions import references_in
from tickets.policies.operators import FieldType
from tickets.services.rules.actions import ACTIONS, offered

TEAM, PERSON, TEMPLATE, ESCALATION, PARTNER = "team", "person", "template", "escalation", "partner"
CARRIER, CUSTOMER, SHIPMENT = "carrier", "customer", "shipment"

_OFFERED: dict[Any, str] = {
    offered.teams: TEAM,
    offered.people: PERSON,
    offered.templates: TEMPLATE,
    offered.ladders: ESCALATION,
}
_MODELS: dict[type[Model], str] = {
    Team: TEAM,
    User: PERSON,
    MessageTemplate: TEMPLATE,
    EscalationPolicy: ESCALATION,
    Partner: PARTNER,
    Carrier: CARRIER,
    Customer: CUSTOMER,
    Shipment: SHIPMENT,
}
NAMED_MODELS = tuple(_MODELS)


def uses_of(kind: str, key: Any) -> list[str]:
    """The names of the rules whose conditions or actions name a row; ``key`` is its number, a template's its key."""
    return [
        rule.name
        for rule in Rule.objects.order_by("order", "id")
        if _is_in_conditions(rule.conditions, kind, key)
        or any(_is_in_action(action, kind, key) for action in rule.actions)
    ]


def sentences_of(row: Model) -> Iterator[str]:
    """What names a row, a sentence each: rules, and promises by their conditions."""
    kind = _MODELS[type(row)]
    key = row.key if isinstance(row, MessageTemplate) else row.pk
    for name in uses_of(kind, key):
        yield _("The rule “%(name)s” names it: change that rule first.") % {"name": name}
    for policy in PromisePolicy.objects.all():
        if _is_in_conditions(policy.conditions, kind, key):
            yield _("The promise “%(name)s” names it: change that promise first.") % {"name": policy.name}


def _is_in_conditions(tree: Mapping[str, Any], kind: str, key: Any) -> bool:
    if kind not in FieldType:
        return False
    try:
        return key in references_in(tree).get(FieldType(kind), ())
    except (KeyError, TypeError, AttributeError):  # a tree of an older version, which cannot be used any more
        return False


def _is_in_action(action: Mapping[str, Any], kind: str, key: Any) -> bool:
    declared = ACTIONS.get(str(action.get("action")))
    raw = action.get("inputs") or {}
    if declared is None:
        return False
    return any(_kind_of(entry) == kind and str(raw.get(entry.name)) == str(key) for entry in declared.inputs_for(raw))


def _kind_of(entry: Input) -> str:
    if isinstance(entry, PartnerChoice):
        return PARTNER
    return _OFFERED.get(entry.rows, "") if isinstance(entry, Pick) else ""
