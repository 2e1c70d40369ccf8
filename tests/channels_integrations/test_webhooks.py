from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_integrations.choices import EventState
from channels_integrations.models import InboundEvent
from common.models import Connection
from tests.channels_integrations.conftest import ANA, text_update

Post = Callable[..., Any]


def test_webhook_keeps_the_raw_body_before_it_answers(bot: Connection, post: Post) -> None:
    body = json.dumps(text_update("您好", update_id=5), ensure_ascii=True).encode()

    response = post(body)

    assert (response.status_code, response.json()) == (200, {"status": "stored"})
    event = InboundEvent.objects.get()
    assert (bytes(event.raw), event.external_id, event.sender, event.state) == (body, "5", str(ANA), EventState.PENDING)


def test_same_update_again_is_a_duplicate_and_changes_nothing(bot: Connection, post: Post) -> None:
    post(text_update("one", update_id=5))

    response = post(text_update("another text under the same id", update_id=5))

    assert (response.status_code, response.json()) == (200, {"status": "duplicate"})
    assert b"one" in bytes(InboundEvent.objects.get().raw)


def test_storing_takes_one_statement_besides_waking_the_queue(bot: Connection, post: Post) -> None:
    post(text_update("wakes the queue", update_id=1))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        post(text_update("hello", update_id=2))

    assert [query["sql"].split()[0] for query in queries if "django_q" not in query["sql"]] == ["INSERT"]


@pytest.mark.parametrize("secret", ["", "wrong", "s3cret", "ключ"])
def test_wrong_or_missing_secret_is_refused_and_nothing_is_kept(bot: Connection, post: Post, secret: str) -> None:
    response = post(text_update("hello", update_id=5), secret=secret)

    assert response.status_code == 403
    assert response.json()["error"] == "signature_refused"
    assert not InboundEvent.objects.exists()


def test_connection_without_a_secret_refuses_everything(bot: Connection, post: Post) -> None:
    bot.credentials = {"token": "1:x", "secret": ""}
    bot.save()

    assert post(text_update("hello", update_id=5), secret="").status_code == 403


def test_unknown_and_inactive_connections_are_not_there(bot: Connection, post: Post) -> None:
    bot.is_active = False
    bot.save()

    assert post(text_update("hello", update_id=5)).status_code == 404
    assert post(text_update("hello", update_id=5), slug="nobody").status_code == 404
    assert not InboundEvent.objects.exists()


def test_mailbox_has_no_webhook(mailbox: Connection, post: Post) -> None:
    assert post({}, slug="desk").status_code == 404


def test_only_post_is_taken(bot: Connection, client: Any) -> None:
    response = client.get("/webhooks/bot/")

    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_body_beyond_a_megabyte_is_refused(bot: Connection, post: Post) -> None:
    response = post(b'{"update_id": 1, "x": "' + b"x" * 1_048_576 + b'"}')

    assert response.status_code == 413
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe\x00", b"hello", b"[" * 100_000, b'{"update_id": ' + b"9" * 5_000 + b"}", b"\x00"]
)
def test_body_that_is_no_json_is_kept_and_answered_with_a_sentence(bot: Connection, post: Post, body: bytes) -> None:
    response = post(body)

    assert response.status_code == 400
    assert response.json() == {"error": "malformed", "message": "The body is not JSON."}
    event = InboundEvent.objects.get()
    assert (event.state, bytes(event.raw)) == (EventState.MALFORMED, body)
    assert event.external_id == f"sha256:{hashlib.sha256(body).hexdigest()}"


@pytest.mark.parametrize(
    "body",
    [[], "text", 7, None, True, {}, {"update_id": "7"}, {"update_id": True}, {"update_id": 1e400}, {"update_id": None}],
)
def test_json_that_is_no_update_is_kept_for_the_worker_to_judge(bot: Connection, post: Post, body: Any) -> None:
    response = post(json.dumps(body).encode())

    assert (response.status_code, response.json()) == (200, {"status": "stored"})
    assert InboundEvent.objects.get().state == EventState.PENDING


def test_same_malformed_body_again_is_kept_once(bot: Connection, post: Post) -> None:
    assert [post(b"{").status_code for _ in range(3)] == [400, 400, 400]
    assert InboundEvent.objects.count() == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["update_id", "message", "chat", "id", "my_chat_member", "x"]), inner, max_size=5
                )
            ),
            max_leaves=15,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_no_body_makes_the_webhook_fail(bot: Connection, post: Post, body: bytes) -> None:
    assert post(body).status_code in {200, 400}


def test_carrier_push_is_kept_under_its_parcel(db: None, client: Any) -> None:
    Connection.objects.create(provider="seventeentrack", slug="scans", name="17TRACK", credentials={"api_key": "k3y"})
    body = json.dumps({"event": "TRACKING_STOPPED", "data": {"number": "RR123456785CN", "carrier": 3011}}).encode()
    sign = hashlib.sha256(body + b"/k3y").hexdigest()

    taken = client.post("/webhooks/scans/", body, content_type="application/json", headers={"sign": sign})
    refused = client.post("/webhooks/scans/", body + b" ", content_type="application/json", headers={"sign": sign})

    assert (taken.status_code, refused.status_code) == (200, 403)
    assert InboundEvent.objects.get().sender == "RR123456785CN"


def test_change_of_a_connection_works_at_once_here(bot: Connection, post: Post) -> None:
    assert post(text_update("hello", update_id=1)).status_code == 200
    bot.credentials = bot.credentials | {"secret": "another"}
    bot.save()

    assert post(text_update("hello", update_id=2)).status_code == 403


def test_refusal_is_quick_for_every_wrong_secret(bot: Connection, post: Post) -> None:
    began = time.monotonic()
    for number in range(50):
        post(text_update("hello", update_id=number), secret="x" * number or "y")

    assert time.monotonic() - began < 2
