"""The spine: how fast it takes in, understands, and shows."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import tempfile
import time
from statistics import median
from urllib.parse import quote

import requests
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from common.embedded_postgres.places import installed_binaries
from common.models import Connection, User
from scripts.bench.report import milliseconds, percentile, say
from scripts.bench.served import Hammer, served, signed_in
from tickets.models import EventToSettle
from tickets.services.rules.settling import settle

CLIENTS = 8
SECONDS = 6.0
ROUNDS = 3
SECRET = "a-secret-of-the-bench"  # noqa: S105 - of a connection that lives as long as the measurement
SENTENCES = (
    ("en", "Hello, where is my parcel LX{number:09d}CN? It has been at customs since Monday and nobody answers."),
    ("de", "Guten Tag, mein Paket wird seit Tagen vom Zoll festgehalten. Welche Unterlagen fehlen noch?"),
    ("es", "Hola, el repartidor no llamó a la puerta y el paquete volvió al almacén. ¿Qué hago?"),
    ("fr", "Bonjour, le colis est arrivé abîmé, la boîte est écrasée et la tasse est cassée."),
    ("pt", "Olá, o pacote está atrasado há duas semanas e o rastreio não muda."),
    ("zh", "你好，我的包裹已经两个星期没有更新物流信息了，请帮我查一下。"),
    ("ja", "荷物がまだ届きません。税関で止まっているようですが、どうすればいいですか。"),
)


def run() -> None:
    """All measurements of the group, on an empty database that grows to 100,000 tickets."""
    account = _connection()
    _accepting(account)
    _showing()
    _understanding(account)


def _connection() -> Connection:
    call_command(
        "add_connection",
        provider="telegram",
        slug="bench",
        set=["token=123456789:bench-bench-bench-bench-bench-benchX", f"secret={SECRET}"],
        stdout=open(os.devnull, "w", encoding="utf-8"),  # noqa: SIM115, PTH123 - closed with the process
    )
    return Connection.objects.get(slug="bench")


def _update(number: int, *, sender: int, text: str, language: str) -> bytes:
    """A Telegram update as the Bot API documents it."""
    person = {"id": sender, "is_bot": False, "first_name": f"Customer {sender}", "language_code": language}
    message = {
        "message_id": number,
        "from": person,
        "chat": {"id": sender, "first_name": person["first_name"], "type": "private"},
        "date": int(time.time()),
        "text": text,
    }
    return json.dumps({"update_id": number, "message": message}).encode()


def _accepting(account: Connection) -> None:
    """Durable rows a second through the served webhook, against PostgreSQL's own rate of the same INSERT."""
    accepted, committed = [], []
    text = SENTENCES[0][1].format(number=1)

    with served() as port:
        for turn in range(ROUNDS):
            base = (turn + 1) * 100_000_000

            def request(client: int, sent: int, base: int = base) -> bytes:
                number = base + client * 10_000_000 + sent
                body = _update(number, sender=number % 5_000, text=text, language="en")
                head = (
                    f"POST /webhooks/{account.slug}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                    f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n"
                )
                return head.encode() + body

            hammer = Hammer(port, clients=CLIENTS, seconds=SECONDS)
            accepted.append(hammer.run(request))
            if hammer.refused:
                raise SystemExit(f"the webhook refused: {hammer.refused[0]!r}")
            committed.append(_pgbench(account, _update(1, sender=1, text=text, language="en")))
    rows = _count("channels_integrations_inboundevent")
    say("webhook_accept_per_second", median(accepted), "1/s", rows)
    say("pgbench_insert_per_second", median(committed), "1/s", rows)
    say(
        "webhook_accept_ratio",
        median(one / other for one, other in zip(accepted, committed, strict=True)),
        "ratio",
        ROUNDS,
    )
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE channels_integrations_inboundevent")
        cursor.execute("TRUNCATE django_q_ormq")


def _pgbench(account: Connection, body: bytes) -> float:
    """Commits a second of the webhook's INSERT by PostgreSQL's own tool, with the same number of clients."""
    escaped = body.decode().replace("'", "''")
    script = (
        "\\set id random(1, 1000000000000000)\n"
        "INSERT INTO channels_integrations_inboundevent (connection_id, external_id, sender, raw, received_at, state, "
        f"outcome, detail, attempts) VALUES ({account.pk}, 'pgbench-' || :id, 'someone', "
        f"convert_to('{escaped}', 'UTF8'), now(), 'pending', '', '', 0) ON CONFLICT DO NOTHING;\n"
    )
    parameters = connection.get_connection_params()
    program = installed_binaries() / "bin" / "pgbench"
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
        file.write(script)
        file.flush()
        answer = subprocess.run(
            [program, "-n", "-c", str(CLIENTS), "-j", "2", "-T", str(int(SECONDS)), "-f", file.name],
            env={
                **os.environ,
                "PGHOST": str(parameters["host"]),
                "PGPORT": str(parameters["port"]),
                "PGUSER": str(parameters["user"]),
                "PGPASSWORD": str(parameters["password"]),
                "PGDATABASE": str(parameters["dbname"]),
            },
            capture_output=True,
            text=True,
            check=True,
        )
    found = re.search(r"tps = ([\d.]+)", answer.stdout)
    if found is None:
        raise SystemExit(f"pgbench said something unexpected: {answer.stdout}")
    return float(found[1])


