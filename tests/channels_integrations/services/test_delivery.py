from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from channels_integrations.choices import AttemptResult
from channels_integrations.models import DeliveryAttempt
from channels_integrations.services import delivery
from common.models import Connection
from scripts.standins.mail import MailStandIn
from scripts.standins.telegram import TelegramStandIn
from tests.channels_integrations.conftest import ANA, BEN
from tests.channels_integrations.services.writing import converse, open_ticket, queue
from tickets.choices import MessageStatus
from tickets.models import ChannelIdentity, Message, Ticket
from tickets.policies.actor import Actor
from tickets.services import conversations, delivery_reports

ROOT = Path(__file__).resolve().parents[3]
WRITER = "ana@shop.example"


def results(message: Message) -> list[str]:
    return list(DeliveryAttempt.objects.filter(message=message).order_by("number").values_list("result", flat=True))


def due_again(message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def test_queued_message_leaves_once_and_its_id_is_kept(telegram: TelegramStandIn, bot: Connection) -> None:
    message = queue(converse(bot, str(ANA)))

    assert delivery.deliver_due(seconds=5) == 1
    assert delivery.deliver_due(seconds=5) == 0

    message.refresh_from_db()
    assert telegram.texts(ANA) == [message.text]
    assert (message.status, message.external_id) == (MessageStatus.SENT, f"{ANA}:{telegram.sent[0].message_id}")
    assert results(message) == [AttemptResult.ACCEPTED]


def test_claim_is_written_down_before_the_wire_is_touched(
    telegram: TelegramStandIn, bot: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queue(converse(bot, str(ANA)))
    seen = []

    def look(*_: object) -> Any:
        seen.append(Message.objects.get(pk=message.pk).status)
        raise KeyboardInterrupt

    monkeypatch.setattr("channels_integrations.telegram.adapter.send", look)
    with pytest.raises(KeyboardInterrupt):
        delivery.deliver_due(seconds=5)

    assert seen == [MessageStatus.SENDING]
    assert telegram.sent == []


def test_busy_provider_is_asked_again_no_sooner_than_it_wishes(telegram: TelegramStandIn, bot: Connection) -> None:
    telegram.fail_next(429, retry_after=70)
    message = queue(converse(bot, str(ANA)))

    delivery.deliver_due(seconds=5)

    message.refresh_from_db()
    assert message.status == MessageStatus.QUEUED
    assert message.next_attempt_at is not None
    assert message.next_attempt_at >= timezone.now() + timedelta(seconds=69)
    due_again(message)
    delivery.deliver_due(seconds=5)
    message.refresh_from_db()
    assert (message.status, results(message)) == (
        MessageStatus.SENT,
        [AttemptResult.TRY_AGAIN, AttemptResult.ACCEPTED],
    )


def test_failures_pause_longer_each_time_and_end_in_a_dead_letter_that_staff_can_resend(
    telegram: TelegramStandIn, bot: Connection, admin_user: Any
) -> None:
    ticket = open_ticket()
    message = queue(converse(bot, str(ANA), ticket=ticket))
    telegram.fail_next(500, times=delivery.TRIES)
    for _ in range(delivery.TRIES):
        due_again(message)
        delivery.deliver_due(seconds=5)

    message.refresh_from_db()
    ticket = Ticket.objects.get()
    assert message.status == MessageStatus.DEAD
    assert results(message) == [AttemptResult.TRY_AGAIN] * (delivery.TRIES - 1) + [AttemptResult.REFUSED]
    assert ticket.unanswered_since is not None
    assert ticket.events.filter(type="delivery_failed").count() == 1

    conversations.resend(message_id=message.pk, actor=Actor.staff(admin_user), now=timezone.now())
    delivery.deliver_due(seconds=5)

    assert Message.objects.get().status == MessageStatus.SENT
    assert len(telegram.sent) == 1


def test_pauses_double_up_to_an_hour() -> None:
    pauses = [delivery.pause_before(attempt).total_seconds() for attempt in range(1, 12)]

    assert 4 <= pauses[0] <= 6
    assert 8 <= pauses[1] <= 12
    assert pauses[-1] <= 3600 * 1.2
    assert delivery.pause_before(1, wish=90).total_seconds() >= 90


def test_person_who_blocked_the_bot_is_marked_and_staff_see_it(telegram: TelegramStandIn, bot: Connection) -> None:
    telegram.block(ANA)
    message = queue(converse(bot, str(ANA), ticket=open_ticket()))

    delivery.deliver_due(seconds=5)

    message.refresh_from_db()
    assert (message.status, results(message)) == (MessageStatus.DEAD, [AttemptResult.REFUSED])
    assert "blocked" in message.failure
    assert ChannelIdentity.objects.get().is_blocked


def test_blocked_address_is_not_even_tried(telegram: TelegramStandIn, bot: Connection) -> None:
    conversation = converse(bot, str(ANA))
    ChannelIdentity.objects.update(is_blocked=True)
    message = queue(conversation)

    delivery.deliver_due(seconds=5)

    message.refresh_from_db()
    assert message.status == MessageStatus.DEAD
    assert telegram.sent == []


def test_nobody_is_written_to_first_without_their_leave(telegram: TelegramStandIn, bot: Connection) -> None:
    conversation = converse(bot, str(ANA))
    ChannelIdentity.objects.update(has_consent=False)
    message = queue(conversation)

    delivery.deliver_due(seconds=5)

    message.refresh_from_db()
    assert message.status == MessageStatus.DEAD
    assert "agree" in message.failure


def test_answer_that_got_lost_puts_the_message_in_doubt_and_it_is_not_sent_again(
    telegram: TelegramStandIn, bot: Connection
) -> None:
    telegram.hang_next(0, taken=True)
    message = queue(converse(bot, str(ANA), ticket=open_ticket()))

    delivery.deliver_due(seconds=5)
    delivery.deliver_due(seconds=5)

    message.refresh_from_db()
    assert (message.status, results(message)) == (MessageStatus.IN_DOUBT, [AttemptResult.IN_DOUBT])
    assert len(telegram.sent) == 1
    assert Ticket.objects.get().unanswered_since is not None


def test_second_message_of_a_conversation_waits_for_the_first(telegram: TelegramStandIn, bot: Connection) -> None:
    telegram.fail_next(500)
    conversation = converse(bot, str(ANA))
    first, second = queue(conversation, "first"), queue(conversation, "second")
    other = queue(converse(bot, str(BEN)), "to Ben")

    delivery.deliver_due(seconds=5)

    assert Message.objects.get(pk=second.pk).status == MessageStatus.QUEUED
    assert Message.objects.get(pk=other.pk).status == MessageStatus.SENT
    assert not delivery.is_due(now=timezone.now())
    due_again(first)
    delivery.deliver_due(seconds=5)
    assert telegram.texts(ANA) == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_worker_that_vanished_leaves_a_message_in_doubt(telegram: TelegramStandIn, bot: Connection) -> None:
    message = queue(converse(bot, str(ANA), ticket=open_ticket()))
    claims: list[delivery.Claim | None] = []
    claimed, vanish = threading.Event(), threading.Event()

    def work() -> None:
        claims.append(delivery.claim_next(now=timezone.now()))
        claimed.set()
        vanish.wait(10)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    claimed.wait(10)
    [claim] = claims
    assert claim is not None
    soon = claim.until - delivery.LEASE + timedelta(minutes=1)

    alive = delivery.end_leases(now=soon)
    vanish.set()
    worker.join(10)
    young = delivery.end_leases(now=claim.until - delivery.LEASE + timedelta(seconds=1))
    gone, deadline = 0, time.monotonic() + 10
    while not gone and time.monotonic() < deadline:  # its session ends a moment after its connection
        gone = delivery.end_leases(now=soon)

    message.refresh_from_db()
    assert (alive, young, gone, message.status) == (0, 0, 1, MessageStatus.IN_DOUBT)
    assert results(message) == [AttemptResult.IN_DOUBT]
    assert delivery.deliver_due(seconds=5) == 0


def test_slow_worker_that_comes_back_tells_the_truth_but_never_undoes_a_resending(
    telegram: TelegramStandIn, bot: Connection, admin_user: Any
) -> None:
    message = queue(converse(bot, str(ANA), ticket=open_ticket()))
    claim = delivery.claim_next(now=timezone.now())
    assert claim is not None
    delivery.end_leases(now=claim.until + timedelta(seconds=1))
    conversations.resend(message_id=message.pk, actor=Actor.staff(admin_user), now=timezone.now())

    late = delivery_reports.failed(message_id=message.pk, claim=claim.until, detail="late", now=timezone.now())

    assert not late
    assert Message.objects.get().status == MessageStatus.QUEUED
    assert delivery_reports.sent(message_id=message.pk, external_id="1001:9", now=timezone.now())
    assert delivery.deliver_due(seconds=5) == 0


def test_forward_only_once_delivered_a_report_of_sending_changes_nothing(bot: Connection) -> None:
    message = queue(converse(bot, str(ANA)), status=MessageStatus.READ, external_id="1001:1")

    assert not delivery_reports.sent(message_id=message.pk, external_id="1001:1", now=timezone.now())
    assert Message.objects.get().status == MessageStatus.READ


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_each_message_once_and_in_order(telegram: TelegramStandIn, bot: Connection) -> None:
    for chat in range(1, 5):
        conversation = converse(bot, str(chat))
        for number in range(5):
            queue(conversation, f"{number}")

    def work() -> None:
        end = time.monotonic() + 10
        while delivery.deliver_due(seconds=5) or Message.objects.filter(status="queued").exists():
            assert time.monotonic() < end
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(15)

    assert [telegram.texts(chat) for chat in range(1, 5)] == [["0", "1", "2", "3", "4"]] * 4


_SENDER = """
import os, django
django.setup()
from django.conf import settings
from django.db import connection
from channels_integrations.services import delivery
print("started", flush=True)
delivery.deliver_due(seconds=20)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("taken", [True, False])
def test_killed_in_the_middle_of_sending_is_in_doubt_and_never_doubled(
    telegram: TelegramStandIn, bot: Connection, taken: bool
) -> None:
    telegram.hang_next(20, taken=taken)
    message = queue(converse(bot, str(ANA), ticket=open_ticket()))
    given = connection.get_connection_params()
    user, password, host, name = (quote(str(given[key]), safe="") for key in ("user", "password", "host", "dbname"))
    url = f"postgresql://{user}:{password}@{host}:{given['port']}/{name}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "CLEARWAY_ALLOW_PRIVATE_ADDRESSES": "1",
    }
    with subprocess.Popen([sys.executable, "-c", _SENDER], cwd=ROOT, env=environment) as process:
        end = time.monotonic() + 15
        while Message.objects.get().status != MessageStatus.SENDING or (taken and not telegram.sent):
            assert time.monotonic() < end
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)

    delivery.deliver_due(seconds=5)
    assert Message.objects.get().status == MessageStatus.SENDING
    delivery.end_leases(now=timezone.now() + delivery.GRACE)
    delivery.deliver_due(seconds=5)

    message.refresh_from_db()
    assert message.status == MessageStatus.IN_DOUBT
    assert len(telegram.sent) == int(taken)
    assert Ticket.objects.get().events.filter(type="delivery_in_doubt").count() == 1


def test_mail_refused_for_now_is_tried_again_under_the_same_id(mail: MailStandIn, mailbox: Connection) -> None:
    mail.fail_data(451)
    message = queue(converse(mailbox, WRITER), subject="Your parcel")
    delivery.deliver_due(seconds=5)
    due_again(message)

    delivery.deliver_due(seconds=5)

    [received] = mail.messages(WRITER)
    message.refresh_from_db()
    assert received["Message-ID"] == f"<{message.external_id}>" == f"<{message.key}@clearway.example>"
    assert results(message) == [AttemptResult.TRY_AGAIN, AttemptResult.ACCEPTED]


def test_mail_to_an_unknown_address_is_dead_and_the_address_blocked(mail: MailStandIn, mailbox: Connection) -> None:
    mail.refuse_recipient(WRITER)
    message = queue(converse(mailbox, WRITER), subject="Your parcel")

    delivery.deliver_due(seconds=5)

    message.refresh_from_db()
    assert (message.status, message.failure) == (MessageStatus.DEAD, "550 5.1.1 No such user")
    assert ChannelIdentity.objects.get().is_blocked


@pytest.mark.parametrize("taken", [True, False])
def test_mail_server_that_vanished_after_the_content_leaves_a_doubt(
    mail: MailStandIn, mailbox: Connection, taken: bool
) -> None:
    mail.drop_after_data(taken=taken)
    message = queue(converse(mailbox, WRITER), subject="Your parcel")

    delivery.deliver_due(seconds=5)
    delivery.deliver_due(seconds=5)

    message.refresh_from_db()
    assert message.status == MessageStatus.IN_DOUBT
    assert message.external_id == f"{message.key}@clearway.example"
    assert len(mail.messages(WRITER)) == int(taken)


def test_unreachable_mail_server_is_tried_again(mailbox: Connection) -> None:
    mailbox.settings = mailbox.settings | {"smtp_port": "1"}
    mailbox.save()
    message = queue(converse(mailbox, WRITER), subject="Your parcel")

    delivery.deliver_due(seconds=5)

    message.refresh_from_db()
    mailbox.refresh_from_db()
    assert (message.status, results(message)) == (MessageStatus.QUEUED, [AttemptResult.TRY_AGAIN])
    assert "cannot be reached" in mailbox.last_error
