"""The API, by eight clients at once: a partner's page among a million tickets, tickets opened, scans; webhooks out."""

from __future__ import annotations

import io
import json
import os
import random
import sys
import uuid
from datetime import timedelta

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from common.models import User
from logistics.choices import Scope
from logistics.models import Carrier, Customer, Partner, PushedScan
from logistics.services.api_keys import issue_key
from scripts.bench.report import percentile, say
from scripts.bench.rules import active_rules, make_rules
from scripts.bench.served import Hammer, served
from scripts.bench.webhooks_out import webhooks_out_per_second
from tickets.models import Ticket

CLIENTS = 8
SECONDS = 10.0
WARM_SECONDS = 3.0
TICKETS = int(os.environ.get("CLEARWAY_BENCH_TICKETS", "1000000"))
"""Fewer while something is built; the names of the lines speak of a million."""
SHARE = 20
"""One of so many tickets is the measured partner's."""
BULK = 500
EVENT_RULES, TIME_RULES = 100, 20
_NO_LIMIT = "10000000"


def run() -> None:
    """All measurements of the group, on an empty database that grows to a million tickets."""
    os.environ["CLEARWAY_API_REQUESTS_PER_MINUTE"] = _NO_LIMIT
    os.environ["CLEARWAY_API_STAFF_REQUESTS_PER_MINUTE"] = _NO_LIMIT
    os.environ.setdefault("CLEARWAY_LOG_LEVEL", "WARNING")  # a line a request would bury the measurements
    told = io.StringIO()
    call_command("load_scale", tickets=TICKETS, seed=1, stdout=told)
    print(told.getvalue(), file=sys.stderr)
    author = User.objects.create_superuser("bench@example.org", "measuring-is-knowing-1", full_name="Bench")
    make_rules(author=author, event_rules=EVENT_RULES, time_rules=TIME_RULES, now=timezone.now())
    if active_rules() < EVENT_RULES + TIME_RULES:
        raise SystemExit("not all rules are on")
    partner = _partner()
    partners_key, ours = _key(partner=partner), _key(user=author)
    with served() as port:
        _lists(port, partners_key)
        _creates(port, ours)
        _scans(port, partners_key)
    webhooks_out_per_second()


def _partner() -> Partner:
    """A carrier's desk that takes part in one ticket of ``SHARE``, among others that take part in as many."""
    partners = [Partner.objects.create(kind="carrier", name=f"Carrier {number}") for number in range(4)]
    Carrier.objects.create(code="bench", name="Bench", partner=partners[0])
    with connection.cursor() as cursor:
        for place, partner in enumerate(partners):
            cursor.execute(
                "INSERT INTO tickets_participant (ticket_id, partner_id, joined_at) "
                "SELECT id, %s, opened_at FROM tickets_ticket WHERE id %% %s = %s",
                [partner.pk, SHARE, place],
            )
        cursor.execute("VACUUM ANALYZE tickets_participant")
    return partners[0]


def _key(*, partner: Partner | None = None, user: User | None = None) -> str:
    scopes = [Scope.READ, Scope.SCANS, *([Scope.TICKETS, Scope.EXPORT] if user else [])]
    end = timezone.now() + timedelta(days=1)
    return issue_key(partner=partner, user=user, name="bench", scopes=scopes, expires_at=end, now=timezone.now())[1]


def _request(port: int, key: str, path: str, body: bytes | None = None) -> bytes:
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    head += f"Authorization: Bearer {key}\r\n"
    if body is None:
        return f"{head}\r\n".encode()
    head += f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _hammered(port: int, request: object, *, seconds: float = SECONDS) -> tuple[float, Hammer]:
    Hammer(port, clients=CLIENTS, seconds=WARM_SECONDS).run(request)
    hammer = Hammer(port, clients=CLIENTS, seconds=seconds)
    rate = hammer.run(request)
    if hammer.refused:
        raise SystemExit(f"the API refused: {hammer.refused[0]!r}")
    return rate, hammer


def _lists(port: int, key: str) -> None:
    """Pages of fifty: the newest, and, as often, one filtered by what partners ask for."""
    paths = ("/api/v1/tickets/", "/api/v1/tickets/?open=true", "/api/v1/tickets/?kind=delay,clearance&ordering=id")

    def request(client: int, sent: int) -> bytes:
        return _request(port, key, paths[(client + sent) % len(paths)])

    _rate, hammer = _hammered(port, request)
    say("api_list_50_p95_ms_1m", percentile(hammer.taken, 0.95), "ms", len(hammer.taken))
    say("api_list_50_p50_ms_1m", percentile(hammer.taken, 0.50), "ms", len(hammer.taken))


def _creates(port: int, key: str) -> None:
    """Tickets opened for customers we know, all rules on."""
    chance = random.Random(3)  # noqa: S311 - no secret
    customers = list(Customer.objects.order_by("id").values_list("pk", flat=True)[:5_000])
    before = Ticket.objects.count()

    def request(client: int, sent: int) -> bytes:
        body = {
            "kind": chance.choice(("inquiry", "delay", "loss")),
            "summary": "Nothing for nine days",
            "text": "They called and want to know where the parcel is.",
            "customer": chance.choice(customers),
        }
        return _request(port, key, "/api/v1/tickets/", json.dumps(body).encode())

    rate, hammer = _hammered(port, request)
    if Ticket.objects.count() - before < hammer.answered:
        raise SystemExit("not every ticket that was answered is there")
    say("api_create_per_second", rate, "1/s", hammer.answered)


def _scans(port: int, key: str) -> None:
    """Scans on disk, pushed five hundred at a time."""
    at = (timezone.now() - timedelta(hours=2)).isoformat()
    before = PushedScan.objects.count()

    def request(client: int, sent: int) -> bytes:
        first = (client * 1_000_000 + sent) * BULK
        items = [
            {
                "tracking_number": f"RB{number % 10**9:09d}CN",
                "at": at,
                "status": "in_transit",
                "location": "Madrid sorting centre",
                "country": "ES",
                "raw_code": "P040",
                "text": "Left the sorting centre",
            }
            for number in range(first, first + BULK)
        ]
        return _request(port, key, "/api/v1/tracking-events/", json.dumps({"items": items}).encode())

    rate, hammer = _hammered(port, request)
    if PushedScan.objects.count() - before < hammer.answered * BULK:
        raise SystemExit("not every scan that was accepted is there")
    say("api_scans_per_second", rate * BULK, "1/s", hammer.answered * BULK)