def _understanding(account: Connection) -> None:
    """Stored events to tickets beside 100,000 others, one worker, everything on; half of them by known senders."""
    from channels_integrations.services.receiving import receive_swarm
    from channels_integrations.services.storing import Incoming, store_events

    chance = random.Random(7)  # noqa: S311 - no secret
    count = 1_500

    def fill(first: int) -> None:
        events = []
        for number in range(first, first + count):
            language, sentence = chance.choice(SENTENCES)
            sender = first + chance.randrange(count // 2)
            body = _update(number, sender=sender, text=sentence.format(number=number), language=language)
            events.append(Incoming(str(number), str(sender), body))
        store_events(connection=account, events=events, now=timezone.now())

    fill(10_000_000)
    receive_swarm(seconds=600)  # dictionaries and models are loaded by the first messages
    fill(20_000_000)
    start = time.perf_counter()
    receive_swarm(seconds=600)
    taken = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM channels_integrations_inboundevent WHERE state <> 'done'")
        if cursor.fetchone()[0]:
            raise SystemExit("some of the events were not understood")
        cursor.execute(
            "SELECT count(*) FROM tickets_message WHERE direction = 'in' AND connection_id = %s", [account.pk]
        )
        if cursor.fetchone()[0] != 2 * count:
            raise SystemExit("not every event became one message")
    say("intake_messages_per_second", count / taken, "1/s", count)
    _settling(count)


def _settling(count: int) -> None:
    """What follows from the messages of the second half: rules, owners. In production another task beside intake."""
    # The first half is settled before: rules and templates are compiled by what comes first.
    half = EventToSettle.objects.values("ticket_id").distinct().count() // 2
    settle(now=timezone.now(), limit=half)
    waiting = EventToSettle.objects.values("ticket_id").distinct().count()
    start = time.perf_counter()
    settle(now=timezone.now(), limit=10 * count)
    taken = time.perf_counter() - start
    if EventToSettle.objects.exists():
        raise SystemExit("some events were not settled")
    say("settled_tickets_per_second", waiting / taken, "1/s", waiting)


def _showing() -> None:
    """The pages people wait for, with 1,000 and with 100,000 tickets."""
    email, password = "bench@example.org", "measuring-is-knowing-1"
    User.objects.create_superuser(email, password, full_name="Bench")
    quiet = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - closed with the process
    call_command("load_scale", tickets=1_000, seed=1, stdout=quiet)
    with served() as port:
        session = signed_in(port, email, password)
        small = _queue(session, port)
        call_command("load_scale", tickets=99_000, seed=2, stdout=quiet)
        large = _queue(session, port)
        say("queue_page_p95_ms_1k", percentile(small, 0.95), "ms", len(small))
        say("queue_page_p95_ms_100k", percentile(large, 0.95), "ms", len(large))
        say("queue_page_p95_growth", percentile(large, 0.95) / percentile(small, 0.95), "ratio", len(large))
        pages = _tickets(session, port)
        say("ticket_page_p95_ms_100k", percentile(pages, 0.95), "ms", len(pages))
        found = _searches(session, port)
        say("text_search_p95_ms_100k", percentile(found, 0.95), "ms", len(found))


def _get(session: requests.Session, address: str) -> None:
    answer = session.get(address, timeout=60)
    if answer.status_code != 200 or "/login/" in answer.url:
        raise SystemExit(f"{address} answered {answer.status_code}")


def _queue(session: requests.Session, port: int) -> list[float]:
    """The queue's tabs in turn."""
    root = f"http://127.0.0.1:{port}/admin/tickets/ticket/"
    taken: list[float] = []
    for tab in ("ours", "mine", "unassigned", "others", "resolved"):
        taken += milliseconds(lambda tab=tab: _get(session, f"{root}?tab={tab}"), times=24)  # type: ignore[misc]
    return taken


def _tickets(session: requests.Session, port: int) -> list[float]:
    chance = random.Random(3)  # noqa: S311 - no secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM tickets_ticket")
        low, high = cursor.fetchone()
    root = f"http://127.0.0.1:{port}/admin/tickets/ticket"
    return milliseconds(lambda: _get(session, f"{root}/{chance.randint(low, high)}/change/"), times=120)


def _searches(session: requests.Session, port: int) -> list[float]:
    root = f"http://127.0.0.1:{port}/admin/tickets/ticket/"
    words = (
        "customs broker",
        "海关",
        "invoice Friday",
        "Zoll hält",
        "alfândega",
        "税関",
        "YT0000000000004711",
        "Anna 47",
        "CLR-1",
    )
    taken: list[float] = []
    for word in words:
        taken += milliseconds(lambda word=word: _get(session, f"{root}?q={quote(word)}"), times=14, warm=1)  # type: ignore[misc]
    return taken


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of our own
        return int(cursor.fetchone()[0])
