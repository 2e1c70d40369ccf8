"""Why a rule matched: the leaves of its conditions with the values they saw."""

from __future__ import annotations

from typing import Any

from tickets.models import Message, Rule, Ticket, TicketEvent, TicketFacts
from tickets.policies.conditions import changes_between, explain
from tickets.policies.fields import facts_values
from tickets.services.rules.statement import Key


def reasons(rule: Rule, key: Key) -> list[dict[str, Any]]:
    """Each leaf that was looked at: ``{"leaf", "holds", "seen"}``, in reading order; for a run's ``why``."""
    if not rule.conditions:
        return []
    facts = TicketFacts.objects.filter(ticket_id=key.ticket_id, valid_from__lte=key.at).order_by("-valid_from").first()
    if facts is None:
        return []
    event = TicketEvent.objects.filter(pk=key.event_id).first() if key.event_id else None
    number = key.message_id or (event.data.get("message") if event else None)
    message = (
        Message.objects.select_related("connection").filter(pk=number).first() if isinstance(number, int) else None
    )
    opened_at = Ticket.objects.values_list("opened_at", flat=True).get(pk=key.ticket_id)
    before = None
    if facts.valid_from == key.at:
        earlier = TicketFacts.objects.filter(ticket_id=key.ticket_id, valid_from__lt=facts.valid_from)
        before = earlier.order_by("-valid_from").first()
    values = facts_values(facts, message, event=event, opened_at=opened_at, at=key.at)
    leaves = explain(rule.conditions, values, changed=changes_between(before, facts))
    return [{"leaf": dict(one.leaf), "holds": one.holds, "seen": _plain(one.seen)} for one in leaves]


def _plain(seen: Any) -> Any:
    """A value as JSON keeps it."""
    if seen is None or isinstance(seen, (bool, int, float, str)):
        return seen
    return [_plain(one) for one in seen] if isinstance(seen, (list, tuple)) else str(seen)
