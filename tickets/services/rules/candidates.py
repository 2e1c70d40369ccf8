"""The moments of the past at which a rule would have been asked.

Each occasion is a list of keys: a rule that holds at the first, or later at one where facts changed while its time was
still over, runs once. All queries read by index or through the period alone, newest first, and stream.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from common.services.calendars import hours_of
from tickets.choices import ENDED_PHASES, OPEN_PHASES, ActorKind, Direction, HoursOf, RuleTrigger
from tickets.models import Message, Rule, RuleRun, Team, TicketEvent
from tickets.services.rules.statement import Key, columns

type Occasion = list[Key]

CHUNK = 2_000

_OPENED = """
SELECT t.id, t.opened_at, NULL::timestamptz, t.team_id FROM tickets_ticket t
WHERE t.opened_at >= %(low)s AND t.opened_at < %(now)s ORDER BY t.opened_at DESC, t.id
"""
_BEGAN = """
SELECT f.ticket_id, f.valid_from,
    (SELECT min(n.valid_from) FROM tickets_ticketfacts n
     WHERE n.ticket_id = f.ticket_id AND n.valid_from > f.valid_from AND NOT ({same})), f.team_id
FROM tickets_ticketfacts f
LEFT JOIN LATERAL (
    SELECT * FROM tickets_ticketfacts WHERE ticket_id = f.ticket_id AND valid_from < f.valid_from
    ORDER BY valid_from DESC LIMIT 1
) p ON true
WHERE f.valid_from >= %(low)s AND f.valid_from < %(now)s AND {began} ORDER BY f.valid_from DESC, f.ticket_id
"""
_MESSAGE = """
SELECT m.ticket_id, m.created_at,
    (SELECT min(n.created_at) FROM tickets_message n
     WHERE n.ticket_id = m.ticket_id AND n.created_at > m.created_at AND n.direction <> 'note'), t.team_id
FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id
WHERE m.created_at >= %(low)s AND m.created_at < %(now)s AND m.direction <> 'note'
ORDER BY m.created_at DESC, m.ticket_id
"""
_SCAN = """
SELECT t.id, s.at,
    (SELECT min(n.at) FROM logistics_trackingevent n WHERE n.shipment_id = s.shipment_id AND n.at > s.at), t.team_id
FROM logistics_trackingevent s JOIN tickets_ticket t ON t.shipment_id = s.shipment_id
WHERE s.at >= %(low)s AND s.at < %(now)s AND s.status <> 'delivered' ORDER BY s.at DESC, t.id
"""
_ENDED = ", ".join(f"'{phase}'" for phase in ENDED_PHASES)
_ANCHORS = {
    "opened_at": _OPENED,
    "state_since": _BEGAN.format(same="n.state = f.state", began="p.state IS DISTINCT FROM f.state"),
    "unanswered_since": _BEGAN.format(
        same="n.is_unanswered", began="f.is_unanswered AND coalesce(NOT p.is_unanswered, true)"
    ),
    "resolved_at": _BEGAN.format(
        same=f"n.phase IN ({_ENDED})",
        began=f"f.phase IN ({_ENDED}) AND coalesce(p.phase NOT IN ({_ENDED}), true)",
    ),
    "last_message_at": _MESSAGE,
    "last_scan_at": _SCAN,
}
"""When each anchor of time rules was set, until when it stayed (empty: still), and the ticket's team."""

_CHANGES = """
SELECT k.place, f.valid_from FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[])
    WITH ORDINALITY AS k(ticket_id, due, until, place)
JOIN tickets_ticketfacts f ON f.ticket_id = k.ticket_id AND f.valid_from > k.due AND f.valid_from < k.until
ORDER BY k.place, f.valid_from
"""
_STOOD_OPEN = """
SELECT ticket_id FROM tickets_ticketfacts
WHERE valid_from <= %s AND (valid_to > %s OR valid_to IS NULL) AND phase = ANY(%s) ORDER BY ticket_id
"""


def occasions(rule: Rule, *, since: datetime, now: datetime) -> Iterator[Sequence[Occasion]]:
    """The occasions of a period, in batches. Must run inside a transaction: the rows are streamed."""
    ways: dict[str, Callable[[Rule, datetime, datetime], Iterator[Sequence[Occasion]]]] = {
        RuleTrigger.EVENT: _of_events,
        RuleTrigger.SENDING: _of_sendings,
        RuleTrigger.TIME: _of_anchors,
        RuleTrigger.SCHEDULE: _of_slots,
    }
    return ways[rule.trigger](rule, since, now)


