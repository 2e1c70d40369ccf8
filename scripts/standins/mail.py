"""A mail server on loopback: SMTP takes mail for any address, IMAP serves each address's mailbox.

Mail for another process to look at is under ``GET /messages?address=…`` of its HTTP port. Faults are switched on by
methods, or by ``POST /_control/<method>`` with JSON parameters.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import threading
from collections import defaultdict, deque
from collections.abc import Coroutine
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from scripts.standins.imap import ImapMailboxes
from scripts.standins.loopback import HOST, Answer, LoopbackServer, Request, wait_for_signal

PASSWORD = "standin"  # noqa: S105 (opens nothing but this stand-in)
_CUT = "421 4.4.2 Connection dropped"


@dataclass(frozen=True, slots=True)
class Received:
    """One mail in one mailbox: who the envelope was from (empty: nobody, as bounces are) and the raw bytes."""

    envelope_sender: str
    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, EmailMessage, policy=default)


class MailStandIn:
    """Use as a context manager: ``with MailStandIn() as mail: mail.smtp_port, mail.imap_port, mail.messages(…)``.

    Every address has a mailbox; its IMAP and SMTP login is the address itself with ``password``.
    """

    password = PASSWORD

    def __init__(self, *, smtp_port: int = 0, imap_port: int = 0, http_port: int = 0) -> None:
        self.smtp_port, self.imap_port = smtp_port, imap_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._mailboxes = ImapMailboxes(password=PASSWORD)
        self._servers: list[asyncio.Server] = []
        self._received: dict[str, list[Received]] = defaultdict(list)
        self._arrived = threading.Condition()
        self.faults = _SmtpFaults()
        self._control = _Control(self, port=http_port)

    @property
    def url(self) -> str:
        """Address of the HTTP port."""
        return self._control.url

    def __enter__(self) -> Self:
        self._thread.start()
        smtp, imap = self._run(self._listen())
        self.smtp_port, self.imap_port = smtp, imap
        self._control.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._control.stop()
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    # ------------------------------------------------------------ mailboxes

    def received(self, address: str) -> list[Received]:
        """All that an address ever got, oldest first, whatever an IMAP client did with it since."""
        with self._arrived:
            return list(self._received[address.lower()])

    def messages(self, address: str) -> list[EmailMessage]:
        """The same, parsed."""
        return [received.message for received in self.received(address)]

    def addresses(self) -> list[str]:
        """Every address that got mail."""
        with self._arrived:
            return sorted(address for address, received in self._received.items() if received)

    def wait_for(self, address: str, *, count: int = 1, seconds: float = 10) -> list[EmailMessage]:
        """The mails of an address once there are ``count``. Raises TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self._received[address.lower()]) >= count, seconds):
                raise TimeoutError(f"{address} has {len(self._received[address.lower()])} mails, not {count}.")
        return self.messages(address)

    def deliver(self, address: str, raw: bytes, *, envelope_sender: str = "") -> None:
        """Put a mail into a mailbox without SMTP."""
        self._run(self.put(address, raw, envelope_sender))

    # ------------------------------------------------------------ faults

    def refuse_recipient(self, address: str, code: int = 550, text: str = "5.1.1 No such user") -> None:
        """Answer RCPT for this address with a code: 4xx for now, 5xx for good, 250 to take its mail again."""
        self.faults.recipients[address.lower()] = f"{code} {text}"

    def fail_data(self, code: int = 451, text: str = "4.3.0 Try again later", times: int = 1) -> None:
        """Answer the next mails with a code after their content; nothing of them is taken."""
        self.faults.data.extend([(f"{code} {text}", False)] * times)

    def drop_after_data(self, times: int = 1, *, taken: bool = True) -> None:
        """Cut the connection after the next mails' content, before the reply: the sender is in doubt."""
        self.faults.data.extend([(_CUT, taken)] * times)

    def refuse_logins(self, *, refuse: bool = True) -> None:
        """Refuse IMAP and SMTP logins from now on, or let them in again."""
        self._mailboxes.refuses_logins = refuse

    def drop_imap_connections(self) -> None:
        """Cut every open IMAP connection."""
        self._run(self._mailboxes.drop_connections())

    # ------------------------------------------------------------ inside the event loop

    def _run[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> tuple[int, int]:
        smtp = await self._loop.create_server(self._smtp_connection, HOST, self.smtp_port)
        imap = await self._mailboxes.serve(self.imap_port)
        self._servers = [smtp, imap]
        return smtp.sockets[0].getsockname()[1], imap.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        await self._mailboxes.drop_connections()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _smtp_connection(self) -> SMTP:
        return SMTP(
            _SmtpHandler(self),
            hostname="mail.standin.example",
            ident="Clearway mail stand-in",
            enable_SMTPUTF8=True,
            authenticator=self._check_login,
            auth_require_tls=False,
            loop=self._loop,
        )

    def _check_login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=right and not self._mailboxes.refuses_logins, handled=False)

    async def put(self, address: str, raw: bytes, envelope_sender: str) -> None:
        # A delivering server puts these on top (RFC 5321, 4.4; Delivered-To by custom).
        trace = f"Return-Path: <{envelope_sender}>\r\nDelivered-To: {address}\r\n".encode()
        received = Received(envelope_sender, address.lower(), trace + raw)
        await self._mailboxes.append(received.recipient, received.raw)
        with self._arrived:
            self._received[received.recipient].append(received)
            self._arrived.notify_all()


