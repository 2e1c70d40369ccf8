"""The small ASGI process that sends live changes to pages as server-sent events.

GET /streams/queue          changes of all tickets the reader may see
GET /streams/tickets/<id>   changes of one ticket

Each is `event: ticket` with `{"ticket", "reference", "type"}`; `event: reload` says that changes were missed and the
page should load anew. The reader is known by the site's session, which is asked again every minute.
Format: the HTML standard, section 9.2 (server-sent events).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from asgiref.sync import sync_to_async  # noqa: E402 - Django is set up first
from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.db import DatabaseError, close_old_connections  # noqa: E402
from django.http.request import split_domain_port, validate_host  # noqa: E402
from django.utils.crypto import constant_time_compare  # noqa: E402

from config.live import Listener, Notifier, Overrun  # noqa: E402
from config.processes import die_with_parent  # noqa: E402
from tickets.models import Ticket  # noqa: E402

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

QUIET_SECONDS = 15.0
"""A comment is sent after so much silence, so that proxies keep the connection and a page that left is noticed."""
TRUST_SECONDS = 60.0
"""How long a session is believed before it is asked again: signing out ends the streams within this time."""
MAX_STREAMS = 2_000
MAX_STREAMS_OF_USER = 30
_PATH = re.compile(r"^/streams/(?:queue|tickets/(?P<ticket>[0-9]{1,18}))$")

notifier = Notifier()
_streams_of: dict[int, int] = {}


class _Refused(Exception):
    """A request that gets no stream."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads a stream."""

    user: int
    sees_safety: bool


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI entrance."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            die_with_parent()
            notifier.start(asyncio.get_running_loop())
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await asyncio.to_thread(notifier.stop)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if scope["path"] == "/healthz":
        await _plain(send, HTTPStatus.OK, [])
        return
    permission: list[tuple[bytes, bytes]] = []
    try:
        permission = _cross_origin(headers, scheme=scope.get("scheme", "http"))
        match = _PATH.match(scope["path"])
        if match is None:
            raise _Refused(HTTPStatus.NOT_FOUND)
        if scope["method"] != "GET":
            raise _Refused(HTTPStatus.METHOD_NOT_ALLOWED)
        ticket = int(match["ticket"]) if match["ticket"] else None
        session = _session_key(headers.get("cookie", ""))
        viewer = await _viewer(session, ticket)
        if sum(_streams_of.values()) >= MAX_STREAMS or _streams_of.get(viewer.user, 0) >= MAX_STREAMS_OF_USER:
            raise _Refused(HTTPStatus.TOO_MANY_REQUESTS)
    except _Refused as refusal:
        await _plain(send, refusal.status, permission)
        return
    _streams_of[viewer.user] = _streams_of.get(viewer.user, 0) + 1
    try:
        await _stream(receive, send, permission, viewer=viewer, ticket=ticket, session=session)
    finally:
        _streams_of[viewer.user] -= 1
        if not _streams_of[viewer.user]:
            del _streams_of[viewer.user]


async def _stream(
    receive: Receive,
    send: Send,
    permission: list[tuple[bytes, bytes]],
    *,
    viewer: Viewer,
    ticket: int | None,
    session: str,
) -> None:
    headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
    headers += [(b"x-accel-buffering", b"no"), (b"x-content-type-options", b"nosniff"), *permission]
    gone = asyncio.create_task(_disconnected(receive))
    with notifier.listening(Listener(ticket=ticket, sees_safety=viewer.sees_safety)) as listener:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await _send(send, "retry: 3000\nevent: open\ndata: {}\n\n")
            trusted_until = time.monotonic() + TRUST_SECONDS
            while not gone.done():
                change = await _next(listener, gone)
                if time.monotonic() > trusted_until:
                    if await _viewer(session, ticket) != viewer:
                        break
                    trusted_until = time.monotonic() + TRUST_SECONDS
                if gone.done():
                    break
                if change is None:
                    await _send(send, ": still here\n\n")
                    continue
                data = {"ticket": change.ticket, "reference": change.reference, "type": change.type}
                await _send(send, f"id: {change.event}\nevent: ticket\ndata: {json.dumps(data)}\n\n")
        except Overrun:
            await _send(send, "event: reload\ndata: {}\n\n")
        except _Refused:
            pass  # signed out, or the ticket may not be read any more: the stream ends
        finally:
            gone.cancel()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _next(listener: Listener, gone: asyncio.Task[None]) -> Any:
    """The next change, None after a silence or when the page has left."""
    waiting = asyncio.create_task(listener.next(seconds=QUIET_SECONDS))
    await asyncio.wait({waiting, gone}, return_when=asyncio.FIRST_COMPLETED)
    if waiting.done():
        return waiting.result()
    waiting.cancel()
    return None


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _plain(send: Send, status: HTTPStatus, headers: list[tuple[bytes, bytes]]) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": f"{status.phrase}\n".encode()})


def _cross_origin(headers: dict[str, str], *, scheme: str) -> list[tuple[bytes, bytes]]:
    """Headers that let our own pages read the stream: same host, any port of ours. Other origins are refused."""
    host, _ = split_domain_port(headers.get("host", ""))
    if not validate_host(host, settings.ALLOWED_HOSTS):
        raise _Refused(HTTPStatus.BAD_REQUEST)
    origin = headers.get("origin")
    if origin is None:
        return []
    allowed = {settings.PUBLIC_URL, *settings.CSRF_TRUSTED_ORIGINS, f"{scheme}://{host}:{settings.PORT}"}
    try:
        allowed |= {f"{scheme}://{host}"} if urlsplit(origin).port is None else set()
    except ValueError:  # a port that there cannot be
        raise _Refused(HTTPStatus.FORBIDDEN) from None
    if origin not in allowed:
        raise _Refused(HTTPStatus.FORBIDDEN)
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


def _session_key(cookies: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookies)
    except CookieError:
        raise _Refused(HTTPStatus.UNAUTHORIZED) from None
    morsel = jar.get(settings.SESSION_COOKIE_NAME)
    if morsel is None or not morsel.value:
        raise _Refused(HTTPStatus.UNAUTHORIZED)
    return morsel.value


async def _viewer(session: str, ticket: int | None) -> Viewer:
    try:
        return await sync_to_async(identify, thread_sensitive=True)(session, ticket)
    except DatabaseError as error:
        logger.warning("a stream was refused: %s", error)
        raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE) from error


def identify(session: str, ticket: int | None) -> Viewer:
    """Who the session belongs to and what they see. Raises a refusal; runs in the one thread that asks the database."""
    close_old_connections()
    store = import_module(settings.SESSION_ENGINE).SessionStore(session)
    user_model = get_user_model()
    if store.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        raise _Refused(HTTPStatus.UNAUTHORIZED)
    user = user_model.objects.filter(pk=store.get(SESSION_KEY), is_active=True, is_staff=True).first()
    # As in django.contrib.auth.get_user: a changed password ends the sessions made with the old one.
    if user is None or not constant_time_compare(store.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        raise _Refused(HTTPStatus.UNAUTHORIZED)
    if not user.has_perm("tickets.view_ticket"):
        raise _Refused(HTTPStatus.FORBIDDEN)
    if ticket is not None and not Ticket.objects.visible_to(user).filter(pk=ticket).exists():
        raise _Refused(HTTPStatus.NOT_FOUND)
    return Viewer(user=user.pk, sees_safety=user.has_perm("tickets.view_safety"))
