"""Which events have consequences still to come: they are listed with the change that wrote them.

Only what somebody listens to is listed: an active rule, a time rule that looks again when facts change, the search for
an owner of a new ticket, and the word to a customer who writes while nobody is at work. Whoever settles
(``tickets.services.rules.settling``) takes the row away with what followed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from common.revisions import RULES, Kept
from tickets.choices import RuleTrigger
from tickets.models import EventToSettle, Rule

OPENED = "opened"
RECEIVED = "message_received"
CHANGES_FACTS = frozenset(
    {
        "transition",
        "assigned",
        "routed",
        "priority_changed",
        "tags_changed",
        "customer_known",
        "tier_changed",
        "shipment_known",
        "snoozed",
        "woken",
        "no_answer_needed",
        "message_queued",
        "message_received",
    }
)
"""After these a time rule whose time is over may hold that did not hold before."""


def _load() -> frozenset[str]:
    heard = {OPENED, RECEIVED}
    for trigger, events in Rule.objects.filter(is_active=True).values_list("trigger", "events"):
        if trigger == RuleTrigger.EVENT:
            heard |= set(events)
        elif trigger == RuleTrigger.TIME:
            heard |= CHANGES_FACTS
    return frozenset(heard)


class Noted(Protocol):
    """An event that has its number."""

    ticket_id: int
    sequence: int
    type: str


_heard = Kept(_load, RULES)


def to_settle(events: Iterable[Noted]) -> list[EventToSettle]:
    """The rows to insert beside these events (their ticket and sequence must be set)."""
    heard = _heard.get()
    return [
        EventToSettle(ticket_id=event.ticket_id, sequence=event.sequence) for event in events if event.type in heard
    ]
