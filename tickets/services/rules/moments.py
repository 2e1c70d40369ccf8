"""What a ticket, its event and its message were like at some moments: the values that conditions are explained with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from tickets.models import Attachment, Message, Rule, Ticket, TicketEvent, TicketFacts
from tickets.policies.conditions import Leaf, Names, changes_between, explain, leaf_sentence, leaf_value_words
from tickets.policies.fields import facts_values
from tickets.services.rules.statement import Key, columns

_FACTS = """
SELECT k.place, f.id, p.id
FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[], %s::bigint[])
    WITH ORDINALITY AS k(ticket_id, at, event_id, message_id, place)
JOIN LATERAL (
    SELECT id, valid_from FROM tickets_ticketfacts WHERE ticket_id = k.ticket_id AND valid_from <= k.at
    ORDER BY valid_from DESC LIMIT 1
) f ON true
LEFT JOIN LATERAL (
    SELECT id FROM tickets_ticketfacts
    WHERE ticket_id = k.ticket_id AND valid_from < f.valid_from AND f.valid_from = k.at
    ORDER BY valid_from DESC LIMIT 1
) p ON true
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What there was at a moment: the values of all fields, and what changed just then."""

    values: dict[str, Any]
    changed: dict[str, tuple[Any, Any]]


def seen_at(keys: Sequence[Key]) -> list[Seen | None]:
    """What was seen at each key, in six queries however many; None where the ticket had no facts yet."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, columns(keys))
        found = {place - 1: (now, before) for place, now, before in cursor.fetchall()}
    facts = TicketFacts.objects.in_bulk([pk for pair in found.values() for pk in pair if pk is not None])
    events = TicketEvent.objects.in_bulk([key.event_id for key in keys if key.event_id is not None])
    spoken = [_message_of(key, events) for key in keys]
    files = Attachment.objects.filter(message=OuterRef("pk"))
    messages = (
        Message.objects.select_related("connection")
        .annotate(has_attachments=Exists(files))
        .in_bulk([pk for pk in spoken if pk is not None])
    )
    opened = dict(Ticket.objects.filter(pk__in={key.ticket_id for key in keys}).values_list("pk", "opened_at"))
    seen: list[Seen | None] = []
    for place, key in enumerate(keys):
        now, before = found.get(place, (None, None))
        if now is None:
            seen.append(None)
            continue
        values = facts_values(
            facts[now],
            messages.get(spoken[place] or 0),
            event=events.get(key.event_id or 0),
            opened_at=opened.get(key.ticket_id),
            at=key.at,
        )
        seen.append(Seen(values, changes_between(facts.get(before) if before else None, facts[now])))
    return seen


def reasons_at(rule: Rule, keys: Sequence[Key], *, names: Names | None = None) -> list[list[dict[str, Any]]]:
    """Why a rule held or did not at each key: a list of ``{"leaf", "holds", "seen", "sentence", "found"}`` each.

    ``seen`` is the value as JSON keeps it; ``sentence`` and ``found`` say leaf and value in the active language.
    """
    return [[_reason(leaf, names) for leaf in _looked(rule, seen)] for seen in seen_at(keys)]


def kept_reasons(rule: Rule, seen: Seen | None) -> list[dict[str, Any]]:
    """The leaves with the values they saw, as a run keeps them: their sentences are made when somebody reads them."""
    return [{"leaf": dict(leaf.leaf), "holds": leaf.holds, "seen": _plain(leaf.seen)} for leaf in _looked(rule, seen)]


def _looked(rule: Rule, seen: Seen | None) -> Sequence[Leaf]:
    return explain(rule.conditions, seen.values, changed=seen.changed) if seen else []


def _reason(looked: Leaf, names: Names | None) -> dict[str, Any]:
    return {
        "leaf": dict(looked.leaf),
        "holds": looked.holds,
        "seen": _plain(looked.seen),
        "sentence": leaf_sentence(looked.leaf, names=names),
        "found": leaf_value_words(looked, names=names),
    }


def _message_of(key: Key, events: dict[Any, TicketEvent]) -> int | None:
    event = events.get(key.event_id)
    number = key.message_id or (event.data.get("message") if event else None)
    return number if isinstance(number, int) else None


def _plain(seen: Any) -> Any:
    if seen is None or isinstance(seen, (bool, int, float, str)):
        return seen
    return [_plain(one) for one in seen] if isinstance(seen, (list, tuple)) else str(seen)
