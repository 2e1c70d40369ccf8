"""A partner, its tickets, and its system: a real HTTP server on loopback that keeps what it is sent."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.utils import timezone
from standardwebhooks import Webhook

from channels_integrations.models import WebhookSubscription
from channels_integrations.webhooks_out import handing_on, sending
from channels_integrations.webhooks_out.subscriptions import subscribe
from logistics.models import Partner
from tickets.choices import Kind, Priority
from tickets.models import Ticket
from tickets.policies.actor import Actor
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.partner_scope import admit

SYSTEM = Actor.system("test")


@dataclass
class Call:
    """One request that the partner's system was sent."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """The partner's system. ``answers`` are given in turn, the last one for ever."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=lambda: [(200, {}, "ok")])
    hold: threading.Event | None = None
    """While this is set and not released, an answer waits."""

    def answer(self, status: int, headers: dict[str, str] | None = None, body: str = "") -> None:
        self.answers = [(status, headers or {}, body)]

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """What was sent, each checked by the specification's own library."""
        return [Webhook(secret).verify(call.body, call.headers) for call in self.calls]


def serve(receiver: Receiver) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.calls.append(Call(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            if receiver.hold is not None:
                receiver.hold.wait(20)
            answers = receiver.answers
            status, headers, text = answers.pop(0) if len(answers) > 1 else answers[0]
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())
            except OSError:
                pass  # the test went on without us

        def log_message(self, *_arguments: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def subscribed(partner: Partner, receiver: Receiver, **wishes: Any) -> tuple[WebhookSubscription, str]:
    return subscribe(partner_id=partner.pk, url=receiver.url, now=timezone.now(), **wishes)


def ticket_of(*partners: Partner, kind: str = Kind.INQUIRY, priority: int = Priority.NORMAL, **more: Any) -> Ticket:
    now = timezone.now()
    ticket = open_ticket(kind=kind, actor=SYSTEM, now=now, priority=priority, **more)
    admit(ticket.pk, [one.pk for one in partners], now=now)
    return ticket


def happen(ticket: Ticket, *, now: datetime | None = None) -> None:
    """Something that all partners of the ticket may know of."""
    with changing(ticket.pk, actor=SYSTEM, now=now or timezone.now()) as change:
        change.record("priority_changed", {"from": 3, "to": 1})


def send(*, now: datetime | None = None, seconds: float = 5.0) -> int:
    """What the task does: hand on, then send all that is due at ``now``. How many tries were made."""
    moment = now or timezone.now()
    while handing_on.is_due():
        handing_on.hand_on(now=moment)
    return sending.send_due(seconds=seconds, clock=lambda: moment)


def until(true: Callable[[], bool], *, seconds: float = 5.0) -> None:
    """Wait for something another thread does."""
    stop = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < stop, "it did not happen in time"
        time.sleep(0.005)


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
