"""From stored payloads to messages and scans: in each sender's order, several workers side by side, nothing lost.

A worker claims senders by advisory locks that end with its transaction; who finds a sender taken passes on. A payload
that fails undoes its own savepoint alone.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Func, IntegerField, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_integrations import providers
from channels_integrations.choices import EventState, Outcome
from channels_integrations.contract import Parsed, Reachability
from channels_integrations.models import InboundEvent
from common.errors import DomainError, MalformedPayload, PermissionRefused, UnsupportedEvent
from common.jobs import nudge
from common.models import Connection
from logistics.policies.tracking import NormalisedTrack
from logistics.services.tracking import record_track
from tickets.models import Message, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage, InboundReceipt, ReceiptStatus
from tickets.services import delivery_reports, intake

logger = logging.getLogger(__name__)

BATCH = 20
"""Events in one transaction: enough to share its commit, few enough to hold tickets' locks for a moment only."""
_BATCH_BYTES = 8 * 2**20
_WINDOW = 200
_NEW = timedelta(minutes=2)
_LOOKED_AT = 1_000
LONGEST_SECONDS = 60
"""For one payload: what takes longer has failed, and does not hold its worker until that is killed."""
BACKOFF_SECONDS = (2, 5, 15, 30)
"""A sender waits for a payload that fails, 52 seconds at most; after one try more the payload is FAILED."""
_LOCKS = 0x696E_626F  # "inbo": seed of the senders' locks
_SAVE = """
UPDATE channels_integrations_inboundevent AS event
SET state = new.state, outcome = new.outcome, detail = new.detail, message_id = new.message_id,
    attempts = new.attempts, next_attempt_at = new.next_attempt_at, processed_at = new.processed_at
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::smallint[], %s::timestamptz[],
            %s::timestamptz[])
     AS new(id, state, outcome, detail, message_id, attempts, next_attempt_at, processed_at)
WHERE event.id = new.id"""
_REPLAYABLE = (EventState.MALFORMED, EventState.UNSUPPORTED, EventState.FAILED)


class Sender(NamedTuple):
    """Whose events are handled in order."""

    connection_id: int
    sender: str

    @property
    def key(self) -> str:
        return f"{self.connection_id}:{self.sender}"


_WHY = {
    Outcome.DUPLICATE: "This was received before.",
    Outcome.BOUNCE: "It names no message of ours.",
    Outcome.AUTO_REPLY: "A machine wrote it: it opens no ticket and gets no answer.",
    Outcome.IGNORED: "Nobody asks us anything: mail of a list, our own mail, or a code.",
}
"""What to tell of a message that is none for the desk."""


@dataclass(slots=True)
class Handled:
    """What one payload became."""

    outcome: Outcome
    message: Message | None = None
    ticket: Ticket | None = None
    detail: str = ""


def is_due(*, now: datetime) -> bool:
    """Whether an event waits to be handled."""
    return _due(now).exists()


def receive_swarm(*, seconds: float) -> int:
    """As ``receive_due``; when much waits, a second thread works while the first one waits for the database."""
    if _due(timezone.now()).order_by("pk")[BATCH : BATCH + 1].exists():
        with ThreadPoolExecutor(1) as threads:
            beside = threads.submit(_receive_beside, seconds)
            return receive_due(seconds=seconds) + beside.result()
    return receive_due(seconds=seconds)


def _receive_beside(seconds: float) -> int:
    """Work from the other end. Only a main thread can end what takes too long, so this one takes what is new alone."""
    try:
        return receive_due(seconds=seconds, since=timezone.now() - _NEW)
    finally:
        connection.close()


def receive_due(*, seconds: float, clock: Callable[[], datetime] = timezone.now, since: datetime | None = None) -> int:
    """Handle what waits, oldest first, until nothing does or ``seconds`` are over. Returns how many were handled.

    With ``since`` from the newest, and of senders only of whom nothing waits that came before.
    """
    until = time.monotonic() + seconds
    accounts: dict[int, Connection] = {}
    handled = 0
    progress = True
    while progress:
        progress = False
        last = 0
        while window := _window(after=last, now=clock()):
            last = window[-1][0]
            waiting = [Sender(account, sender) for _pk, account, sender in window]
            for senders in _batches(reversed(waiting) if since else waiting):
                done = _receive_batch(senders, now=clock(), accounts=accounts, since=since)
                handled += done
                progress = progress or done > 0
                if time.monotonic() > until:
                    return handled
    return handled


def receive_now(*, event_id: int, now: datetime) -> InboundEvent:
    """Handle one stored event at once, after whatever waits before it of the same sender."""
    with transaction.atomic():
        event = InboundEvent.objects.get(pk=event_id)
        sender = Sender(event.connection_id, event.sender)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [sender.key, _LOCKS])
        waiting = InboundEvent.objects.filter(
            connection_id=sender.connection_id, sender=sender.sender, state=EventState.PENDING, pk__lte=event_id
        )
        accounts: dict[int, Connection] = {}
        handled = list(waiting.order_by("pk"))
        for waits in handled:
            _receive(waits, now=now, accounts=accounts)
        if handled:
            _save(handled)
    event.refresh_from_db()
    return event


