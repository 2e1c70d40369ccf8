"""Keeping payloads as they came. One statement, so that the answer to a provider waits for one commit and no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import DatabaseError, connection, transaction

from channels_integrations.choices import EventState, Outcome
from channels_integrations.contract import Envelope
from channels_integrations.models import InboundEvent
from common.jobs import nudge
from common.models import Connection

_COLUMNS = "connection_id, external_id, sender, raw, received_at, state, outcome, detail, attempts, processed_at"
_INSERT = f"INSERT INTO channels_integrations_inboundevent ({_COLUMNS}) VALUES %s ON CONFLICT DO NOTHING"  # noqa: S608
_INSERT_VERSION = f"""
INSERT INTO channels_integrations_inboundevent ({_COLUMNS})
SELECT %s, %s, %s, %s, %s, %s, %s, %s, 0, %s::timestamptz
WHERE EXISTS (SELECT FROM channels_integrations_inboundevent
              WHERE connection_id = %s AND external_id = %s AND raw <> %s AND raw <> '')
ON CONFLICT DO NOTHING"""  # noqa: S608 - names of columns alone
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, 0, %s)"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One payload with how it is known; see ``contract.Envelope``."""

    external_id: str
    sender: str
    raw: bytes
    is_claimed: bool = False

    @property
    def version_id(self) -> str:
        """What it is known by when another payload has its id already: the same for the same bytes."""
        return f"{self.external_id[:180]}#{sha256(self.raw).hexdigest()}"


def incoming(envelopes: Iterable[Envelope], body: bytes) -> list[Incoming]:
    """The events of a body that carries one or several."""
    return [
        Incoming(one.external_id, one.sender, body if one.raw is None else one.raw, is_claimed=one.is_claimed)
        for one in envelopes
    ]


def store_events(*, connection: Connection, events: Sequence[Incoming], now: datetime) -> int:
    """Keep payloads until a worker has understood them. Returns how many of them were not known yet."""
    rows = [_row(connection, event, now, EventState.PENDING, "", "", None) for event in events]
    stored = _insert(rows)
    if stored < len(rows):
        stored += sum(_insert_version(connection, event, now) for event in events if event.is_claimed)
    if stored:
        nudge("event_stored")
    return stored


def store_malformed(*, connection: Connection, event: Incoming, detail: str, now: datetime) -> int:
    """Keep a payload that cannot be read at all, for people to look at. Returns 0 when the same one is kept already."""
    return _insert([_row(connection, event, now, EventState.MALFORMED, Outcome.MALFORMED, detail, now)])


def stored_event(connection: Connection, event: Incoming) -> InboundEvent:
    """The row of a payload that ``store_events`` has seen."""
    rows = InboundEvent.objects.select_related("message__ticket").filter(connection=connection)
    version = rows.filter(external_id=event.version_id).first() if event.is_claimed else None
    return version or rows.get(external_id=event.external_id)


def _insert_version(account: Connection, event: Incoming, now: datetime) -> int:
    """Keep a payload whose id another one has. An erased one says nothing any more: then it counts as the same."""
    row = _row(account, replace(event, external_id=event.version_id), now, EventState.PENDING, "", "", None)
    return _execute(_INSERT_VERSION, [*row, account.pk, event.external_id, event.raw])


def _row(account: Connection, event: Incoming, now: datetime, *rest: Any) -> tuple[Any, ...]:
    state, outcome, detail, processed_at = rest
    return (account.pk, event.external_id, event.sender, event.raw, now, state, outcome, detail, processed_at)


def _insert(rows: Sequence[tuple[Any, ...]]) -> int:
    if not rows:
        return 0
    statement = _INSERT % ", ".join([_ROW] * len(rows))
    values = [value for row in rows for value in row]
    if transaction.get_connection().in_atomic_block:
        return _execute(statement, values)
    # Asking whether a kept connection still lives costs as much as the insert: we find out by using it, and a second
    # insert of the same event is none.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _execute(statement, values)
    except DatabaseError:
        if connection.connection is not None and connection.is_usable():
            raise
        connection.close()
        return _execute(statement, values)


def _execute(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
