"""Fetching mail by IMAP (RFC 3501, IDLE of RFC 2177): each mail is stored before anything at the server is touched.

How far we read is the mailbox's own UID, kept in ``Connection.cursor`` with its UIDVALIDITY. A crash between storing
and remembering reads some mails again, and the unique key of the stored event makes nothing of it.
"""

from __future__ import annotations

import imaplib
import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.utils import timezone
from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox

from channels_integrations.email.envelope import envelope_of
from channels_integrations.services.storing import Incoming, incoming, store_events
from common import addresses
from common.errors import DomainError
from common.models import Connection

logger = logging.getLogger(__name__)

SECONDS = 60.0
IDLE_SECONDS = 60
"""Well below the 29 minutes after which RFC 2177 wants IDLE renewed; also how often we look without being told."""
BUSY_SECONDS = 1
LARGEST_MAIL = 50 * 2**20
_HEAD_OF_LARGE = 2**20
_BATCH = 20
_BATCH_BYTES = 20 * 2**20
_ASKED_AT_ONCE = 200
_BACK = timedelta(days=3)
_STOP_LOOK_SECONDS = 1.0
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")


class MailboxFailed(DomainError):
    """The mailbox cannot be read now; the sentence says why, without a secret."""

    code = "mailbox_failed"


