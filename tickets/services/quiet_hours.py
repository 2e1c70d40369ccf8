"""Which messages wait for their reader's morning: what the rules of the trigger "before a message goes out" say.

A message that a person wrote goes at once. One that we write by ourselves waits while a switched-on rule with the
action ``hold_between`` fits its ticket and it is quiet where the customer is. Where nothing tells us their zone,
nothing is held: a guess would wake as many as it spares. The word that nobody is at work now goes at once as well
(``write_to_customer(at_once=True)``): it answers a message of a moment ago, so its reader is awake.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from common.revisions import RULES, Kept
from tickets.choices import Audience, Priority, RuleTrigger
from tickets.models import Rule, RuleSwitch, Ticket, TicketFacts
from tickets.policies import quiet_hours
from tickets.policies.conditions import matches
from tickets.policies.fields import facts_values
from tickets.services.readers import zone_of

_SHARED = tuple(
    {field.attname for field in TicketFacts._meta.concrete_fields}
    & {field.attname for field in Ticket._meta.concrete_fields} - {"id"}
)


@dataclass(frozen=True, slots=True)
class Hold:
    """One rule's quiet hours, and for which tickets."""

    conditions: Any
    start: time
    end: time


def _load() -> tuple[Hold, ...]:
    if RuleSwitch.objects.filter(is_on=False).exists():
        return ()
    rules = Rule.objects.filter(trigger=RuleTrigger.SENDING, is_active=True).order_by("order", "id")
    return tuple(hold for rule in rules if (hold := _hold_of(rule)) is not None)


def _hold_of(rule: Rule) -> Hold | None:
    for entry in rule.actions:
        inputs = entry.get("inputs", {})
        if entry.get("action") == "hold_between":
            start, end = (time.fromisoformat(inputs[name]) for name in ("from_time", "until_time"))
            return Hold(rule.conditions, start, end) if start != end else None
    return None


_holds = Kept(_load, RULES)


def hold(ticket: Ticket, *, audience: str, now: datetime) -> datetime | None:
    """Until when an automatic message of this ticket waits; None when it may go now."""
    if audience != Audience.CUSTOMER:
        return None
    holds = _holds.get()
    zone = zone_of(ticket) if holds else None
    if zone is None:
        return None
    values = facts_values(_facts(ticket), at=now, opened_at=ticket.opened_at)
    return _latest(holds, values, zone=zone, now=now)


def held_until(*, zone: ZoneInfo, urgent: bool, now: datetime) -> datetime | None:
    """Until when an automatic message to somebody in this zone waits, for a ticket of which only this is known."""
    priority = Priority.URGENT if urgent else Priority.NORMAL
    ticket = Ticket(kind="inquiry", state="new", priority=priority, opened_at=now)
    values = facts_values(_facts(ticket), at=now, opened_at=now)
    return _latest(_holds.get(), values, zone=zone, now=now)


def _latest(holds: tuple[Hold, ...], values: dict[str, Any], *, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The end of the quiet hours that last longest."""
    ends = [
        end
        for one in holds
        if matches(one.conditions, values)
        and (end := quiet_hours.held_until(zone=zone, now=now, start=one.start, end=one.end)) is not None
    ]
    return max(ends, default=None)


def _facts(ticket: Ticket) -> dict[str, Any]:
    """The ticket's facts as they stand, also those of a change that is not written yet."""
    facts = {name: getattr(ticket, name) for name in _SHARED}
    facts["ticket_id"] = ticket.pk
    facts["tier"] = ticket.customer.tier if ticket.customer else ""
    facts["carrier_id"] = ticket.shipment.carrier_id if ticket.shipment else None
    facts["is_unanswered"] = ticket.unanswered_since is not None
    facts["is_snoozed"] = ticket.snoozed_until is not None
    return facts