def replay(*, event_ids: Iterable[int], actor: Actor, now: datetime) -> int:
    """Handle again what could not be handled. Returns how many wait now. Raises PermissionRefused."""
    if not actor.may("channels_integrations.change_inboundevent"):
        raise PermissionRefused(_("You may not replay events."))
    waiting = InboundEvent.objects.filter(pk__in=list(event_ids), state__in=_REPLAYABLE).update(
        state=EventState.PENDING, outcome="", detail="", attempts=0, next_attempt_at=None, processed_at=None
    )
    if waiting:
        logger.info("%s replays %d inbound events", actor.name or actor.kind, waiting)
        nudge("event_stored")
    return waiting


def understand(account: Connection, parsed: Sequence[Parsed], *, now: datetime) -> Handled:
    """Hand parsed values to the floor that owns them. The last one that became a message names the outcome."""
    handled = Handled(Outcome.IGNORED)
    for value in parsed:
        now_handled = _hand_over(account, value, now=now)
        if handled.message is None or now_handled.message is not None:
            handled = now_handled
    return handled


def _hand_over(account: Connection, value: Parsed, *, now: datetime) -> Handled:
    if isinstance(value, InboundMessage):
        received = intake.receive_message(connection=account, message=value, now=now)
        outcome = Outcome(received.outcome)
        return Handled(outcome, received.message, received.ticket, _WHY.get(outcome, ""))
    if isinstance(value, InboundReceipt):
        message = intake.receive_receipt(connection=account, receipt=value, now=now)
        is_bounce = value.status == ReceiptStatus.FAILED and account.provider == "email"
        detail = value.detail if message else "The message it is about is none of ours."
        return Handled(
            Outcome.BOUNCE if is_bounce else Outcome.RECEIPT, message, message.ticket if message else None, detail[:500]
        )
    if isinstance(value, NormalisedTrack):
        recorded = record_track(source=account.provider, track=value, now=now)
        return Handled(Outcome.TRACKING, detail=recorded.shipment.tracking_number)
    assert isinstance(value, Reachability)
    delivery_reports.set_reachable(connection=account, external_id=value.sender_id, reachable=not value.is_blocked)
    return Handled(Outcome.RECEIPT, detail="blocked" if value.is_blocked else "reachable")


def _due(now: datetime) -> QuerySet[InboundEvent]:
    return InboundEvent.objects.filter(
        Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now), state=EventState.PENDING
    )


def _window(*, after: int, now: datetime) -> list[tuple[int, int, str]]:
    rows = _due(now).filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", "connection_id", "sender")[:_WINDOW])


def _batches(events: Iterable[Sender]) -> Iterable[list[Sender]]:
    """Senders in the order of their oldest event, in lists whose events fill one transaction."""
    counts: dict[Sender, int] = {}
    for sender in events:
        counts[sender] = counts.get(sender, 0) + 1
    batch: list[Sender] = []
    size = 0
    for sender, count in counts.items():
        if batch and size + count > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(sender)
        size += count
    if batch:
        yield batch


class _OneFailed(Exception):
    """An event of a batch that was handled without savepoints failed; nothing of the batch has happened."""


def _receive_batch(
    senders: Sequence[Sender], *, now: datetime, accounts: dict[int, Connection], since: datetime | None = None
) -> int:
    """Handle what the senders sent. Savepoints cost two trips an event, so only a batch that failed has them."""
    try:
        return _receive_together(senders, now=now, accounts=accounts, since=since, careful=False)
    except _OneFailed:
        return _receive_together(senders, now=now, accounts=accounts, since=since, careful=True)


def _receive_together(
    senders: Sequence[Sender],
    *,
    now: datetime,
    accounts: dict[int, Connection],
    since: datetime | None,
    careful: bool,
) -> int:
    with transaction.atomic():
        mine = _claim(senders)
        if not mine:
            return 0
        tried = []
        handled = 0
        waiting: set[Sender] = set()
        for event in _take(mine, now=now, since=since):
            sender = Sender(event.connection_id, event.sender)
            if sender in waiting:
                continue
            tried.append(event)
            if _receive(event, now=now, accounts=accounts, careful=careful):
                handled += 1
            elif sender.sender:
                waiting.add(sender)
        if tried:
            _save(tried)
        return handled


