"""The rules Clearway comes with. Supervisors change them or switch them off; what they changed stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from knowledge_base.models.checklist import PaperType
from tickets.choices import HoursOf, Kind, Priority, RuleTrigger, Target
from tickets.models import EscalationPolicy, Rule, RuleVersion
from tickets.policies.customs_area import EUROPEAN_UNION
from tickets.policies.word_lists import ANGER
from tickets.services.rules.saving import content_of

CUSTOMS_LADDER, URGENT_LADDER, PARTNER_LADDER, CARRIER_LADDER = "desk", "urgent", "partner", "carrier"
"""The shipped ladders that rules start (``EscalationPolicy.shipped_key``)."""


def _is(field: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": "is", "value": value}


def _priority(value: Priority) -> dict[str, Any]:
    return {"action": "set_priority", "inputs": {"priority": int(value)}}


def _tag(tag: str) -> dict[str, Any]:
    return {"action": "add_tag", "inputs": {"tag": tag}}


def _ladder(key: str) -> dict[str, Any]:
    return {"action": "start_escalation", "inputs": {"ladder": key}}


def _step(way: str, **inputs: Any) -> dict[str, Any]:
    return {"action": "transition", "inputs": {"way": way, **inputs}}


def _letter(template: str) -> dict[str, Any]:
    return {"action": "reply_with_template", "inputs": {"template": template}}


_LESS_THAN_HIGH = {"field": "ticket.priority", "op": "in", "value": [int(Priority.NORMAL), int(Priority.LOW)]}
_COMPLAINTS = [Kind.CLEARANCE, Kind.DELAY, Kind.LOSS, Kind.FAILED_DELIVERY, Kind.PAYMENT, Kind.SAFETY]

RULES: tuple[dict[str, Any], ...] = (
    {
        "shipped_key": "quiet_hours",
        "order": 5,
        "name": _("Quiet hours"),
        "description": _("What we write by ourselves waits for the customer's morning, unless the ticket is urgent."),
        "trigger": RuleTrigger.SENDING,
        "conditions": {"none": [_is("ticket.priority", int(Priority.URGENT))]},
        "actions": [{"action": "hold_between", "inputs": {"from_time": "21:00", "until_time": "08:00"}}],
    },
    {
        "shipped_key": "vip",
        "order": 10,
        "name": _("VIP first"),
        "description": _("A VIP's ticket is of high priority from its first minute."),
        "events": ["opened", "customer_known", "tier_changed"],
        "conditions": {"all": [_is("ticket.tier", "vip"), _LESS_THAN_HIGH]},
        "actions": [_priority(Priority.HIGH)],
    },
    {
        "shipped_key": "repeat",
        "order": 20,
        "name": _("Complains again within seven days"),
        "description": _("A customer who needs us again so soon was not helped the first time."),
        "events": ["opened", "customer_known"],
        "conditions": {
            "all": [
                {"field": "ticket.recent_tickets", "op": "at_least", "value": 1},
                {"field": "ticket.kind", "op": "in", "value": _COMPLAINTS},
                _LESS_THAN_HIGH,
            ]
        },
        "actions": [_tag("repeat"), _priority(Priority.HIGH)],
    },
    {
        "shipped_key": "angry",
        "order": 30,
        "name": _("Angry words"),
        "description": _("A customer who is angry is answered before others."),
        "events": ["message_received"],
        "conditions": {
            "all": [
                _is("message.audience", "customer"),
                {"field": "message.word_hits", "op": "contains", "value": ANGER},
                _LESS_THAN_HIGH,
            ]
        },
        "actions": [_tag("angry"), _priority(Priority.HIGH)],
    },
    {
        "shipped_key": "urgent",
        "order": 40,
        "name": _("Urgent and not acknowledged"),
        "description": _("Whoever is on call is called until somebody says that they have it."),
        "events": ["opened", "priority_changed"],
        "conditions": _is("ticket.priority", int(Priority.URGENT)),
        "actions": [_ladder(URGENT_LADDER)],
    },
    {
        "shipped_key": "customs_without_owner",
        "order": 50,
        "name": _("Customs hold without owner for four hours"),
        "description": _("Storage costs run and the papers' deadline too: somebody has to take it."),
        "trigger": RuleTrigger.TIME,
        "anchor": "opened_at",
        "delay": timedelta(hours=4),
        "hours_of": HoursOf.WALL,
        "conditions": {
            "all": [_is("ticket.kind", Kind.CLEARANCE), {"field": "ticket.assignee", "op": "is_empty"}],
        },
        "actions": [_ladder(CUSTOMS_LADDER)],
    },
    {
        "shipped_key": "eu_return",
        "order": 60,
        "name": _("A return out of the European Union wants customs papers"),
        "description": _("Without its declaration customs tax the goods a second time."),
        "events": ["opened"],
        "conditions": {
            "all": [
                _is("ticket.kind", Kind.RETURN),
                {"field": "ticket.country", "op": "in", "value": sorted(EUROPEAN_UNION)},
            ]
        },
        "actions": [_step("return.request_papers", papers=[PaperType.RETURN_DECLARATION])],
    },
    {
        "shipped_key": "safety",
        "order": 70,
        "name": _("Allergy or injury to legal"),
        "description": _("Nobody but legal says what is answered."),
        "events": ["opened"],
        "conditions": _is("ticket.kind", Kind.SAFETY),
        "actions": [
            _priority(Priority.URGENT),
            _step("safety.hand_to_legal", assessment="A customer reports an injury, an allergy or a threat of suit."),
            _letter("safety_received"),
        ],
    },
    {
        "shipped_key": "payment",
        "order": 80,
        "name": _("Payment failed to finance"),
        "description": _("Finance look at it before anybody asks the customer to pay again."),
        "events": ["opened"],
        "conditions": _is("ticket.kind", Kind.PAYMENT),
        "actions": [
            _step("payment.hand_to_finance", failure="Reported by the customer"),
            _letter("payment_failed"),
        ],
    },
    {
        "shipped_key": "storm",
        "order": 90,
        "name": _("Storm on a lane"),
        "description": _("Whoever has a ticket on the lane hears of it from us first."),
        "events": ["advisory"],
        "actions": [_tag("storm"), _letter("storm_on_lane")],
    },
    {
        "shipped_key": "partner_silent",
        "order": 100,
        "name": _("Partner silent"),
        "description": _("The backup contact is asked, then the partner's supervisor."),
        "events": ["promise_breached"],
        "conditions": _is("event.data.target", Target.PARTNER_ANSWER),
        "actions": [_ladder(PARTNER_LADDER)],
    },
    {
        "shipped_key": "carrier_silent",
        "order": 110,
        "name": _("Carrier silent"),
        "description": _("The carrier's own ladder is climbed, each step released by a person."),
        "events": ["promise_breached"],
        "conditions": _is("event.data.target", Target.CARRIER_ANSWER),
        "actions": [_ladder(CARRIER_LADDER)],
    },
    {
        "shipped_key": "no_scan",
        "order": 120,
        "name": _("No scan for days"),
        "description": _("The carrier is asked where the parcel is, before the customer asks us."),
        "events": ["incident"],
        "conditions": _is("event.data.incident", "stale"),
        "actions": [_tag("no-scan"), _ladder(CARRIER_LADDER)],
    },
)


def ship_rules() -> int:
    """Add the rules that are not there, switched on. Returns how many. The shipped ladders must be there before.

    A shipped rule that somebody deleted comes back: to be rid of one, switch it off.
    """
    there = set(Rule.objects.exclude(shipped_key="").values_list("shipped_key", flat=True))
    missing = [entry for entry in RULES if entry["shipped_key"] not in there]
    if not missing:
        return 0
    ladders = dict(EscalationPolicy.objects.exclude(shipped_key="").values_list("shipped_key", "pk"))
    now = timezone.now()
    for entry in missing:
        actions = [_with_key(one, ladders) for one in entry["actions"]]
        rule = Rule(**{**entry, "actions": actions}, is_active=True, updated_at=now)
        if rule.trigger == RuleTrigger.TIME:
            rule.checked_to = now
        rule.save()
        RuleVersion.objects.create(rule=rule, number=1, content=content_of(rule), made_at=now)
    return len(missing)


def _with_key(entry: dict[str, Any], ladders: dict[str, int]) -> dict[str, Any]:
    """An action with the key of this database's ladder in place of its name."""
    inputs = dict(entry["inputs"])
    if "ladder" in inputs:
        inputs["ladder"] = ladders[inputs["ladder"]]
    return {**entry, "inputs": inputs}
