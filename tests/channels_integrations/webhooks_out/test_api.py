"""Partners look after their webhooks by the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from channels_integrations.choices import DeliveryState
from channels_integrations.models import WebhookDelivery, WebhookSubscription
from common.api.docs import schema_document
from common.models import IdempotentAnswer
from logistics.choices import Scope
from logistics.models import Partner
from logistics.services.api_keys import issue_key
from tests.channels_integrations.webhooks_out.partner_system import Receiver, happen, send, subscribed, ticket_of

pytestmark = pytest.mark.django_db
HOME = "webhook-subscriptions/"

type Ask = Callable[..., Any]


def asking(partner: Partner) -> Ask:
    _key, text = issue_key(partner=partner, name="System", scopes=[Scope.WEBHOOKS], now=timezone.now())

    def ask(method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent: dict[str, Any] = {"headers": {"authorization": f"Bearer {text}"} | headers}
        if body is not None:
            sent |= {"data": json.dumps(body, default=str), "content_type": "application/json"}
        return getattr(Client(raise_request_exception=False), method)(f"/api/v1/{path}", **sent)

    return ask


@pytest.fixture
def ask(hall: Partner) -> Ask:
    return asking(hall)


def test_secret_is_shown_once_signs_what_comes_and_is_nowhere_in_the_clear(
    ask: Ask, hall: Partner, receiver: Receiver
) -> None:
    made = ask("post", HOME, {"url": receiver.url, "event_types": ["ticket.addressed"]})
    assert made.status_code == 201
    secret = made.json()["secret"]
    happen(ticket_of(hall))
    send()

    [body] = receiver.verified(secret)
    assert body["type"] == "ticket.addressed"
    assert "secret" not in ask("get", made.headers["Location"].removeprefix("/api/v1/")).json()
    assert secret not in ask("get", HOME).content.decode()


def test_secret_of_a_repeated_request_is_the_same_and_lies_nowhere_in_the_clear(ask: Ask, receiver: Receiver) -> None:
    body = {"url": receiver.url}
    first = ask("post", HOME, body, **{"idempotency-key": "once"})
    again = ask("post", HOME, body, **{"idempotency-key": "once"})

    assert first.json()["secret"] == again.json()["secret"]
    assert WebhookSubscription.objects.count() == 1
    assert first.json()["secret"].encode() not in bytes(IdempotentAnswer.objects.get().body)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "ftp://hooks.example.com/"}, "url"),
        ({"url": "https://user:word@hooks.example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": "https://0x7f000001/"}, "url"),
        ({"url": "https://localhost:8000/"}, "url"),
        ({"url": "http://hooks.example.com/"}, "url"),
        ({"url": "https://hooks.example.com/", "event_types": ["no.such"]}, "event_types.0"),
        ({"url": "https://hooks.example.com/", "destinations": ["de"]}, "destinations.0"),
        ({"url": "https://hooks.example.com/", "kinds": ["spaceship"]}, "kinds.0"),
        ({"url": "https://hooks.example.com/", "secret": "mine"}, "secret"),
        ({}, "url"),
    ],
)
def test_what_cannot_be_subscribed_is_refused_by_field(
    ask: Ask, settings: Any, body: dict[str, Any], field: str
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False

    answer = ask("post", HOME, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert list(answer.json()["errors"]) == [field]
    assert not WebhookSubscription.objects.exists()


def test_another_partners_webhook_is_answered_like_none(ask: Ask, quay: Partner, receiver: Receiver) -> None:
    theirs, _secret = subscribed(quay, receiver)
    happen(ticket_of(quay))
    send()
    delivery = WebhookDelivery.objects.first()
    assert delivery is not None
    one = f"{HOME}{theirs.pk}/"
    period = {"since": timezone.now() - timedelta(days=1), "until": timezone.now()}

    assert ask("get", one).status_code == 404
    assert ask("patch", one, {"url": "https://evil.example/"}).status_code == 404
    assert ask("post", f"{one}rotate-secret/", {}).status_code == 404
    assert ask("post", f"{one}test/").status_code == 404
    assert ask("post", f"{one}replay/", period).status_code == 404
    assert ask("get", f"{one}deliveries/").status_code == 404
    assert ask("get", f"{one}deliveries/{delivery.pk}/").status_code == 404
    assert ask("post", f"{one}deliveries/{delivery.pk}/replay/").status_code == 404
    assert ask("delete", one).status_code == 404
    assert ask("get", HOME).json() == {"results": [], "next": None}
    theirs.refresh_from_db()
    assert theirs.url == receiver.url


def test_delivery_of_an_own_subscription_is_not_found_under_another_of_ones_own(
    ask: Ask, hall: Partner, receiver: Receiver
) -> None:
    one, _ = subscribed(hall, receiver, event_types=["ticket.addressed"])
    other, _ = subscribed(hall, receiver, event_types=["message.created"])
    happen(ticket_of(hall))
    send()
    delivery = WebhookDelivery.objects.get()

    assert ask("get", f"{HOME}{one.pk}/deliveries/{delivery.pk}/").status_code == 200
    assert ask("get", f"{HOME}{other.pk}/deliveries/{delivery.pk}/").status_code == 404


def test_test_message_arrives_signed_also_while_the_webhook_is_off(ask: Ask, hall: Partner, receiver: Receiver) -> None:
    made, secret = subscribed(hall, receiver)
    one = f"{HOME}{made.pk}/"
    assert ask("patch", one, {"state": "off"}).json()["state"] == "off"

    queued = ask("post", f"{one}test/")
    again = ask("post", f"{one}test/")
    send()

    assert (queued.status_code, queued.json()["type"]) == (202, "webhook.test")
    assert (again.status_code, again.json()["code"]) == (409, "test_under_way")
    assert [body["type"] for body in receiver.verified(secret)] == ["webhook.test"]
    seen = ask("get", f"{one}deliveries/{queued.json()['id']}/").json()
    assert (seen["state"], seen["tries"][0]["status"]) == ("delivered", 200)


def test_replay_of_one_sends_the_same_bytes_under_the_same_id(ask: Ask, hall: Partner, receiver: Receiver) -> None:
    made, secret = subscribed(hall, receiver, event_types=["ticket.addressed"])
    happen(ticket_of(hall))
    send()
    delivery = WebhookDelivery.objects.get()
    address = f"{HOME}{made.pk}/deliveries/{delivery.pk}/"

    assert ask("post", f"{address}replay/").status_code == 202
    assert ask("post", f"{address}replay/").json()["code"] == "delivery_pending"
    send()

    first, second = receiver.calls
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    Webhook(secret).verify(second.body, second.headers)
    assert len(ask("get", address).json()["tries"]) == 2


def test_replay_of_a_period_sends_what_was_missed_and_what_was_never_queued(
    ask: Ask, hall: Partner, receiver: Receiver
) -> None:
    ticket = ticket_of(hall)
    begin = timezone.now()
    happen(ticket)
    send()  # nobody had subscribed yet
    made, _ = subscribed(hall, receiver)
    happen(ticket)
    send()
    assert len(receiver.calls) == 1
    WebhookDelivery.objects.update(state=DeliveryState.DEAD, ended_at=timezone.now(), next_attempt_at=None)
    period = {"since": begin - timedelta(minutes=1), "until": timezone.now() + timedelta(minutes=1)}

    answer = ask("post", f"{HOME}{made.pk}/replay/", period)
    send()

    assert (answer.status_code, answer.json()) == (202, {"deliveries": 3})
    assert sorted(json.loads(call.body)["data"]["sequence"] for call in receiver.calls[1:]) == [1, 2, 3]
    assert ask("post", f"{HOME}{made.pk}/replay/", period).json() == {"deliveries": 0}
    assert ask("post", f"{HOME}{made.pk}/replay/", period | {"everything": True}).json() == {"deliveries": 3}


def test_period_that_is_none_or_too_long_is_refused(ask: Ask, hall: Partner, receiver: Receiver) -> None:
    made, _ = subscribed(hall, receiver)
    now = timezone.now()

    backwards = ask("post", f"{HOME}{made.pk}/replay/", {"since": now, "until": now - timedelta(hours=1)})
    too_long = ask("post", f"{HOME}{made.pk}/replay/", {"since": now - timedelta(days=40), "until": now})

    assert list(backwards.json()["errors"]) == ["until"]
    assert list(too_long.json()["errors"]) == ["since"]


def test_change_against_an_older_state_is_refused(ask: Ask, hall: Partner, receiver: Receiver) -> None:
    made, _ = subscribed(hall, receiver)
    one = f"{HOME}{made.pk}/"
    tag = ask("get", one).headers["ETag"]
    assert ask("patch", one, {"name": "A"}, **{"if-match": tag}).status_code == 200

    late = ask("patch", one, {"name": "B"}, **{"if-match": tag})

    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert WebhookSubscription.objects.get().name == "A"


def test_removed_webhook_takes_its_log_along(ask: Ask, hall: Partner, receiver: Receiver) -> None:
    made, _ = subscribed(hall, receiver)
    happen(ticket_of(hall))
    send()

    assert ask("delete", f"{HOME}{made.pk}/").status_code == 204

    assert not WebhookDelivery.objects.exists()
    assert ask("get", f"{HOME}{made.pk}/").status_code == 404


def test_every_message_sent_fits_what_the_schema_says_of_it(hall: Partner, receiver: Receiver) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    document = schema_document()
    _made, secret = subscribed(hall, receiver)
    happen(ticket_of(hall, kind="clearance", destination="DE"))
    send()

    assert receiver.calls
    for body in receiver.verified(secret):
        said = document["webhooks"][body["type"]]["post"]["requestBody"]["content"]["application/json"]["schema"]
        jsonschema.validate(body, said | {"components": document["components"]})
