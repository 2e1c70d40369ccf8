"""Live changes: who may listen, what they hear, and that nothing committed is missed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Permission
from django.db import connection, connections
from django.test import Client

from common.models import User
from config import streams
from config.live import BACKLOG, LATE_SECONDS, Change, Listener, Overrun, Reader
from tickets.choices import Kind
from tickets.models import Ticket, TicketEvent

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def run_apart[T](work: Coroutine[Any, Any, T]) -> T:
    """Run to the end in a thread of its own: a browser's driver may have a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def change(number: int = 1, *, ticket: int = 7, kind: str = Kind.DELAY) -> Change:
    return Change(event=number, ticket=ticket, reference=f"DLY-{ticket}", type="note_added", kind=kind)


def member(name: str, *permissions: str) -> User:
    user = User.objects.create_user(f"{name}@clearway.example", "pw", full_name=name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="common.auth.EmployeeBackend")
    return client.cookies["clearway_session"].value


class Exchange:
    """One request to the ASGI application, with what it answered."""

    def __init__(self, path: str, headers: dict[str, str], *, method: str = "GET") -> None:
        fields = {"host": "127.0.0.1:8001", **headers}
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "scheme": "http",
            "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
        }
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.begun = asyncio.Event()
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message["body"]
            self.begun.set()


def ask(
    path: str,
    headers: dict[str, str] | None = None,
    *,
    method: str = "GET",
    meanwhile: Callable[[Exchange], Awaitable[None]] | None = None,
) -> Exchange:
    """Send a request and, for a stream, do something while it lasts; then leave."""

    async def run() -> Exchange:
        exchange = Exchange(path, headers or {}, method=method)
        answering = asyncio.create_task(streams.application(exchange.scope, exchange.receive, exchange.send))
        if meanwhile is not None:
            await asyncio.wait_for(exchange.begun.wait(), 10)
            await meanwhile(exchange)
            exchange.left.set()
        await asyncio.wait_for(answering, 10)
        await sync_to_async(connections.close_all)()  # of the thread that asked the database
        return exchange

    return run_apart(run())


@pytest.mark.django_db(transaction=True)
class TestWhoMayListen:
    def test_nobody_without_a_session(self) -> None:
        for cookie in (
            "",
            "clearway_session=",
            "clearway_session=forged",
            "\x00=;;;",
            "clearway_session=" + "a" * 5000,
        ):
            assert ask("/streams/queue", {"cookie": cookie}).status == 401

    def test_nobody_without_the_permission_to_see_tickets(self) -> None:
        cookie = f"clearway_session={session_of(member('bob'))}"

        assert ask("/streams/queue", {"cookie": cookie}).status == 403

    def test_nobody_who_was_deactivated_or_changed_the_password(self) -> None:
        gone, changed = member("bob", "view_ticket"), member("carol", "view_ticket")
        cookies = [f"clearway_session={session_of(user)}" for user in (gone, changed)]
        User.objects.filter(pk=gone.pk).update(is_active=False)
        changed.set_password("another")
        changed.save(update_fields=["password"])

        assert [ask("/streams/queue", {"cookie": cookie}).status for cookie in cookies] == [401, 401]

    def test_no_page_of_another_site(self) -> None:
        cookie = f"clearway_session={session_of(member('bob', 'view_ticket'))}"

        for origin in ("https://evil.example", "http://127.0.0.1:9999", "http://127.0.0.1:99999", "null"):
            assert ask("/streams/queue", {"cookie": cookie, "origin": origin}).status == 403
        assert ask("/streams/queue", {"cookie": cookie, "host": "evil.example"}).status == 400

    def test_unknown_paths_methods_and_tickets_are_refused(self) -> None:
        cookie = f"clearway_session={session_of(member('bob', 'view_ticket'))}"

        assert ask("/streams/other", {"cookie": cookie}).status == 404
        assert ask("/streams/tickets/" + "9" * 40, {"cookie": cookie}).status == 404
        assert ask("/streams/tickets/999999", {"cookie": cookie}).status == 404
        assert ask("/streams/queue", {"cookie": cookie}, method="POST").status == 405

    def test_own_page_hears_changes_of_what_it_may_see(self) -> None:
        cookie = f"clearway_session={session_of(member('bob', 'view_ticket'))}"

        async def tell(exchange: Exchange) -> None:
            streams.notifier._tell([change(1), change(2, ticket=8, kind=Kind.SAFETY)])
            await asyncio.sleep(0.1)

        heard = ask("/streams/queue", {"cookie": cookie, "origin": "http://127.0.0.1:8000"}, meanwhile=tell)

        assert heard.status == 200
        assert heard.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert heard.headers["access-control-allow-origin"] == "http://127.0.0.1:8000"
        assert heard.headers["access-control-allow-credentials"] == "true"
        events = [part.splitlines() for part in heard.body.decode().split("\n\n") if "event: ticket" in part]
        assert len(events) == 1
        assert json.loads(events[0][2].removeprefix("data: ")) == {
            "ticket": 7,
            "reference": "DLY-7",
            "type": "note_added",
        }
        assert streams._streams_of == {}