def _take(senders: Sequence[Sender], *, now: datetime, since: datetime | None) -> list[InboundEvent]:
    """The next events of claimed senders, read anew: who held them before may have handled some.

    A sender waits for an event that is to be tried again later; events that nobody is known to have sent have no order.
    """
    whose = Q()
    for sender in senders:
        whose |= Q(connection_id=sender.connection_id, sender=sender.sender)
    pending = InboundEvent.objects.filter(whose, state=EventState.PENDING).order_by("pk")
    size = Func(F("raw"), function="octet_length", output_field=IntegerField())
    taken: list[int] = []
    total = 0
    waiting: set[Sender] = set()
    columns = ("pk", "connection_id", "sender", "next_attempt_at", "received_at", "size")
    rows = pending.annotate(size=size).values_list(*columns)
    for pk, connection_id, name, next_attempt_at, received_at, size_of_one in rows[:_LOOKED_AT]:
        sender = Sender(connection_id, name)
        if since is not None and received_at < since:
            waiting.add(sender)
        elif next_attempt_at is not None and next_attempt_at > now:
            if name:
                waiting.add(sender)
        elif sender not in waiting:
            total += size_of_one
            if taken and (len(taken) >= BATCH or total > _BATCH_BYTES):
                break
            taken.append(pk)
    return list(InboundEvent.objects.filter(pk__in=taken).order_by("pk"))


def _claim(senders: Sequence[Sender]) -> list[Sender]:
    """Those of the senders that nobody else works on, ours until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place FROM unnest(%s::text[]) WITH ORDINALITY AS one(key, place)"
            " WHERE pg_try_advisory_xact_lock(hashtextextended(key, %s))",
            [[sender.key for sender in senders], _LOCKS],
        )
        return [senders[place - 1] for (place,) in cursor.fetchall()]


def _receive(event: InboundEvent, *, now: datetime, accounts: dict[int, Connection], careful: bool = True) -> bool:
    """Handle one event, ``careful`` in a savepoint, else raising _OneFailed. Returns False when it is to be retried."""
    try:
        with transaction.atomic() if careful else nullcontext(), _time_limit():
            account = _account(event.connection_id, accounts)
            adapter = providers.get(account.provider)
            parsed = adapter.parse(account, bytes(event.raw), received_at=event.received_at)
            handled = understand(account, parsed, now=now)
            state = EventState.IGNORED if handled.outcome == Outcome.IGNORED else EventState.DONE
            _finish(event, state, handled, now=now)
    except Exception as error:
        if not careful:
            raise _OneFailed from error
        return _settle_failure(event, error, now=now)
    return True


def _settle_failure(event: InboundEvent, error: Exception, *, now: datetime) -> bool:
    """What becomes of an event whose savepoint was undone. Returns whether it is out of the way."""
    if isinstance(error, MalformedPayload):
        _finish(event, EventState.MALFORMED, Handled(Outcome.MALFORMED, detail=error.message), now=now)
        return True
    if isinstance(error, UnsupportedEvent):
        _finish(event, EventState.UNSUPPORTED, Handled(Outcome.UNSUPPORTED, detail=error.message), now=now)
        return True
    if isinstance(error, (OperationalError, InterfaceError)) and not connection.is_usable():
        raise error  # the database is gone, not the payload wrong: nothing of this batch has happened
    logger.error("event %s failed", event.pk, exc_info=error)
    sentence = error.message if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"
    return _try_later(event, sentence, now=now)


@contextmanager
def _time_limit() -> Iterator[None]:
    """Raise TimeoutError inside the block when it takes too long; possible in a process's main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_signal: object) -> None:
        raise TimeoutError(f"It took longer than {LONGEST_SECONDS} seconds.")

    before, began = signal.signal(signal.SIGALRM, ring), time.monotonic()
    left, _interval = signal.setitimer(signal.ITIMER_REAL, LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:  # the queue's own limit for its task uses the same timer
            signal.setitimer(signal.ITIMER_REAL, max(0.01, left - (time.monotonic() - began)))


def _account(connection_id: int, accounts: dict[int, Connection]) -> Connection:
    if connection_id not in accounts:
        accounts[connection_id] = Connection.objects.get(pk=connection_id)
    return accounts[connection_id]


def _finish(event: InboundEvent, state: EventState, handled: Handled, *, now: datetime) -> None:
    event.state = state
    event.outcome = handled.outcome
    event.detail = handled.detail.replace("\x00", "")[:2_000]
    event.message = handled.message
    event.processed_at = now
    event.next_attempt_at = None


def _try_later(event: InboundEvent, detail: str, *, now: datetime) -> bool:
    """Schedule the next try, or give up. Returns whether the event is out of the way."""
    event.attempts += 1
    event.detail = detail.replace("\x00", "")[:2_000]
    given_up = event.attempts > len(BACKOFF_SECONDS)
    if given_up:
        event.state = EventState.FAILED
        event.next_attempt_at = None
        event.processed_at = now
    else:
        event.next_attempt_at = now + timedelta(seconds=BACKOFF_SECONDS[event.attempts - 1])
    return given_up


def _save(events: Sequence[InboundEvent]) -> None:
    """Write down what became of events, in one statement for the batch."""
    rows = [
        (
            event.pk,
            event.state,
            event.outcome,
            event.detail,
            event.message_id,
            event.attempts,
            event.next_attempt_at,
            event.processed_at,
        )
        for event in events
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [list(column) for column in zip(*rows, strict=True)])