def _of_events(rule: Rule, since: datetime, now: datetime) -> Iterator[Sequence[Occasion]]:
    events = TicketEvent.objects.filter(at__gte=since, at__lte=now, type__in=rule.events)
    if rule.pk:  # a rule does not hear what it did itself
        own = RuleRun.objects.filter(pk=OuterRef("actor_id"), rule=rule.pk)
        events = events.exclude(Q(actor_kind=ActorKind.RULE) & Exists(own))
    rows = events.order_by("-at", "-id").values_list("ticket_id", "at", "pk").iterator(chunk_size=CHUNK)
    for chunk in batched(rows, CHUNK):
        yield [[Key(ticket_id, at, pk)] for ticket_id, at, pk in chunk]


def _of_sendings(rule: Rule, since: datetime, now: datetime) -> Iterator[Sequence[Occasion]]:
    sent = Message.objects.filter(
        direction=Direction.OUT, created_at__gte=since, created_at__lte=now, ticket__isnull=False
    )
    rows = sent.order_by("-created_at", "-id").values_list("ticket_id", "created_at", "pk").iterator(chunk_size=CHUNK)
    for chunk in batched(rows, CHUNK):
        yield [[Key(ticket_id, at, None, pk)] for ticket_id, at, pk in chunk]


def _of_anchors(rule: Rule, since: datetime, now: datetime) -> Iterator[Sequence[Occasion]]:
    delay = rule.delay or timedelta(0)
    calendars = _calendars(rule)
    low = min(hours_of(calendar).subtract(since, delay) for calendar in {*calendars.values(), calendars[None]})
    for chunk in _stream(_ANCHORS[rule.anchor], {"low": low, "now": now}):
        due = []
        for ticket_id, starts, ends, team in chunk:
            moment = hours_of(calendars.get(team, calendars[None])).add(starts, delay)
            until = min(ends, now) if ends else now
            if since <= moment < until:
                due.append((ticket_id, moment, until))
        yield _with_later_changes(due)


def _calendars(rule: Rule) -> dict[int | None, int | None]:
    """Team → the calendar that counts for its tickets; None stands for tickets without one, and for other rules."""
    if rule.hours_of == HoursOf.TEAM:
        return {None: None, **dict(Team.objects.values_list("pk", "calendar"))}
    return {None: rule.calendar_id if rule.hours_of == HoursOf.CALENDAR else None}


def _with_later_changes(due: list[tuple[int, datetime, datetime]]) -> list[Occasion]:
    found: list[Occasion] = [[Key(ticket_id, at)] for ticket_id, at, _until in due]
    if due:
        tickets, moments, _events, _messages = columns(Key(ticket_id, at) for ticket_id, at, _until in due)
        ends = columns(Key(ticket_id, until) for ticket_id, _at, until in due)[1]
        with connection.cursor() as cursor:
            cursor.execute(_CHANGES, [tickets, moments, ends])
            for place, at in cursor.fetchall():
                found[place - 1].append(Key(due[place - 1][0], at))
    return found


def _of_slots(rule: Rule, since: datetime, now: datetime) -> Iterator[Sequence[Occasion]]:
    for slot in sorted(slots_between(rule, since, now), reverse=True):
        for chunk in _stream(_STOOD_OPEN, [slot, slot, [str(phase) for phase in OPEN_PHASES]]):
            yield [[Key(ticket_id, slot)] for (ticket_id,) in chunk]


def slots_between(rule: Rule, since: datetime, now: datetime) -> list[datetime]:
    """The set times of a schedule in [since, now)."""
    zone = zoneinfo.ZoneInfo(rule.time_zone or "UTC")
    day, last = since.astimezone(zone).date(), now.astimezone(zone).date()
    slots = []
    while day <= last:
        if not rule.weekdays or day.weekday() in rule.weekdays:
            slots += [datetime.combine(day, at, tzinfo=zone).astimezone(UTC) for at in rule.at_times]
        day += timedelta(days=1)
    return [slot for slot in slots if since <= slot < now]


def _stream(sql: str, params: Any) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """Rows of a query in chunks, by a cursor on the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while chunk := cursor.fetchmany(CHUNK):
            yield tuple(chunk)
