"""Logging in with an access token (XOAUTH2), spoken over the wire as Google's and Microsoft's servers do.

Source: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol.
"""

from __future__ import annotations

import asyncio
import base64
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from channels_integrations.email.imap import Mailbox, MailboxFailed
from channels_integrations.email.smtp import send
from channels_integrations.models import InboundEvent
from channels_integrations.services.connecting import verify
from common.errors import DeliveryError
from common.models import Connection
from tests.channels_integrations.email.test_smtp import ANA, outgoing
from tests.tickets.intake.conftest import NOW

DESK, TOKEN = "desk@clearway.example", "ya29.right-token"
RIGHT = f"user={DESK}\1auth=Bearer {TOKEN}\1\1".encode()
REFUSAL = b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'
MAIL = b"From: ana@example.com\r\nSubject: Hello\r\nMessage-ID: <1@example.com>\r\n\r\nWhere is it?\r\n"


class TokenSmtp:
    """An SMTP handler that knows XOAUTH2 alone, and what was said to it."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.after_refusal: list[bytes] = []

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 (aiosmtpd's name)
        if len(args) > 1 and base64.b64decode(args[1]) == RIGHT:
            return AuthResult(success=True)
        said: Any = await server.challenge_auth(REFUSAL)
        self.after_refusal.append(said)
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 2.0.0 taken"


class TokenImap(socketserver.StreamRequestHandler):
    """One IMAP session: XOAUTH2, and one unread mail in INBOX."""

    def handle(self) -> None:
        self._say(b"* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] ready")
        while line := self.rfile.readline().strip():
            tag, _, command = line.partition(b" ")
            self._answer(tag, command.upper())

    def _answer(self, tag: bytes, command: bytes) -> None:
        if command.startswith(b"AUTHENTICATE XOAUTH2"):
            self._authenticate(tag)
            return
        told = {
            b"CAPABILITY": [b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2"],
            b"SELECT": [b"* 1 EXISTS", b"* OK [UIDVALIDITY 7] ids"],
            b"STATUS": [b'* STATUS "INBOX" (UIDVALIDITY 7 UIDNEXT 2)'],
            b"UID SEARCH": [b"* SEARCH 1"],
            b"UID FETCH 1 (UID RFC822.SIZE)": [b"* 1 FETCH (UID 1 RFC822.SIZE %d)" % len(MAIL)],
            b"UID FETCH 1 (UID BODY.PEEK[])": [b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)" % (len(MAIL), MAIL)],
        }
        for begins, lines in told.items():
            if command.startswith(begins):
                for one in lines:
                    self._say(one)
        self._say(tag + b" OK done")

    def _authenticate(self, tag: bytes) -> None:
        self._say(b"+ ")
        if base64.b64decode(self.rfile.readline().strip()) == RIGHT:
            self._say(tag + b" OK Success")
            return
        self._say(b"+ " + base64.b64encode(REFUSAL))
        self.rfile.readline()
        self._say(tag + b" NO [AUTHENTICATIONFAILED] Invalid credentials")

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@pytest.fixture
def smtp() -> Iterator[tuple[TokenSmtp, int]]:
    handler = TokenSmtp()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=0,
        auth_require_tls=False,
        auth_exclude_mechanism=["LOGIN", "PLAIN"],
    )
    # The controller's own start() cannot tell which port it got.
    thread = threading.Thread(target=controller.loop.run_forever, daemon=True)
    thread.start()
    opening = controller.loop.create_server(controller.factory, "127.0.0.1", 0)
    listening = asyncio.run_coroutine_threadsafe(opening, controller.loop).result(10)
    yield handler, listening.sockets[0].getsockname()[1]
    controller.loop.call_soon_threadsafe(listening.close)
    controller.loop.call_soon_threadsafe(controller.loop.stop)
    thread.join(5)


@pytest.fixture
def imap() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), TokenImap) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join(5)


@pytest.fixture
def desk(db: None, smtp: tuple[TokenSmtp, int], imap: int) -> Connection:
    return Connection.objects.create(
        provider="email",
        slug="desk",
        credentials={"access_token": TOKEN},
        settings={
            "address": DESK,
            "imap_host": "127.0.0.1",
            "imap_port": str(imap),
            "imap_security": "plain",
            "smtp_host": "127.0.0.1",
            "smtp_port": str(smtp[1]),
            "smtp_security": "plain",
        },
    )


def test_mail_leaves_through_a_server_that_takes_a_token_alone(smtp: tuple[TokenSmtp, int], desk: Connection) -> None:
    send(desk, outgoing())

    (mail,) = smtp[0].mails
    assert ANA.encode() in mail


def test_expired_token_is_refused_and_the_challenge_answered_with_nothing(
    smtp: tuple[TokenSmtp, int], desk: Connection
) -> None:
    desk.credentials = {"access_token": "expired-token"}

    with pytest.raises(DeliveryError, match="does not let us in") as refused:
        send(desk, outgoing())

    assert smtp[0].after_refusal == [b""]
    assert smtp[0].mails == []
    assert not refused.value.permanent
    assert "expired-token" not in refused.value.message


def test_mailbox_is_read_with_a_token(desk: Connection) -> None:
    with Mailbox(desk) as mailbox:
        assert mailbox.read_new(now=lambda: NOW) == 1

    event = InboundEvent.objects.get()
    assert (event.external_id, bytes(event.raw)) == ("1@example.com", MAIL)


def test_mailbox_with_an_expired_token_says_so_without_it(desk: Connection) -> None:
    desk.credentials = {"access_token": "expired-token"}

    with pytest.raises(MailboxFailed, match="the login was not accepted") as refused, Mailbox(desk):
        pass
    assert "expired-token" not in refused.value.message


def test_check_of_the_connection_logs_in_with_the_token_at_both_servers(desk: Connection) -> None:
    assert verify(desk, now=NOW).detail == "Mail can be read from the folder INBOX. The SMTP server lets us in."
