"""From queued messages to the providers: claim, send, write down what happened.

A claim is committed before the wire is touched and names its end; no row is locked while a provider takes its time.
Whoever sends holds an advisory lock of the database's session, which goes when the process does. A worker that dies
leaves a claim without that lock: whether the message left is then unknown, so it is IN_DOUBT and waits for a person.
Nothing is sent twice in silence.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_integrations import providers
from channels_integrations.choices import AttemptResult
from channels_integrations.contract import Adapter, OutgoingMessage, RecipientUnreachable, Sent
from channels_integrations.models import DeliveryAttempt
from channels_integrations.services.outgoing import refusal_of, to_outgoing
from common.errors import DeliveryError, DomainError
from common.models import Connection
from tickets.choices import MessageStatus
from tickets.models import Message
from tickets.policies.inbound import ReceiptStatus
from tickets.services import delivery_reports

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than the longest sending should take: then its sender counts as dead whatever it holds."""
GRACE = timedelta(seconds=5)
"""A claim younger than this is left alone, lock or not."""
TRIES = 8
_FIRST_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 3600.0
_LONGEST_WISH_SECONDS = 6 * 3600.0

# A message waits for the earlier ones of its conversation, also while they wait for another try; not for those that
# wait for the reader's morning.
_NEXT = """
    SELECT next.id FROM tickets_message AS next
    WHERE next.status = 'queued' AND next.next_attempt_at <= %(now)s
      AND NOT EXISTS (
        SELECT 1 FROM tickets_message AS earlier
        WHERE earlier.conversation_id = next.conversation_id AND earlier.id < next.id
          AND earlier.direction = 'out' AND earlier.status IN ('queued', 'sending')
          AND (earlier.held_until IS NULL OR earlier.held_until <= %(now)s))
    ORDER BY next.next_attempt_at, next.id LIMIT 1"""
# One at a time: several claimed together would all be in doubt when their worker dies.
_CLAIM = f"""
UPDATE tickets_message SET status = 'sending', claimed_until = %(until)s, attempts = attempts + 1
WHERE id = ({_NEXT} FOR UPDATE SKIP LOCKED)
RETURNING id, pg_advisory_lock(hashtextextended('sending ' || id, 0))"""  # noqa: S608 - put together of constants


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker, and no other, may send until ``until``."""

    message: Message
    until: datetime


def is_due(*, now: datetime) -> bool:
    """Whether a message waits to be sent."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, {"now": now})
        return cursor.fetchone() is not None


def deliver_due(*, seconds: float, clock: Callable[[], datetime] = timezone.now) -> int:
    """Send what waits until nothing does or ``seconds`` are over. Returns how many were tried."""
    stop_at = time.monotonic() + seconds
    tried = 0
    while time.monotonic() < stop_at and (claim := claim_next(now=clock())) is not None:
        deliver(claim, clock=clock)
        tried += 1
    return tried


def claim_next(*, now: datetime) -> Claim | None:
    """Claim the message that has waited longest, committed when this returns. None when none is due."""
    until = now + LEASE
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"until": until, "now": now})
        row = cursor.fetchone()
    if row is None:
        return None
    message = Message.objects.select_related(
        "conversation__connection", "conversation__identity", "conversation__ticket", "ticket"
    ).get(pk=row[0])
    return Claim(message, until)


def deliver(claim: Claim, *, clock: Callable[[], datetime] = timezone.now) -> AttemptResult:
    """Send a claimed message and write down what happened. Never raises for what a provider does."""
    message = claim.message
    assert message.conversation is not None
    account = message.conversation.connection
    try:
        return _deliver(claim, account, clock)
    finally:
        _let_go(message.pk)


def _deliver(claim: Claim, account: Connection, clock: Callable[[], datetime]) -> AttemptResult:
    message = claim.message
    started_at, began = clock(), time.monotonic()
    try:
        sent = _send(account, message, now=started_at)
        failure = None
    except DeliveryError as error:
        sent, failure = None, error
    except DomainError as error:
        sent, failure = None, DeliveryError(error.message, permanent=True)
    except DatabaseError:
        raise
    except Exception as error:
        # Whatever it was, it may have come after the provider took the message.
        logger.exception("sending message %s failed", message.pk)
        sent, failure = None, DeliveryError(f"{type(error).__name__} in this program", in_doubt=True)
    milliseconds = int((time.monotonic() - began) * 1000)
    return _write_down(
        claim, account, sent=sent, failure=failure, started_at=started_at, milliseconds=milliseconds, now=clock()
    )


def end_leases(*, now: datetime) -> int:
    """Put in doubt what was claimed by workers that no longer live. Returns how many messages that were."""
    rows = Message.objects.filter(status=MessageStatus.SENDING, claimed_until__lt=now + LEASE - GRACE)
    ended = 0
    for message_id, connection_id, claim in rows.values_list("pk", "conversation__connection_id", "claimed_until")[
        :500
    ]:
        detail = _("The program that sent it ended before it could say whether it arrived.")
        with transaction.atomic():
            if claim is None or (claim > now and not _is_free(message_id)):
                continue
            if delivery_reports.in_doubt(message_id=message_id, claim=claim, detail=detail, now=now):
                _add_attempt(message_id, connection_id, AttemptResult.IN_DOUBT, detail, at=now)
                ended += 1
    if ended:
        logger.warning("%d messages are in doubt: their sender ended", ended)
    return ended