class _SmtpFaults:
    """What goes wrong: replies to recipients, and to the content of the next mails (reply, whether it was taken)."""

    def __init__(self) -> None:
        self.recipients: dict[str, str] = {}
        self.data: deque[tuple[str, bool]] = deque()


class _SmtpHandler:
    """What aiosmtpd asks of one connection."""

    def __init__(self, mail: MailStandIn) -> None:
        self._mail = mail

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self._mail.faults.recipients.get(address.lower(), "250 OK")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        faults = self._mail.faults.data
        reply, taken = faults.popleft() if faults else ("250 OK: taken", True)
        if taken:
            content = envelope.content or b""
            raw = content.encode() if isinstance(content, str) else content
            sender = (envelope.mail_from or "").strip("<>")
            for address in envelope.rcpt_tos:
                await self._mail.put(address, raw, sender)
        if reply == _CUT and server.transport is not None:
            server.transport.close()
        return reply


class _Control(LoopbackServer):
    """The HTTP port, for tests and drivers in another process."""

    _FAULTS = frozenset({"refuse_recipient", "fail_data", "drop_after_data", "refuse_logins", "drop_imap_connections"})

    def __init__(self, mail: MailStandIn, *, port: int) -> None:
        super().__init__(port=port)
        self._mail = mail

    def answer(self, request: Request) -> Answer:
        if request.path == "/addresses":
            return Answer(self._mail.addresses())
        if request.path == "/messages":
            return Answer([_shown(received) for received in self._mail.received(request.parameters["address"])])
        fault = request.path.removeprefix("/_control/")
        if request.method == "POST" and fault in self._FAULTS:
            getattr(self._mail, fault)(**request.parameters)
            return Answer({"ok": True})
        return Answer({"ok": False}, status=404)


def _shown(received: Received) -> dict[str, Any]:
    message = received.message
    body = message.get_body(("plain", "html"))
    return {
        "envelope_sender": received.envelope_sender,
        "headers": {name: str(value) for name, value in message.items()},
        "text": body.get_content() if body is not None else "",
        "raw": base64.b64encode(received.raw).decode(),
    }


def main() -> None:
    """Serve until a signal comes; the first line printed names the ports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smtp-port", type=int, default=0)
    parser.add_argument("--imap-port", type=int, default=0)
    parser.add_argument("--http-port", type=int, default=0)
    options = parser.parse_args()
    with MailStandIn(smtp_port=options.smtp_port, imap_port=options.imap_port, http_port=options.http_port) as mail:
        print(f"smtp {mail.smtp_port} imap {mail.imap_port} {mail.url}", flush=True)
        wait_for_signal()


if __name__ == "__main__":
    main()
