"""Keeping every active mailbox read: a thread each, a dead connection made again, a changed one read anew."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection
from django.utils import timezone

from channels_integrations.email.imap import Mailbox, MailboxFailed
from common.models import Connection

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How often the connections themselves are looked at."""
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 300.0


@dataclass(slots=True)
class _Reader:
    thread: threading.Thread
    stop: threading.Event
    fingerprint: tuple[object, ...]


def read_all(stop: threading.Event, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Read the mailboxes until ``stop`` is set. Mailboxes may come, go and change meanwhile."""
    readers: dict[int, _Reader] = {}
    try:
        while not stop.is_set():
            try:
                _look(readers, clock)
            except DatabaseError as error:
                logger.error("the mailboxes cannot be looked up: %s", type(error).__name__)
                connection.close()
            stop.wait(LOOK_SECONDS)
    finally:
        for reader in readers.values():
            reader.stop.set()
        for reader in readers.values():
            reader.thread.join(10)
        connection.close()


def read_mailbox(account: Connection, stop: threading.Event, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Read one mailbox until ``stop`` is set. What fails is tried again, ever more slowly, and shown on its page."""
    pause = _FIRST_PAUSE_SECONDS
    while not stop.is_set():
        try:
            with Mailbox(account) as mailbox:
                logger.info("reading the mailbox %s", account.slug)
                while not stop.is_set():
                    stored = mailbox.read_new(now=clock)
                    _note_success(account, now=clock())
                    pause = _FIRST_PAUSE_SECONDS
                    if not stored:
                        mailbox.wait(stop)
        except (MailboxFailed, DatabaseError) as error:
            sentence = error.message if isinstance(error, MailboxFailed) else type(error).__name__
            logger.warning("the mailbox %s: %s Trying again in %g s.", account.slug, sentence, pause)
            _note_failure(account, sentence, now=clock())
        except Exception as error:
            logger.exception("reading the mailbox %s failed", account.slug)
            _note_failure(account, type(error).__name__, now=clock())
        stop.wait(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
    connection.close()


def to_read() -> list[Connection]:
    """The mailboxes that are active and have an IMAP server."""
    accounts = Connection.objects.filter(provider="email", is_active=True).order_by("pk")
    return [account for account in accounts if account.setting("imap_host").strip()]


def _look(readers: dict[int, _Reader], clock: Callable[[], datetime]) -> None:
    wanted = {account.pk: account for account in to_read()}
    for pk, reader in list(readers.items()):
        account = wanted.get(pk)
        if account is None or _fingerprint(account) != reader.fingerprint or not reader.thread.is_alive():
            reader.stop.set()
            del readers[pk]
    for pk, account in wanted.items():
        if pk not in readers:
            stop = threading.Event()
            thread = threading.Thread(
                target=read_mailbox, args=(account, stop), kwargs={"clock": clock}, name=account.slug, daemon=True
            )
            readers[pk] = _Reader(thread, stop, _fingerprint(account))
            thread.start()


def _fingerprint(account: Connection) -> tuple[object, ...]:
    return (str(account.settings), str(account.credentials), account.slug)


def _note_success(account: Connection, *, now: datetime) -> None:
    Connection.objects.filter(pk=account.pk).update(last_success_at=now, last_error="")


def _note_failure(account: Connection, sentence: str, *, now: datetime) -> None:
    try:
        Connection.objects.filter(pk=account.pk).update(last_error=sentence, last_error_at=now)
    except DatabaseError:
        connection.close()