class Mailbox:
    """One mailbox, open for reading. Use as a context manager; every method raises MailboxFailed."""

    def __init__(self, connection: Connection, *, seconds: float = SECONDS) -> None:
        self.connection = connection
        self.seconds = seconds
        self.folder = connection.setting("folder") or "INBOX"
        self._mailbox: BaseMailBox | None = None
        self._is_busy = True

    def __enter__(self) -> Self:
        self._guarded(self._open)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._mailbox is not None:
            try:
                self._mailbox.client.shutdown()
            except (OSError, imaplib.IMAP4.error):
                logger.debug("the connection of %s was closed already", self.connection.slug)

    def read_new(self, *, now: Callable[[], datetime] = timezone.now) -> int:
        """Store every mail we have not stored yet. Returns how many were new."""
        new = 0
        self._is_busy = False
        while True:
            self._was_told_of_mail()
            seen, stored = self._guarded(lambda: self._read_new(now))
            new += int(stored)
            self._is_busy |= seen > 0
            # What came while we read or looked, the server told us then and will not tell again when we idle.
            if not seen and not self._was_told_of_mail():
                return new

    def wait(self, stop: threading.Event) -> None:
        """Return when there may be new mail, when it is time to look again, or when ``stop`` is set."""
        if "IDLE" not in self._box.client.capabilities:
            stop.wait(_seconds(self.connection.setting("poll_seconds"), default=30))
            self._guarded(self._box.client.noop)
            return
        self._guarded(lambda: self._idle(stop))

    def _was_told_of_mail(self) -> bool:
        """Whether the server has said EXISTS beside its answers since we last asked this."""
        _code, told = self._box.client.response("EXISTS")
        return any(told)

    @property
    def _box(self) -> BaseMailBox:
        if self._mailbox is None:
            raise MailboxFailed("The mailbox is not open.")
        return self._mailbox

    def _guarded(self, work: Callable[[], Any]) -> Any:
        host = self.connection.setting("imap_host")
        try:
            return work()
        except addresses.AddressRefused as error:
            raise MailboxFailed(error.message) from error
        except (ImapToolsError, imaplib.IMAP4.error) as error:
            # What the server says may quote the command, and LOGIN has the password in it.
            raise MailboxFailed(f"The IMAP server {host} refuses: {_reason(error)}.") from None
        except (OSError, ssl.SSLError) as error:
            raise MailboxFailed(f"The IMAP server {host} cannot be reached: {type(error).__name__}.") from error

    # ------------------------------------------------------------ inside the guard

    def _open(self) -> None:
        mailbox = open_mailbox(self.connection, seconds=self.seconds)
        self._mailbox = mailbox
        username = self.connection.setting("username") or self.connection.setting("address")
        if token := self.connection.setting("access_token"):
            mailbox.xoauth2(username, token, initial_folder=None)
        elif not (username + self.connection.setting("password")).isascii():
            mailbox.login_utf8(username, self.connection.setting("password"), initial_folder=None)
        else:
            mailbox.login(username, self.connection.setting("password"), initial_folder=None)
        mailbox.client.capabilities = tuple(_capabilities(mailbox.client))
        mailbox.folder.set(self.folder)

    def _read_new(self, now: Callable[[], datetime]) -> tuple[int, int]:
        """How many mails there were to read, and how many of them were new to us."""
        status = self._box.folder.status(self.folder, ["UIDVALIDITY", "UIDNEXT"])
        validity = int(status["UIDVALIDITY"])
        cursor = self.connection.cursor
        known = int(cursor.get("uidvalidity", 0)) == validity
        last = int(cursor.get("uid", 0)) if known else 0
        if known and int(status["UIDNEXT"]) <= last + 1:
            return 0, 0
        stored = 0
        uids = self._uids_after(last) if known else self._uids_of_unknown_mailbox(cursor)
        for batch in self._batches(uids):
            stored += self._store(batch, now=now())
            if known:
                self._remember(validity, max(batch), now=now())
        if not uids or not known:
            # Only now: were an unknown mailbox remembered half read, its old mail would count as new the next time.
            self._remember(validity, max([int(status["UIDNEXT"]) - 1, last, *uids[-1:]]), now=now())
        return len(uids), stored

    def _uids_after(self, last: int) -> list[int]:
        # “n:*” always names the last mail, however small its number (RFC 3501, 6.4.8).
        return [uid for uid in self._search(f"UID {last + 1}:*") if uid > last]

    def _uids_of_unknown_mailbox(self, cursor: dict[str, Any]) -> list[int]:
        """A mailbox seen for the first time: what nobody has read. One whose numbers changed: what came lately."""
        if not cursor.get("at"):
            return self._search("UNSEEN")
        since = datetime.fromisoformat(str(cursor["at"])).astimezone(UTC) - _BACK
        logger.warning(
            "the numbering of %s changed: its mail since %s is read again", self.connection.slug, since.date()
        )
        months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
        return self._search(f"SINCE {since.day}-{months[since.month - 1]}-{since.year}")

    def _search(self, criteria: str) -> list[int]:
        return sorted(int(uid) for uid in self._box.uids(criteria, charset=None))

    def _batches(self, uids: Sequence[int]) -> Iterator[dict[int, int]]:
        """Mails with their sizes, as many together as are stored in one statement."""
        for start in range(0, len(uids), _ASKED_AT_ONCE):
            part = uids[start : start + _ASKED_AT_ONCE]
            sizes = self._sizes(part)
            batch: dict[int, int] = {}
            for uid in part:
                size = sizes.get(uid, 0)
                if batch and (len(batch) >= _BATCH or sum(batch.values()) + size > _BATCH_BYTES):
                    yield batch
                    batch = {}
                batch[uid] = size
            yield batch

    def _store(self, uids: Mapping[int, int], *, now: datetime) -> int:
        mails: list[Incoming] = []
        for uid, size in uids.items():
            raw = self._fetch(uid, large=size > LARGEST_MAIL)
            if raw:
                mails.extend(incoming([envelope_of(raw)], raw))
        stored = store_events(connection=self.connection, events=mails, now=now)
        if self.connection.setting("mark_seen", "1") != "0":
            self._box.client.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Seen)")
        return stored

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        kind, lines = self._box.client.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
        sizes = {}
        for line in lines if kind == "OK" else []:
            text = line if isinstance(line, bytes) else b""
            uid, size = _UID.search(text), _SIZE.search(text)
            if uid and size:
                sizes[int(uid[1])] = int(size[1])
        return sizes

    def _fetch(self, uid: int, *, large: bool) -> bytes:
        """The mail's bytes, empty when it is gone. Of one beyond all limits the beginning: its text is there."""
        part = f"(UID BODY.PEEK[]<0.{_HEAD_OF_LARGE}>)" if large else "(UID BODY.PEEK[])"
        kind, lines = self._box.client.uid("FETCH", str(uid), part)
        if kind != "OK":
            raise MailboxFailed(f"The IMAP server does not hand out mail {uid}.")
        return next((bytes(line[1]) for line in lines if isinstance(line, tuple)), b"")

    def _remember(self, validity: int, uid: int, *, now: datetime) -> None:
        self.connection.cursor = {"uidvalidity": validity, "uid": uid, "at": now.isoformat()}
        Connection.objects.filter(pk=self.connection.pk).update(cursor=self.connection.cursor)

    def _idle(self, stop: threading.Event) -> None:
        # Not every server tells, when we begin to idle, of a mail that came since we looked. Mails come in swarms, so
        # after one we look again soon.
        until = timezone.now() + timedelta(seconds=BUSY_SECONDS if self._is_busy else IDLE_SECONDS)
        idle = self._box.idle
        idle.start()  # type: ignore[no-untyped-call]
        while not stop.is_set() and timezone.now() < until:
            told = idle.poll(timeout=_STOP_LOOK_SECONDS)
            if any(line.upper().endswith((b"EXISTS", b"RECENT")) for line in told):
                break
            if any(line.upper().startswith(b"* BYE") for line in told):
                raise MailboxFailed("The IMAP server ended the connection.")
            if not told and not _is_alive(self._box.client.sock):
                raise MailboxFailed("The IMAP server ended the connection.")
        idle.stop()  # type: ignore[no-untyped-call]


