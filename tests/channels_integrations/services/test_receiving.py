from __future__ import annotations

import json
import signal
import threading
import time
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from channels_integrations import providers
from channels_integrations.choices import EventState, Outcome
from channels_integrations.models import InboundEvent
from channels_integrations.services import fetching, receiving
from channels_integrations.services.storing import Incoming, store_events
from common.errors import PermissionRefused
from common.models import Connection
from scripts.standins.telegram import TelegramStandIn
from tests.channels_integrations.conftest import ANA, BEN, text_update
from tickets.models import Attachment, ChannelIdentity, Message, Ticket
from tickets.policies.actor import Actor
from tickets.services import intake


def keep(account: Connection, *updates: dict[str, Any]) -> list[InboundEvent]:
    adapter = providers.get(account.provider)
    for update in updates:
        raw = json.dumps(update).encode()
        [envelope] = adapter.envelopes(account, raw)
        store_events(
            connection=account, events=[Incoming(envelope.external_id, envelope.sender, raw)], now=timezone.now()
        )
    return list(InboundEvent.objects.order_by("pk"))


def said(account: Connection, chat: int, texts: list[str], *, start: int) -> list[dict[str, Any]]:
    return [
        text_update(text, update_id=start + number, chat=chat, message_id=number + 1)
        for number, text in enumerate(texts)
    ]


def test_burst_of_one_sender_becomes_one_ticket_with_the_messages_in_order(bot: Connection) -> None:
    texts = [f"message {number}" for number in range(30)]
    keep(bot, *said(bot, ANA, texts, start=100))

    assert receiving.receive_due(seconds=20) == 30

    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == texts
    assert Ticket.objects.count() == 1
    assert set(InboundEvent.objects.values_list("state", "outcome")) == {(EventState.DONE, Outcome.MESSAGE)}
    assert InboundEvent.objects.filter(message__isnull=True).count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_threads_keep_each_senders_order_and_take_each_event_once(bot: Connection) -> None:
    for turn in range(20):
        for person in range(8):
            keep(
                bot,
                text_update(f"{person} {turn}", update_id=turn * 8 + person, chat=900 + person, message_id=turn + 1),
            )

    assert receiving.receive_swarm(seconds=30) == 160

    said_by: dict[str, list[int]] = {}
    for text in Message.objects.order_by("pk").values_list("text", flat=True):
        who, number = text.split()
        said_by.setdefault(who, []).append(int(number))
    assert said_by == {str(person): list(range(20)) for person in range(8)}
    assert Ticket.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_long_is_left_to_the_thread_that_can_end_it(bot: Connection) -> None:
    keep(bot, text_update("old", update_id=1, chat=ANA, message_id=1))
    InboundEvent.objects.update(received_at=timezone.now() - timedelta(minutes=5))
    keep(bot, text_update("new", update_id=2, chat=ANA, message_id=2), text_update("new", update_id=3, chat=BEN))

    assert receiving.receive_due(seconds=10, since=timezone.now() - timedelta(minutes=2)) == 1

    assert InboundEvent.objects.get(state=EventState.DONE).external_id == "3"


def test_same_message_under_another_update_is_a_duplicate(bot: Connection) -> None:
    keep(bot, text_update("hello", update_id=1, message_id=7), text_update("hello", update_id=2, message_id=7))

    receiving.receive_due(seconds=20)

    assert Message.objects.count() == 1
    assert list(InboundEvent.objects.order_by("pk").values_list("outcome", flat=True)) == ["message", "duplicate"]


