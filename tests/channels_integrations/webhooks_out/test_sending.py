"""From an event to a partner's system and what comes of it, over real HTTP on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from channels_integrations.choices import DeliveryState, SubscriptionState
from channels_integrations.models import WebhookAttempt, WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out import claiming, handing_on, subscriptions
from channels_integrations.webhooks_out.pauses import TRIES, next_try, wish_of
from common.models import Connection
from logistics.models import Partner
from tests.channels_integrations.webhooks_out.partner_system import (
    Receiver,
    closed_port,
    happen,
    send,
    subscribed,
    ticket_of,
    until,
)
from tickets.choices import Audience
from tickets.models import Message

pytestmark = pytest.mark.django_db


def test_event_arrives_signed_and_says_how_the_ticket_stands(hall: Partner, receiver: Receiver) -> None:
    _subscription, secret = subscribed(hall, receiver)
    ticket = ticket_of(hall)
    happen(ticket)

    send()

    first, second = sorted(receiver.verified(secret), key=lambda body: body["data"]["sequence"])
    assert (first["type"], first["data"]["sequence"]) == ("ticket.addressed", 1)
    assert (second["type"], second["data"]["sequence"]) == ("ticket.priority_changed", 2)
    assert second["data"]["ticket"]["reference"] == ticket.reference
    assert second["data"]["details"] == {"from": 3, "to": 1}
    ids = {call.headers["webhook-id"] for call in receiver.calls}
    assert ids == {row.message_id for row in WebhookDelivery.objects.filter(state=DeliveryState.DELIVERED)}


def test_body_that_was_tampered_with_does_not_verify(hall: Partner, receiver: Receiver) -> None:
    _subscription, secret = subscribed(hall, receiver, event_types=["ticket.addressed"])
    happen(ticket_of(hall))
    send()
    [call] = receiver.calls

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(call.body.replace(b"addressed", b"addresser"), call.headers)


def test_both_secrets_verify_while_they_overlap_and_only_the_new_one_after(hall: Partner, receiver: Receiver) -> None:
    subscription, old = subscribed(hall, receiver, event_types=["ticket.priority_changed"])
    ticket = ticket_of(hall)
    new = subscriptions.rotate(subscription, now=timezone.now(), overlap=timedelta(hours=1))
    happen(ticket)
    send()
    [call] = receiver.calls
    assert Webhook(old).verify(call.body, call.headers) == Webhook(new).verify(call.body, call.headers)

    WebhookSubscription.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
    happen(ticket)
    send()

    later = receiver.calls[1]
    Webhook(new).verify(later.body, later.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(later.body, later.headers)
    assert subscriptions.forget_old_secrets(now=timezone.now()) == 1
    assert set(WebhookSubscription.objects.get().secrets) == {"current"}


def test_partner_is_told_of_own_tickets_only(hall: Partner, quay: Partner, receivers: Callable[[], Receiver]) -> None:
    ours, theirs = receivers(), receivers()
    subscribed(hall, ours)
    subscribed(quay, theirs)
    happen(ticket_of(hall))
    happen(ticket_of())

    send()

    assert len(ours.calls) == 2
    assert theirs.calls == []


def test_ticket_that_is_the_partners_no_more_is_not_told_of(hall: Partner, receiver: Receiver) -> None:
    subscribed(hall, receiver)
    ticket = ticket_of(hall)
    happen(ticket)
    ticket.participants.filter(partner=hall).delete()

    send()

    assert receiver.calls == []


@pytest.mark.parametrize(
    ("wishes", "arrives"),
    [
        ({"event_types": ["ticket.priority_changed"]}, 1),
        ({"event_types": ["message.created"]}, 0),
        ({"kinds": ["loss"]}, 2),
        ({"kinds": ["delay"]}, 0),
        ({"priorities": [1, 2]}, 0),
        ({"priorities": [3], "destinations": ["ES"]}, 2),
        ({"destinations": ["FR"]}, 0),
    ],
)
def test_subscription_hears_what_it_asked_for(
    hall: Partner, receiver: Receiver, wishes: dict[str, Any], arrives: int
) -> None:
    subscribed(hall, receiver, **wishes)
    happen(ticket_of(hall, kind="loss", destination="ES"))

    send()

    assert len(receiver.calls) == arrives


def test_failed_one_blocks_no_later_one_and_comes_again_under_its_id(hall: Partner, receiver: Receiver) -> None:
    subscription, secret = subscribed(hall, receiver, event_types=["ticket.priority_changed"])
    WebhookSubscription.objects.update(last_success_at=timezone.now())
    ticket = ticket_of(hall)
    receiver.answers = [(500, {}, "no"), (200, {}, "ok")]
    now = timezone.now()
    happen(ticket)
    send(now=now)
    happen(ticket)
    send(now=now)
    assert [body["data"]["sequence"] for body in receiver.verified(secret)] == [2, 3]

    send(now=now + timedelta(seconds=7))

    assert receiver.calls[2].headers["webhook-id"] == receiver.calls[0].headers["webhook-id"]
    assert receiver.calls[2].body == receiver.calls[0].body
    assert not WebhookDelivery.objects.exclude(state=DeliveryState.DELIVERED).exists()
    subscription.refresh_from_db()
    assert subscription.failures == 0


def test_delivery_is_given_up_after_three_days_of_tries(hall: Partner, receiver: Receiver) -> None:
    subscribed(hall, receiver, event_types=["ticket.addressed"])
    receiver.answer(503)
    happen(ticket_of(hall))
    begin = now = timezone.now()
    send(now=now)

    while (delivery := WebhookDelivery.objects.get()).state == DeliveryState.PENDING:
        WebhookSubscription.objects.update(state="active", reason="", failing_since=None)  # its pause is another test's
        assert delivery.next_attempt_at is not None
        now = delivery.next_attempt_at
        send(now=now)

    assert delivery.state == DeliveryState.DEAD
    assert len(receiver.calls) == TRIES
    assert timedelta(days=2) < now - begin < timedelta(days=4)
    assert {call.headers["webhook-id"] for call in receiver.calls} == {delivery.message_id}


def test_pauses_grow_and_a_wish_only_makes_them_longer() -> None:
    now = timezone.now()
    pauses = [next_try(attempts=n, now=now, spread=lambda _a, _b: 1.0) for n in range(1, TRIES)]
    assert pauses == sorted(pauses)  # type: ignore[type-var]
    assert next_try(attempts=TRIES, now=now) is None
    assert next_try(attempts=1, now=now, retry_after=timedelta(hours=1)) == now + timedelta(hours=1)
    assert next_try(attempts=1, now=now, retry_after=timedelta(days=9)) == now + timedelta(hours=24)


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    now = timezone.now().replace(microsecond=0)
    date = (now + timedelta(minutes=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")

    assert wish_of("120", now=now) == timedelta(minutes=2)
    assert wish_of(date, now=now) == timedelta(minutes=3)
    assert wish_of("soon", now=now) is None


def test_address_that_asks_to_wait_is_left_alone_with_all_its_deliveries(hall: Partner, receiver: Receiver) -> None:
    subscribed(hall, receiver, event_types=["ticket.priority_changed"])
    receiver.answers = [(429, {"Retry-After": "600"}, ""), (200, {}, "")]
    ticket = ticket_of(hall)
    now = timezone.now()
    happen(ticket)
    send(now=now)
    happen(ticket)

    send(now=now + timedelta(minutes=9))
    assert len(receiver.calls) == 1
    send(now=now + timedelta(minutes=11))
    assert len(receiver.calls) == 3


def test_gone_switches_the_subscription_off_and_keeps_nothing_for_it(hall: Partner, receiver: Receiver) -> None:
    subscription, _ = subscribed(hall, receiver, event_types=["ticket.priority_changed"])
    receiver.answer(410)
    ticket = ticket_of(hall)
    happen(ticket)
    happen(ticket)
    send()
    happen(ticket)
    send()

    subscription.refresh_from_db()
    assert (subscription.state, subscription.reason) == (SubscriptionState.OFF, "gone")
    assert len(receiver.calls) == 1
    assert list(WebhookDelivery.objects.values_list("state", flat=True)) == [DeliveryState.DEAD] * 2


def test_redirect_is_not_followed(hall: Partner, receivers: Callable[[], Receiver]) -> None:
    receiver, elsewhere = receivers(), receivers()
    subscribed(hall, receiver, event_types=["ticket.addressed"])
    receiver.answer(302, {"Location": elsewhere.url})
    happen(ticket_of(hall))

    send()

    assert elsewhere.calls == []
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.last_status) == (DeliveryState.PENDING, 302)


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["93.184.216.34", "10.0.0.5"], ["::ffff:169.254.169.254"]])
def test_name_that_turns_private_after_it_was_subscribed_is_refused(
    hall: Partner, receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    port = receiver.url.rsplit(":", 1)[1].split("/")[0]
    subscribe = subscriptions.subscribe
    subscribe(partner_id=hall.pk, url=f"https://hooks.partner.example:{port}/hook", now=timezone.now())
    happen(ticket_of(hall))
    connected: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *_a: connected.append(1))
    real = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        if host != "hooks.partner.example":
            return real(host, *rest, **more)
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in one], socket.SOCK_STREAM, 6, "", (one, int(port))) for one in answers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    send()

    assert connected == []
    assert receiver.calls == []
    assert "private address" in WebhookAttempt.objects.latest("pk").failure


def test_worker_that_died_between_claim_and_sending_leaves_it_to_the_next_under_the_same_id(
    hall: Partner, receiver: Receiver
) -> None:
    subscribed(hall, receiver, event_types=["ticket.addressed"])
    happen(ticket_of(hall))
    now = timezone.now()
    handing_on.hand_on(now=now)
    [claimed] = claiming.claim(now=now, most=16, for_troubled=8)
    # The worker dies here.
    assert send(now=now + timedelta(seconds=30)) == 0

    send(now=now + claiming.LEASE + timedelta(seconds=1))

    [call] = receiver.calls
    assert call.headers["webhook-id"] == claimed.delivery.message_id
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 2)


def test_address_that_hangs_keeps_nobody_else_waiting(
    hall: Partner, quay: Partner, receivers: Callable[[], Receiver]
) -> None:
    slow, quick = receivers(), receivers()
    slow.hold = threading.Event()
    for _ in range(12):
        subscribed(hall, slow, event_types=["ticket.priority_changed"])
    subscribed(quay, quick, event_types=["ticket.priority_changed"])
    ticket = ticket_of(hall, quay)
    for _ in range(30):
        happen(ticket)
    waited: list[int] = []

    def watch() -> None:
        until(lambda: len(quick.calls) == 30)
        waited.append(len(slow.calls))
        assert slow.hold is not None
        slow.hold.set()

    watching = threading.Thread(target=watch)
    watching.start()

    send(seconds=0.5)

    watching.join()
    assert waited == [claiming.TROUBLED_OF_PARTNER]


def test_dead_address_is_paused_its_owner_is_told_and_all_that_waited_is_sent_when_it_goes_on(
    hall: Partner, receiver: Receiver
) -> None:
    account = Connection.objects.create(provider="email", slug="desk", name="Desk", settings={"address": "d@c.example"})
    subscription, _ = subscribed(
        hall, receiver, event_types=["ticket.priority_changed"], contact_email="it@hall.example"
    )
    receiver.answer(500)
    ticket = ticket_of(hall)
    now = timezone.now()
    happen(ticket)
    for hours in (0, 1, 2, 8, 20, 40):
        send(now=now + timedelta(hours=hours))
    subscription.refresh_from_db()
    assert (subscription.state, subscription.reason) == (SubscriptionState.PAUSED, "dead")
    letter = Message.objects.get(identity__external_id="it@hall.example")
    assert (letter.audience, letter.connection) == (Audience.PARTNER, account)
    assert "127.0.0.1" in letter.text
    asked = len(receiver.calls)
    happen(ticket)
    send(now=now + timedelta(hours=41))
    assert len(receiver.calls) == asked

    receiver.answer(200)
    subscriptions.switch(subscription, is_active=True, now=now + timedelta(hours=42))
    send(now=now + timedelta(hours=42))

    assert len(receiver.calls) == asked + 2
    assert not WebhookDelivery.objects.exclude(state=DeliveryState.DELIVERED).exists()


def test_log_tells_request_and_response_and_no_secret(hall: Partner, receiver: Receiver) -> None:
    subscription, secret = subscribed(hall, receiver, event_types=["ticket.addressed"])
    receiver.answer(200, {"Set-Cookie": "session=1234", "X-Api-Key": "k"}, f"I know {secret}")
    happen(ticket_of(hall))

    send()

    attempt = WebhookAttempt.objects.get()
    assert (attempt.status, attempt.response_body) == (200, "I know [secret]")
    told = repr([attempt.request_headers, attempt.response_headers, attempt.response_body, attempt.failure])
    assert secret.removeprefix("whsec_") not in told
    assert "signature" not in told
    assert "session" not in told
    raw = bytes(_stored(subscription))
    assert secret.encode() not in raw


def test_answer_without_end_is_cut_off_and_counts_by_its_status(hall: Partner, receiver: Receiver) -> None:
    subscribed(hall, receiver, event_types=["ticket.addressed"])
    receiver.answer(200, {}, "x" * 200_000)
    happen(ticket_of(hall))

    send()

    assert WebhookDelivery.objects.get().state == DeliveryState.DELIVERED
    assert len(WebhookAttempt.objects.get().response_body) == 4_096


def test_address_where_nobody_listens_is_tried_again(hall: Partner, receiver: Receiver) -> None:
    receiver.url = f"http://127.0.0.1:{closed_port()}/hook"
    subscribed(hall, receiver, event_types=["ticket.addressed"])
    happen(ticket_of(hall))

    send()

    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == (DeliveryState.PENDING, 1, None)
    assert delivery.failure.startswith("127.0.0.1 could not be reached")


def test_inactive_partner_is_told_nothing(hall: Partner, receiver: Receiver) -> None:
    subscribed(hall, receiver)
    happen(ticket_of(hall))
    Partner.objects.update(is_active=False)

    send()

    assert receiver.calls == []


def _stored(subscription: WebhookSubscription) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM channels_integrations_webhooksubscription WHERE id = %s", [subscription.pk])
        return bytes(cursor.fetchone()[0])
