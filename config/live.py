"""Live changes: one reader of new events in this process, which tells every page that listens.

The reader polls and coalesces: a NOTIFY inside each transaction would halve the rate of commits. It holds one database
connection however many pages listen.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.models import Max

from tickets.choices import PREFIXES, Kind
from tickets.models import TicketEvent

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
LATE_SECONDS = 15.0
"""A row's id is taken before its transaction commits: rows this young may still appear below the highest id seen."""
BATCH = 500
BACKLOG = 200
"""Changes kept for a page that does not read; beyond them it is told to load anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """One event of a ticket, as pages hear of it."""

    event: int
    ticket: int
    reference: str
    type: str
    kind: str


class Reader:
    """Finds events that were committed since the last look, each once."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._floor: int | None = None
        self._seen: dict[int, float] = {}

    def new_changes(self) -> list[Change]:
        """The changes since the last call, oldest first; the first call only finds out where to begin."""
        now = self._clock()
        if self._floor is None:
            self._floor = TicketEvent.objects.aggregate(last=Max("id"))["last"] or 0
            return []
        rows = (
            TicketEvent.objects.filter(id__gt=self._floor)
            .exclude(id__in=list(self._seen))
            .order_by("id")
            .values_list("id", "ticket_id", "type", "ticket__kind")[:BATCH]
        )
        changes = [
            Change(event=event, ticket=ticket, reference=f"{PREFIXES[kind]}-{ticket}", type=type_, kind=kind)
            for event, ticket, type_, kind in rows
        ]
        self._seen.update((change.event, now) for change in changes)
        self._raise_floor(now)
        return changes

    def _raise_floor(self, now: float) -> None:
        settled = [event for event, at in self._seen.items() if now - at > LATE_SECONDS]
        if settled and self._floor is not None:
            self._floor = max(self._floor, *settled)
            self._seen = {event: at for event, at in self._seen.items() if event > self._floor}


class Listener:
    """One page that listens: to one ticket, or to all that its reader may see."""

    def __init__(self, *, ticket: int | None, sees_safety: bool) -> None:
        self._ticket = ticket
        self._sees_safety = sees_safety
        self._changes: asyncio.Queue[Change] = asyncio.Queue(BACKLOG)
        self._overrun = False

    def offer(self, changes: Sequence[Change]) -> None:
        """Hand over what concerns this page; never waits for it."""
        for change in changes:
            if self._ticket not in (None, change.ticket) or (change.kind == Kind.SAFETY and not self._sees_safety):
                continue
            try:
                self._changes.put_nowait(change)
            except asyncio.QueueFull:
                self._overrun = True

    async def next(self, *, seconds: float) -> Change | None:
        """The next change; None when there is none within `seconds`. Raises Overrun when some were lost."""
        if self._overrun:
            raise Overrun
        try:
            return await asyncio.wait_for(self._changes.get(), seconds)
        except TimeoutError:
            return None


class Overrun(Exception):
    """A page read too slowly and has to load anew."""


class Notifier:
    """The reader's thread and the listeners it tells."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to read in a thread of its own; listeners are told in `loop`."""
        self._thread = threading.Thread(target=self._read, args=(loop,), name="live changes", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    @contextlib.contextmanager
    def listening(self, listener: Listener) -> Iterator[Listener]:
        """Tell `listener` of changes as long as the context lasts."""
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        reader = Reader()
        complained = False
        while not self._stop.is_set():
            try:
                changes = reader.new_changes()
                complained = False
            except DatabaseError as error:
                if not complained:
                    logger.error("live changes wait for the database: %s", error)
                complained = True
                connection.close()
            else:
                if changes and not loop.is_closed():
                    loop.call_soon_threadsafe(self._tell, changes)
            self._stop.wait(POLL_SECONDS)
        connection.close()

    def _tell(self, changes: list[Change]) -> None:
        for listener in self._listeners:
            listener.offer(changes)