def test_malformed_and_unsupported_payloads_are_marked_and_the_rest_goes_on(bot: Connection) -> None:
    broken = text_update("x", update_id=1)
    del broken["message"]["date"]
    events = keep(
        bot,
        broken,
        {"update_id": 2, "callback_query": {"id": "1"}},
        text_update("hello", update_id=3),
        {"no": "update"},
    )

    receiving.receive_due(seconds=20)

    assert [InboundEvent.objects.get(pk=event.pk).state for event in events] == [
        EventState.MALFORMED,
        EventState.UNSUPPORTED,
        EventState.DONE,
        EventState.MALFORMED,
    ]
    assert InboundEvent.objects.get(pk=events[0].pk).detail == "$.message.date is not a number."


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Texts at which the intake breaks, after it has written something."""
    texts: set[str] = set()
    real = intake.receive_message

    def receive_message(**given: Any) -> intake.Received:
        received = real(**given)
        if given["message"].text in texts:
            raise ZeroDivisionError("poison")
        return received

    monkeypatch.setattr(intake, "receive_message", receive_message)
    return texts


def test_poison_holds_up_its_own_sender_only_and_loses_nothing(bot: Connection, poisoned: set[str]) -> None:
    poisoned.add("b")
    keep(bot, *said(bot, ANA, ["a", "b", "c"], start=1), *said(bot, BEN, ["d", "e"], start=10))

    receiving.receive_due(seconds=20)

    assert sorted(Message.objects.values_list("text", flat=True)) == ["a", "d", "e"]
    waiting = InboundEvent.objects.get(external_id="2")
    assert (waiting.state, waiting.attempts) == (EventState.PENDING, 1)
    assert "ZeroDivisionError" in waiting.detail


def test_sender_waits_a_minute_at_most_for_a_payload_that_fails_for_good(bot: Connection, poisoned: set[str]) -> None:
    poisoned.add("b")
    keep(bot, *said(bot, ANA, ["a", "b", "c"], start=1))
    began = timezone.now()
    for seconds in range(60):
        receiving.receive_due(seconds=20, clock=partial(began.__add__, timedelta(seconds=seconds)))
    assert not InboundEvent.objects.filter(state=EventState.PENDING).exists()

    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == ["a", "c"]
    failed = InboundEvent.objects.get(state=EventState.FAILED)
    assert failed.attempts == len(receiving.BACKOFF_SECONDS) + 1


def test_failed_payload_is_replayed_once_the_cause_is_gone(bot: Connection, poisoned: set[str]) -> None:
    poisoned.add("b")
    [event] = keep(bot, *said(bot, ANA, ["b"], start=1))
    InboundEvent.objects.update(attempts=len(receiving.BACKOFF_SECONDS))
    receiving.receive_due(seconds=20)
    assert InboundEvent.objects.get().state == EventState.FAILED
    poisoned.clear()

    assert receiving.replay(event_ids=[event.pk], actor=Actor.system("test"), now=timezone.now()) == 1
    receiving.receive_due(seconds=20)

    assert InboundEvent.objects.get().state == EventState.DONE
    assert Message.objects.get().text == "b"


def test_replaying_needs_the_permission(bot: Connection, django_user_model: Any) -> None:
    person = django_user_model.objects.create(email="bob@clearway.example")

    with pytest.raises(PermissionRefused):
        receiving.replay(event_ids=[1], actor=Actor.staff(person), now=timezone.now())


def test_blocking_and_unblocking_the_bot_is_remembered(bot: Connection) -> None:
    def membership(status: str, update_id: int) -> dict[str, Any]:
        return {
            "update_id": update_id,
            "my_chat_member": {
                "chat": {"id": ANA, "type": "private"},
                "from": {"id": ANA, "is_bot": False, "first_name": "Ana"},
                "date": 1_795_000_000,
                "new_chat_member": {"status": status},
            },
        }

    keep(bot, text_update("hi", update_id=1), membership("kicked", 2))
    receiving.receive_due(seconds=20)
    assert ChannelIdentity.objects.get().is_blocked

    keep(bot, membership("member", 3))
    receiving.receive_due(seconds=20)
    assert not ChannelIdentity.objects.get().is_blocked


@pytest.mark.django_db(transaction=True)
def test_sender_in_other_hands_is_passed_over(bot: Connection) -> None:
    keep(bot, *said(bot, ANA, ["a"], start=1), *said(bot, BEN, ["b"], start=10))
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            receiving._claim([receiving.Sender(bot.pk, str(ANA))])
            held.set()
            release.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    assert receiving.receive_due(seconds=20) == 1
    assert Message.objects.get().text == "b"
    release.set()
    thread.join(10)
    assert receiving.receive_due(seconds=20) == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_keep_each_senders_order_and_double_nothing(bot: Connection) -> None:
    for chat in range(1, 7):
        keep(bot, *said(bot, chat, [f"{chat}-{number}" for number in range(8)], start=chat * 100))

    def work() -> None:
        while InboundEvent.objects.filter(state=EventState.PENDING).exists():
            receiving.receive_due(seconds=10)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    for chat in range(1, 7):
        texts = Message.objects.filter(identity__external_id=str(chat)).order_by("pk").values_list("text", flat=True)
        assert list(texts) == [f"{chat}-{number}" for number in range(8)]
    assert Ticket.objects.count() == 6


def test_file_at_telegram_is_fetched_later(telegram: TelegramStandIn, bot: Connection) -> None:
    update = telegram.say(ANA, caption="see", document=("invoice.pdf", b"%PDF-1.4 invoice", "application/pdf")).update
    keep(bot, update)
    receiving.receive_due(seconds=20)
    assert Attachment.objects.get().sha256 == ""

    assert fetching.fetch_due(seconds=5) == 1

    attachment = Attachment.objects.get()
    assert (attachment.size, attachment.refusal) == (16, "")
    assert attachment.sha256
    assert not fetching.is_due(now=timezone.now())


def test_file_that_cannot_be_had_now_is_asked_for_again(telegram: TelegramStandIn, bot: Connection) -> None:
    keep(bot, telegram.say(ANA, photo=b"\xff\xd8\xff jpeg").update)
    receiving.receive_due(seconds=20)
    telegram.fail_next(500, method="getFile")

    fetching.fetch_due(seconds=5)
    assert not fetching.is_due(now=timezone.now())
    assert fetching.is_due(now=timezone.now() + timedelta(seconds=60))
    fetching.fetch_due(seconds=5, clock=lambda: timezone.now() + timedelta(seconds=60))

    assert Attachment.objects.get().sha256


def test_file_that_is_gone_says_so(telegram: TelegramStandIn, bot: Connection) -> None:
    update = telegram.say(ANA, photo=b"\xff\xd8\xff jpeg").update
    for size in update["message"]["photo"]:
        size["file_id"] = "nowhere"
    keep(bot, update)
    receiving.receive_due(seconds=20)

    fetching.fetch_due(seconds=5)

    assert "wrong file_id" in Attachment.objects.get().refusal
    assert not fetching.is_due(now=timezone.now() + timedelta(days=1))


def test_sender_with_much_behind_a_failure_does_not_stand_in_others_way(bot: Connection, poisoned: set[str]) -> None:
    poisoned.add("0")
    keep(bot, *said(bot, ANA, [str(number) for number in range(25)], start=1), *said(bot, BEN, ["b"], start=100))

    receiving.receive_due(seconds=20)

    assert list(Message.objects.values_list("text", flat=True)) == ["b"]


def test_payload_that_takes_for_ever_is_a_failure(
    bot: Connection, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(receiving, "LONGEST_SECONDS", 0.2)
    monkeypatch.setattr(intake, "receive_message", lambda **_given: threading.Event().wait(20))
    keep(bot, text_update("slow", update_id=1))

    receiving.receive_due(seconds=5)

    assert "longer than" in InboundEvent.objects.get().detail


def test_limit_of_a_payload_leaves_the_queues_own_alarm_ringing() -> None:
    rung: list[bool] = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with receiving._time_limit():
            pass
        time.sleep(0.3)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert rung == [True]