def open_mailbox(connection: Connection, *, seconds: float = SECONDS) -> BaseMailBox:
    """A connection to the mailbox's server, not yet logged in. Raises AddressRefused, OSError, imaplib's errors."""
    host = connection.setting("imap_host").strip()
    security = connection.setting("imap_security") or "ssl"
    port = int(_seconds(connection.setting("imap_port"), default=993 if security == "ssl" else 143))
    if security == "ssl":
        return _TlsMailbox(host, port, timeout=seconds)
    if security == "starttls":
        return _StartTlsMailbox(host, port, timeout=seconds)
    return _PlainMailbox(host, port, timeout=seconds)


def _capabilities(client: imaplib.IMAP4) -> list[str]:
    """What the server can do once we are logged in; many say less before."""
    kind, lines = client.capability()
    words = b" ".join(line for line in lines if isinstance(line, bytes)).decode("ascii", "replace")
    return words.upper().split() if kind == "OK" else list(client.capabilities)


def _is_alive(link: socket.socket) -> bool:
    """Whether the other side still holds the connection: a closed one is readable and has nothing to read."""
    timeout = link.gettimeout()
    link.settimeout(0)
    try:
        if isinstance(link, ssl.SSLSocket):
            return link.fileno() >= 0
        return link.recv(1, socket.MSG_PEEK) != b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    finally:
        link.settimeout(timeout)


def _reason(error: Exception) -> str:
    if "login" in type(error).__name__.lower() or "AUTHENTICATIONFAILED" in str(error).upper():
        return "the login was not accepted"
    return type(error).__name__


def _seconds(text: str, *, default: float) -> float:
    try:
        return max(1.0, float(text))
    except ValueError:
        return default


class _Plain(imaplib.IMAP4):
    """Connects where we may only."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return addresses.connect(self.host, self.port, timeout=timeout)


class _Tls(imaplib.IMAP4_SSL):
    """The same, with TLS from the start."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        link = addresses.connect(self.host, self.port, timeout=timeout)
        secured: socket.socket = self.ssl_context.wrap_socket(link, server_hostname=self.host)
        return secured


class _PlainMailbox(MailBoxUnencrypted):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Plain(self._host, self._port, timeout=self._timeout)


class _TlsMailbox(MailBox):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Tls(self._host, self._port, ssl_context=ssl.create_default_context(), timeout=self._timeout)


class _StartTlsMailbox(MailBoxStartTls):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = _Plain(self._host, self._port, timeout=self._timeout)
        client.starttls(ssl.create_default_context())
        return client
