"""Events on many tickets at once, by the clock: few statements for hundreds of chains, nobody waited for.

    with changing_many(ticket_ids, actor=actor, now=now) as many:
        for ticket_id in many.locked:
            many.record(ticket_id, "promise_breached", {...})

Tickets that somebody is changing right now are left out (``many.locked`` says whom we have): whoever calls comes back.
They are locked in the order of their numbers, as everywhere. Only what facts do not hold may be changed here; for all
else there is ``journal.changing``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from common.jobs import nudge
from tickets.policies.actor import Actor
from tickets.policies.chain import link
from tickets.policies.partner_events import may_be_told
from tickets.services.partner_events import telling
from tickets.services.unsettled import to_settle

_LOCK = """
SELECT id, event_sequence, event_hash FROM tickets_ticket WHERE id = ANY(%s)
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
_EVENTS = """
INSERT INTO tickets_ticketevent
    (ticket_id, sequence, type, at, actor_kind, actor_id, actor_name, via, data, commitment, hash)
SELECT n.ticket_id, n.sequence, n.type, %s, %s, %s, %s, %s, n.data::jsonb, ''::bytea, n.hash
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::bytea[])
    AS n (ticket_id, sequence, type, data, hash)
"""
_HEADS = """
UPDATE tickets_ticket t SET event_sequence = n.sequence, event_hash = n.hash
FROM unnest(%s::bigint[], %s::int[], %s::bytea[]) AS n (id, sequence, hash) WHERE t.id = n.id
"""
_TO_SETTLE = """
INSERT INTO tickets_eventtosettle (ticket_id, sequence, attempts)
SELECT n.ticket_id, n.sequence, 0 FROM unnest(%s::bigint[], %s::int[]) AS n (ticket_id, sequence)
"""
_DUE = """
UPDATE tickets_ticket t SET next_due_at = n.due_at,
    queue_at = coalesce(n.due_at, t.unanswered_since, t.state_since)
FROM unnest(%s::bigint[], %s::timestamptz[]) AS n (id, due_at) WHERE t.id = n.id
"""


@dataclass(slots=True)
class _Event:
    ticket_id: int
    sequence: int
    type: str
    data: str
    hash: bytes


@dataclass(slots=True)
class Many:
    """A change of many tickets under way. ``locked`` are those it has."""

    actor: Actor
    now: datetime
    _heads: dict[int, tuple[int, bytes]]
    _events: list[_Event] = field(default_factory=list)
    _due: dict[int, datetime | None] = field(default_factory=dict)
    _public: list[_Event] = field(default_factory=list)

    @property
    def locked(self) -> list[int]:
        return list(self._heads)

    def record(self, ticket_id: int, what: str, data: dict[str, Any]) -> None:
        """Append an event to a locked ticket's chain. ``data`` must hold nothing personal. KeyError for another one."""
        sequence, head = self._heads[ticket_id]
        text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)
        hash_ = link(
            head,
            ticket_id=ticket_id,
            sequence=sequence + 1,
            type=what,
            at=self.now,
            actor_kind=self.actor.kind,
            actor_id=self.actor.id,
            actor_name=self.actor.name,
            via=self.actor.via,
            data=json.loads(text),
            commitment=b"",
        )
        self._heads[ticket_id] = sequence + 1, hash_
        event = _Event(ticket_id, sequence + 1, what, text, hash_)
        self._events.append(event)
        if may_be_told(what, data):
            self._public.append(event)

    def set_next_due(self, ticket_id: int, due_at: datetime | None) -> None:
        """Set a locked ticket's earliest deadline, and with it where it stands in the queue."""
        self._due[ticket_id] = due_at

    def finish(self) -> None:
        """Write all of it; ``changing_many`` calls this at the end of its block."""
        with connection.cursor() as cursor:
            if self._events:
                events, actor = self._events, self.actor
                cursor.execute(
                    _EVENTS,
                    [
                        *(self.now, str(actor.kind), actor.id, actor.name, str(actor.via)),
                        [event.ticket_id for event in events],
                        [event.sequence for event in events],
                        [event.type for event in events],
                        [event.data for event in events],
                        [event.hash for event in events],
                    ],
                )
                changed = {event.ticket_id: self._heads[event.ticket_id] for event in events}
                cursor.execute(
                    _HEADS,
                    [
                        list(changed),
                        [sequence for sequence, _hash in changed.values()],
                        [hash_ for _sequence, hash_ in changed.values()],
                    ],
                )
            if self._due:
                cursor.execute(_DUE, [list(self._due), list(self._due.values())])
            if waiting := to_settle(self._events):
                listed = [row.ticket_id for row in waiting], [row.sequence for row in waiting]
                cursor.execute(_TO_SETTLE, listed)
                nudge("events_to_settle")
            if self._public:
                cursor.execute(*telling(self._public))


@contextmanager
def changing_many(ticket_ids: Iterable[int], *, actor: Actor, now: datetime, wait: bool = False) -> Iterator[Many]:
    """Lock those of these tickets that nobody else holds, for events of ``actor`` (see the module).

    With ``wait`` all of them, which is for one ticket at a time: who waits while holding others may wait for ever.
    """
    wanted = sorted(set(ticket_ids))
    if wait and len(wanted) > 1:
        raise ValueError("wait for one ticket at a time")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK.replace(" SKIP LOCKED", "") if wait else _LOCK, [wanted])
            heads = {key: (sequence, bytes(head)) for key, sequence, head in cursor.fetchall()}
        many = Many(actor, now, heads)
        yield many
        many.finish()