def _is_free(message_id: int) -> bool:
    """Whether nobody is sending a message: the lock of a session that has ended is free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('sending ' || %s, 0))", [message_id])
        return bool(cursor.fetchone()[0])


def _let_go(message_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended('sending ' || %s, 0))", [message_id])


def pause_before(attempt: int, *, wish: float | None = None) -> timedelta:
    """How long to wait after a failed try, numbered from 1: doubling, with jitter, and never less than asked for."""
    seconds = min(_FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), _LONGEST_PAUSE_SECONDS)
    seconds *= random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, keeps no secret
    return timedelta(seconds=max(seconds, min(wish or 0.0, _LONGEST_WISH_SECONDS)))


def _send(account: Connection, message: Message, *, now: datetime) -> Sent:
    if not account.is_active:
        raise DeliveryError(_("“%(name)s” is switched off.") % {"name": account})
    if refusal := refusal_of(message):
        raise DeliveryError(refusal, permanent=True)
    adapter = providers.get(account.provider)
    if not adapter.capabilities.sends:
        raise DeliveryError(_("Nothing can be sent through “%(name)s”.") % {"name": account}, permanent=True)
    outgoing = to_outgoing(message)
    _note_external_id(adapter, account, message, outgoing)
    _PACE.wait(account.pk, adapter.capabilities.per_second)
    return adapter.send(account, outgoing)


def _note_external_id(adapter: Adapter, account: Connection, message: Message, outgoing: OutgoingMessage) -> None:
    """An id that we choose is known before the message leaves: the answer may be quicker than our own result."""
    external_id = adapter.external_id(account, outgoing)
    if external_id and message.external_id != external_id:
        Message.objects.filter(pk=message.pk).update(external_id=external_id, connection=account)


def _write_down(
    claim: Claim,
    account: Connection,
    *,
    sent: Sent | None,
    failure: DeliveryError | None,
    started_at: datetime,
    milliseconds: int,
    now: datetime,
) -> AttemptResult:
    message_id = claim.message.pk
    with transaction.atomic():
        if sent is not None:
            result, detail = AttemptResult.ACCEPTED, sent.detail
            status = MessageStatus.SENT if sent.status == ReceiptStatus.SENT else MessageStatus.DELIVERED
            delivery_reports.sent(message_id=message_id, external_id=sent.external_id, now=now, status=status)
        else:
            assert failure is not None
            detail = failure.message
            result = _settle(claim, failure, now=now)
        _add_attempt(message_id, account.pk, result, detail, at=started_at, milliseconds=milliseconds)
        _note_health(
            account, ok=sent is not None, detail=detail, permanent=bool(failure and failure.permanent), now=now
        )
    return result


def _settle(claim: Claim, failure: DeliveryError, *, now: datetime) -> AttemptResult:
    message_id, attempt = claim.message.pk, claim.message.attempts
    if failure.in_doubt:
        delivery_reports.in_doubt(message_id=message_id, claim=claim.until, detail=failure.message, now=now)
        return AttemptResult.IN_DOUBT
    if failure.permanent or attempt >= TRIES:
        unreachable = isinstance(failure, RecipientUnreachable)
        delivery_reports.failed(
            message_id=message_id, claim=claim.until, detail=failure.message, now=now, unreachable=unreachable
        )
        return AttemptResult.REFUSED
    # Only while the claim is ours: a lease that ended meanwhile has put the message into a person's hands.
    Message.objects.filter(pk=message_id, status=MessageStatus.SENDING, claimed_until=claim.until).update(
        status=MessageStatus.QUEUED,
        claimed_until=None,
        next_attempt_at=now + pause_before(attempt, wish=failure.retry_after),
        failure=failure.message[:1_000],
    )
    return AttemptResult.TRY_AGAIN


def _add_attempt(
    message_id: int, connection_id: int, result: AttemptResult, detail: str, *, at: datetime, milliseconds: int = 0
) -> None:
    last = DeliveryAttempt.objects.filter(message_id=message_id).aggregate(last=Max("number"))["last"] or 0
    DeliveryAttempt.objects.create(
        message_id=message_id,
        connection_id=connection_id,
        number=last + 1,
        started_at=at,
        milliseconds=milliseconds,
        result=result,
        detail=detail.replace("\x00", "")[:1_000],
    )


def _note_health(account: Connection, *, ok: bool, detail: str, permanent: bool, now: datetime) -> None:
    """Let the connection's page show how it does. A recipient who does not exist says nothing about it."""
    row = Connection.objects.filter(pk=account.pk)
    if ok:
        if (
            account.last_success_at is None
            or account.last_error
            or now - account.last_success_at > timedelta(minutes=1)
        ):
            row.update(last_success_at=now, last_error="")
    elif not permanent:
        row.update(last_error=detail[:1_000], last_error_at=now)


class _Pace:
    """Keeps requests to one account apart, within this process."""

    def __init__(self) -> None:
        self._next: dict[int, float] = {}
        self._lock = threading.Lock()

    def wait(self, account_id: int, per_second: float) -> None:
        if per_second <= 0:
            return
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next.get(account_id, 0.0))
            self._next[account_id] = at + 1 / per_second
        time.sleep(at - now)


_PACE = _Pace()
