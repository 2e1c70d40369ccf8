"""What follows from an event: the rules it sets off, time rules that hold now, an owner for a new ticket, and an answer
to whoever writes while nobody is at work.

Events wait as rows (``tickets.services.unsettled``). A row goes in the transaction of what followed from it, so a
worker that dies leaves it there, and of two workers one finds it gone.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from tickets.models import EventToSettle, Rule, TicketEvent
from tickets.services import routing
from tickets.services.routing import out_of_hours
from tickets.services.routing.desk import desk
from tickets.services.rules.compiling import compiled
from tickets.services.rules.moments import Seen
from tickets.services.rules.running import Occasion, occasions_of, run_rules, seen_by
from tickets.services.rules.statement import Key
from tickets.services.rules.timed import look_again
from tickets.services.unsettled import CHANGES_FACTS, OPENED, RECEIVED

logger = logging.getLogger(__name__)

BATCH = 100
MOST_ATTEMPTS = 5

_EVENTS = """
SELECT e.* FROM tickets_ticketevent e
JOIN tickets_eventtosettle w ON w.ticket_id = e.ticket_id AND w.sequence = e.sequence
WHERE w.ticket_id = ANY(%s) ORDER BY e.ticket_id, e.sequence
"""
_TAKE = "DELETE FROM tickets_eventtosettle WHERE ticket_id = %s AND sequence = ANY(%s) RETURNING sequence"
_NOTHING_FOLLOWS = """
DELETE FROM tickets_eventtosettle w USING unnest(%s::bigint[], %s::int[]) AS k(ticket_id, sequence)
WHERE w.ticket_id = k.ticket_id AND w.sequence = k.sequence
"""

Found = list[tuple[Occasion, list[Rule]]]


def settle(*, now: datetime, limit: int = 2_000) -> int:
    """Work off events that wait, the oldest first, about ``limit`` tickets of them. Returns how many tickets."""
    settled = 0
    failed: set[int] = set()
    while settled < limit:
        rows = EventToSettle.objects.exclude(ticket_id__in=failed).order_by("id")
        tickets = list(dict.fromkeys(rows.values_list("ticket_id", flat=True)[:BATCH]))
        if not tickets:
            break
        failed |= _settle_batch(tickets, now=now)
        settled += len(tickets)
    return settled


def _settle_batch(tickets: Sequence[int], *, now: datetime) -> set[int]:
    """Settle what waits of some tickets. Returns those that failed."""
    events = list(TicketEvent.objects.raw(_EVENTS, [list(tickets)]))
    occasions = occasions_of(events)
    found: dict[int, Found] = defaultdict(list)
    for event, rules in zip(events, compiled().of_events(events), strict=True):
        found[event.ticket_id].append((occasions[event.pk], rules))
    after_hours = out_of_hours.written_to(events, now=now)
    finds_owners = bool(desk().teams)
    quiet = {
        ticket_id
        for ticket_id, pairs in found.items()
        if ticket_id not in after_hours
        and not any(rules or (finds_owners and _is_new(occasion)) for occasion, rules in pairs)
    }
    _take_away(event for event in events if event.ticket_id in quiet)
    noisy = {ticket_id: pairs for ticket_id, pairs in found.items() if ticket_id not in quiet}
    setting_off = [(occasion, rules) for pairs in noisy.values() for occasion, rules in pairs if rules]
    seen = seen_by((rule for _, rules in setting_off for rule in rules), (occasion for occasion, _ in setting_off))
    failed = set()
    for ticket_id, pairs in noisy.items():
        try:
            _settle_ticket(ticket_id, pairs, seen, now=now, after_hours=ticket_id in after_hours)
        except Exception:  # one ticket that cannot be settled must not stop the rest
            logger.exception("What follows from the events of ticket %s could not be done", ticket_id)
            failed.add(ticket_id)
            _count_failure(ticket_id)
    changed = {event.ticket_id for event in events if event.type in CHANGES_FACTS} - failed
    look_again(sorted(changed), now=now)
    return failed


def _is_new(occasion: Occasion) -> bool:
    return occasion.event is not None and occasion.event.type == OPENED


@transaction.atomic
def _settle_ticket(
    ticket_id: int, pairs: Found, seen: Mapping[Key, Seen | None], *, now: datetime, after_hours: bool
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [ticket_id, [int(occasion.name) for occasion, _rules in pairs]])
        ours = {str(sequence) for (sequence,) in cursor.fetchall()}
    mine = [(occasion, rules) for occasion, rules in pairs if occasion.name in ours]
    for occasion, rules in mine:
        if rules:
            run_rules(rules, occasion, now=now, seen=seen)
    types = {occasion.event.type for occasion, _rules in mine if occasion.event is not None}
    if OPENED in types and desk().teams:
        routing.route(ticket_id=ticket_id, now=now)
    if after_hours and RECEIVED in types:
        out_of_hours.answer(ticket_id=ticket_id, now=now)


def _take_away(events: Iterable[TicketEvent]) -> None:
    keys = [(event.ticket_id, event.sequence) for event in events]
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_NOTHING_FOLLOWS, [[key[0] for key in keys], [key[1] for key in keys]])


def _count_failure(ticket_id: int) -> None:
    """Try again some times, then give up: the rows go, the log has the reason."""
    rows = EventToSettle.objects.filter(ticket_id=ticket_id)
    rows.update(attempts=F("attempts") + 1)
    given_up = rows.filter(attempts__gte=MOST_ATTEMPTS)
    for sequence in given_up.values_list("sequence", flat=True):
        logger.error("Given up: what follows from event %s/%s", ticket_id, sequence)
    given_up.delete()
