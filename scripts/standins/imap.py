"""IMAP mailboxes on loopback, served by pymap with its in-memory backend: any address, one password.

``ImapMailboxes`` lives inside a running event loop; ``scripts.standins.mail`` puts SMTP in front of it.
"""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from typing import Any

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.context import connection_exit
from pymap.exceptions import InvalidAuth
from pymap.imap import IMAPConnection
from pymap.imap.state import ConnectionState
from pymap.parsing.command.select import SearchCommand
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.creds.server import ServerCredentials
from pysasl.identity import ClearIdentity

from scripts.standins.loopback import HOST


class ImapMailboxes:
    """The mailboxes of every address that ever got mail or logged in."""

    def __init__(self, *, password: str) -> None:
        self.refuses_logins = False
        self._config = _Config(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            demo_data=False,
            demo_user="",
            demo_password="",
            host=HOST,
            port=0,
            tls_enabled=False,
            secure_auth=False,
            reject_dnsbl=False,
            invalid_user_sleep=0,
        )
        self._login = _Login(self._config, self, password)
        self._connections: set[asyncio.StreamWriter] = set()

    async def serve(self, port: int) -> asyncio.Server:
        """Listen on a loopback port (0: a free one)."""
        return await asyncio.start_server(self._serve_connection, HOST, port)

    async def append(self, address: str, raw: bytes) -> None:
        """Put a mail into an address's inbox; whoever idles there is told."""
        inbox = await self._mailbox_set(address).get_mailbox("INBOX")
        await inbox.append(AppendMessage(raw, datetime.now(UTC), frozenset()), recent=True)

    async def drop_connections(self) -> None:
        """Cut every connection without a word."""
        for writer in list(self._connections):
            writer.transport.abort()

    def identity(self, address: str) -> Identity:
        """The account of an address, made when it is new."""
        self._mailbox_set(address)
        return Identity(address.lower(), self._login, None, frozenset())

    def _mailbox_set(self, address: str) -> MailboxSet:
        address = address.lower()
        if address not in self._config.set_cache:
            self._login.users_dict[address] = UserMetadata(self._config, address)
            self._config.set_cache[address] = (MailboxSet(), FilterSet())
        return self._config.set_cache[address][0]

    async def _serve_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        whole: Any = _WholeResponses(writer)
        connection = IMAPConnection(self._config.commands, self._config, reader, whole, SocketInfoLocal(writer))
        try:
            async with AsyncExitStack() as stack:
                connection_exit.set(stack)
                stack.enter_context(closing(connection))
                await connection.run(_FreshSearch(self._login, self._config))
        except ConnectionError:
            pass  # the client went, or a test cut the line
        finally:
            self._connections.discard(writer)


class _WholeResponses:
    """A writer that sends a response in one piece.

    pymap writes a line in several pieces, and imap-tools, which polls an idle connection with a timeout of zero,
    takes half a line for the end of the connection.
    """

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    def write(self, piece: bytes) -> None:
        self._pieces.append(bytes(piece))

    def writelines(self, pieces: Sequence[bytes]) -> None:
        self._pieces.extend(bytes(piece) for piece in pieces)

    async def drain(self) -> None:
        self._writer.write(b"".join(self._pieces))
        self._pieces.clear()
        await self._writer.drain()

    def close(self) -> None:
        self._writer.write(b"".join(self._pieces))
        self._writer.close()


class _FreshSearch(ConnectionState):
    """Finds mail that came since the last command too; pymap alone only tells of it after the search."""

    async def do_search(self, cmd: SearchCommand) -> Any:
        await self.session.check_mailbox(self.selected)
        return await super().do_search(cmd)


class _Config(Config):
    """Names all capabilities in the greeting, as the large providers do, so that a client sees IDLE before login."""

    @property
    def initial_capability(self) -> Sequence[bytes]:
        return [*super().initial_capability, *super().login_capability]

    @property
    def login_capability(self) -> Sequence[bytes]:
        return []


class _Login(Login):
    """Lets every address in that gives the one password, unless the stand-in refuses logins just now."""

    def __init__(self, config: Config, mailboxes: ImapMailboxes, password: str) -> None:
        super().__init__(config)
        self._mailboxes = mailboxes
        self._password = password

    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        known = ClearIdentity(credentials.authcid, self._password)
        if self._mailboxes.refuses_logins or not credentials.verify(known):
            raise InvalidAuth
        return self._mailboxes.identity(credentials.authcid)
