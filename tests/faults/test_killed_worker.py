"""The worker is killed again and again while messages come in and answers go out: nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from channels_integrations.choices import EventState
from channels_integrations.models import InboundEvent
from channels_integrations.services.delivery import end_leases
from channels_integrations.services.storing import Incoming, store_events
from common.models import Connection, User
from config.processes import SUPERVISOR
from scripts.standins.telegram import TOKEN, TelegramStandIn
from tests.nodes import database_address, processes_below
from tickets.choices import Direction, MessageStatus
from tickets.models import Message, Ticket
from tickets.policies.actor import Actor
from tickets.services.chain import verify_chain
from tickets.services.conversations import reply

KILLS = 30
EVENTS = 450
SENDERS = 30
SEED = 20261124


@pytest.fixture
def telegram() -> Iterator[TelegramStandIn]:
    with TelegramStandIn() as standin:
        yield standin


@pytest.fixture
def account(transactional_db: None, telegram: TelegramStandIn) -> Connection:
    return Connection.objects.create(
        provider="telegram",
        slug="killed",
        name="Telegram",
        credentials={"token": TOKEN, "secret": "a-secret-of-this-test"},
        settings={"api_url": telegram.url},
    )


def start(command: str, folder: Path) -> subprocess.Popen[bytes]:
    """A process of the node, on this test's database."""
    log = (folder / f"{command}.log").open("ab")
    return subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), command],
        env={
            **os.environ,
            "DATABASE_URL": database_address(),
            "CLEARWAY_VAR_DIR": str(folder),
            "CLEARWAY_SECRET_KEY": settings.SECRET_KEY,  # else the workers throw our tasks away as forged
            "CLEARWAY_ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
            "CLEARWAY_ALLOW_PRIVATE_ADDRESSES": "1",
            SUPERVISOR: str(os.getpid()),  # as under `serve`: what a killed process started ends with it
        },
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def update(number: int, sender: int) -> bytes:
    person = {"id": sender, "is_bot": False, "first_name": f"Customer {sender}", "language_code": "en"}
    message = {
        "message_id": number,
        "from": person,
        "chat": {"id": sender, "first_name": person["first_name"], "type": "private"},
        "date": int(time.time()),
        "text": f"Message {number}: where is my parcel?",
    }
    return json.dumps({"update_id": number, "message": message}).encode()


def store_load(account: Connection, stop: threading.Event) -> None:
    """Customers write all the time."""
    chance = random.Random(SEED)
    try:
        for number in range(1, EVENTS + 1):
            sender = 7_000 + chance.randrange(SENDERS)
            event = Incoming(str(number), str(sender), update(number, sender))
            store_events(connection=account, events=[event], now=timezone.now())
            if stop.wait(0.1):
                return
    finally:
        connection.close()


def answer_load(author: User, stop: threading.Event, queued: list[str]) -> None:
    """Staff answer all the time, each text once."""
    chance = random.Random(SEED)
    try:
        while not stop.wait(0.25):
            tickets = list(Ticket.objects.values_list("pk", flat=True))
            if tickets:
                text = f"Answer {len(queued)}"
                reply(ticket_id=chance.choice(tickets), text=text, actor=Actor.staff(author), now=timezone.now())
                queued.append(text)
    finally:
        connection.close()


def kill_something(worker: subprocess.Popen[bytes], chance: random.Random) -> None:
    """SIGKILL to the whole worker, or to one process of its pool."""
    pool = list(processes_below(worker.pid))
    if pool and chance.random() < 0.7:
        victim = chance.choice(pool)
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return
    else:
        os.killpg(worker.pid, signal.SIGKILL)


def wait_for_quiet(seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        close_old_connections()
        waiting = InboundEvent.objects.filter(state=EventState.PENDING).exists()
        sending = Message.objects.filter(status=MessageStatus.QUEUED).exists()
        if not waiting and not sending:
            return
        time.sleep(0.2)
    left = InboundEvent.objects.filter(state=EventState.PENDING).count()
    queued = Message.objects.filter(status=MessageStatus.QUEUED).count()
    raise AssertionError(f"the worker did not work off {left} events and {queued} messages")


@pytest.mark.django_db(transaction=True)
def test_thirty_kills_of_the_worker_lose_and_double_nothing(
    account: Connection, telegram: TelegramStandIn, tmp_path: Path
) -> None:
    author = User.objects.create_superuser("killer@example.org", "unimportant-here-1", full_name="Li Wei")
    chance = random.Random(SEED)
    stop = threading.Event()
    queued: list[str] = []
    clock = start("clock", tmp_path)
    worker = start("worker", tmp_path)
    loads = [
        threading.Thread(target=store_load, args=(account, stop)),
        threading.Thread(target=answer_load, args=(author, stop, queued)),
    ]
    try:
        for load in loads:
            load.start()
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.1, 1.5))
            if worker.poll() is not None:
                worker = start("worker", tmp_path)
                time.sleep(chance.uniform(0.8, 1.8))
            kill_something(worker, chance)
        loads[0].join()
        stop.set()
        loads[1].join()
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        worker = start("worker", tmp_path)
        end_leases(now=timezone.now() + timedelta(hours=1))
        wait_for_quiet(90)
        end_leases(now=timezone.now() + timedelta(hours=1))
    finally:
        stop.set()
        for process in (worker, clock):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    assert InboundEvent.objects.filter(state=EventState.DONE).count() == EVENTS
    received = list(Message.objects.filter(direction=Direction.IN).order_by("id").values_list("identity_id", "text"))
    assert Counter(text for _, text in received) == Counter(
        f"Message {number}: where is my parcel?" for number in range(1, EVENTS + 1)
    )
    for identity in {identity for identity, _ in received}:
        numbers = [int(text.split()[1].rstrip(":")) for owner, text in received if owner == identity]
        assert numbers == sorted(numbers), "a sender's messages lost their order"
    arrived = Counter(sent.text for sent in telegram.sent)
    assert all(count == 1 for text, count in arrived.items() if text.startswith("Answer"))
    answers = Message.objects.filter(direction=Direction.OUT, is_automatic=False)
    states = dict(answers.values_list("text", "status"))
    failures = dict(answers.values_list("text", "failure"))
    assert sorted(states) == sorted(queued)
    for text, status in states.items():
        assert status in {MessageStatus.SENT, MessageStatus.IN_DOUBT}, f"{text} is {status}: {failures[text]}"
        if status == MessageStatus.SENT:
            assert arrived[text] == 1
    assert verify_chain().broken is None