def test_listener_of_a_ticket_hears_that_ticket_alone() -> None:
    async def run() -> list[Change | None]:
        listener = Listener(ticket=7, sees_safety=False)
        listener.offer([change(1, ticket=6), change(2, ticket=7)])
        return [await listener.next(seconds=0.01), await listener.next(seconds=0.01)]

    assert run_apart(run()) == [change(2, ticket=7), None]


def test_listener_that_does_not_read_is_told_to_load_anew() -> None:
    async def run() -> None:
        listener = Listener(ticket=None, sees_safety=True)
        listener.offer([change(number) for number in range(BACKLOG + 1)])
        with pytest.raises(Overrun):
            await listener.next(seconds=0.01)

    run_apart(run())


@pytest.fixture
def ticket(db: None) -> Ticket:
    return Ticket.objects.create(kind=Kind.DELAY, state="detected", opened_at=NOW, state_since=NOW, queue_at=NOW)


def event(ticket: Ticket, sequence: int, *, number: int | None = None) -> int:
    row = TicketEvent(
        ticket=ticket, sequence=sequence, type="note_added", at=NOW, actor_kind="system", via="command", hash=b"h"
    )
    if number is not None:
        row.pk = number
    row.save(force_insert=True)
    return int(row.pk)


def test_reader_begins_with_what_happens_from_now_on_and_tells_each_event_once(ticket: Ticket) -> None:
    event(ticket, 1)
    reader = Reader()
    assert reader.new_changes() == []

    number = event(ticket, 2)

    assert [found.event for found in reader.new_changes()] == [number]
    assert reader.new_changes() == []


def test_reader_finds_an_event_that_was_committed_after_a_later_one(ticket: Ticket) -> None:
    reader = Reader()
    reader.new_changes()
    base = event(ticket, 1)
    late, early = base + 1, base + 2
    event(ticket, 3, number=early)
    assert [found.event for found in reader.new_changes()] == [base, early]

    event(ticket, 2, number=late)

    assert [found.event for found in reader.new_changes()] == [late]


def test_reader_forgets_what_is_old(ticket: Ticket) -> None:
    moment = 0.0
    reader = Reader(clock=lambda: moment)
    reader.new_changes()
    event(ticket, 1)
    reader.new_changes()
    moment = LATE_SECONDS + 1

    assert reader.new_changes() == []
    assert reader._seen == {}


def test_reader_asks_one_question_each_time(ticket: Ticket, django_assert_num_queries: Any) -> None:
    reader = Reader()
    reader.new_changes()
    for sequence in range(1, 30):
        event(ticket, sequence)

    with django_assert_num_queries(1):
        assert len(reader.new_changes()) == 29
    assert connection.vendor == "postgresql"
