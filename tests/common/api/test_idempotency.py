"""Writes sent twice are done once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from common.api import idempotency
from common.models import Heartbeat, IdempotentAnswer
from logistics.choices import Scope
from logistics.models import Partner
from logistics.services.api_keys import issue_key
from tests.common.api import probe
from tests.common.api.conftest import Ask

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.common.api.probe")]
BODY = {"name": "one", "at": "2026-11-24T09:00:00Z"}


def test_the_same_request_again_is_given_the_same_answer(ask: Ask) -> None:
    first = ask("POST", "beats/", BODY, **{"idempotency-key": "k1"})
    Heartbeat.objects.all().delete()
    again = ask("POST", "beats/", BODY, **{"idempotency-key": "k1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    for name in ("Content-Type", "Location", "ETag"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert "RateLimit-Remaining" in again.headers
    assert not Heartbeat.objects.exists()


@pytest.mark.parametrize("change", ["body", "path", "method", "query"])
def test_a_key_used_for_another_request_is_told_apart(ask: Ask, change: str) -> None:
    ask("POST", "beats/", BODY, **{"idempotency-key": "k1"})
    method, path, body = {
        "body": ("POST", "beats/", BODY | {"name": "two"}),
        "path": ("PUT", "beats/one/", BODY),
        "method": ("DELETE", "beats/one/", None),
        "query": ("POST", "beats/?fields=name", BODY),
    }[change]

    answer = ask(method, path, body, **{"idempotency-key": "k1"})

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert [beat.name for beat in Heartbeat.objects.all()] == ["one"]


def test_a_refusal_is_not_kept_and_leaves_nothing(ask: Ask) -> None:
    refused = ask("POST", "beats/", BODY | {"name": "refused"}, **{"idempotency-key": "k1"})
    broken = ask("POST", "beats/", BODY | {"name": "broken"}, **{"idempotency-key": "k1"})

    assert (refused.status_code, broken.status_code) == (409, 500)
    assert not Heartbeat.objects.exists()
    assert not IdempotentAnswer.objects.exists()
    assert ask("POST", "beats/", BODY, **{"idempotency-key": "k1"}).status_code == 201


def test_another_partner_may_use_the_same_key(ask: Ask) -> None:
    other = Partner.objects.create(kind="broker", name="Other")
    text = issue_key(partner=other, name="k", scopes=[Scope.ANSWER], now=timezone.now())[1]
    ask("POST", "beats/", BODY, **{"idempotency-key": "k1"})

    answer = ask("POST", "beats/", BODY | {"name": "two"}, with_key=text, **{"idempotency-key": "k1"})

    assert answer.status_code == 201


def test_a_partners_rotated_key_still_gets_the_answer(ask: Ask, partner: Partner) -> None:
    text = issue_key(partner=partner, name="next", scopes=[Scope.ANSWER], now=timezone.now())[1]
    first = ask("POST", "beats/", BODY, **{"idempotency-key": "k1"})

    again = ask("POST", "beats/", BODY, with_key=text, **{"idempotency-key": "k1"})

    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"


def test_an_answer_is_forgotten_after_a_day(ask: Ask) -> None:
    ask("POST", "beats/", BODY, **{"idempotency-key": "k1"})
    long_ago = timezone.now() - timedelta(hours=24)
    IdempotentAnswer.objects.update(created_at=long_ago)

    assert ask("POST", "beats/", BODY | {"name": "two"}, **{"idempotency-key": "k1"}).status_code == 201
    IdempotentAnswer.objects.update(created_at=long_ago)
    assert idempotency.forget_old(now=timezone.now()) == 1


@pytest.mark.parametrize("given", ["x" * 256, "é"])
def test_a_key_that_is_none_is_a_400(ask: Ask, given: str) -> None:
    assert ask("POST", "beats/", BODY, **{"idempotency-key": given}).status_code == 400


def test_a_form_is_the_same_by_its_parts_however_it_was_put_together() -> None:
    def hash_of(boundary: str, content: bytes) -> bytes:
        parts = {"text": "a", "file": SimpleUploadedFile("p.pdf", content, "application/pdf")}
        from django.test.client import encode_multipart

        raw = RequestFactory().post(
            "/x", encode_multipart(boundary, parts), content_type=f"multipart/form-data; boundary={boundary}"
        )
        return idempotency._hash(Request(raw, parsers=[MultiPartParser()]))

    assert hash_of("one", b"%PDF") == hash_of("other", b"%PDF")
    assert hash_of("one", b"%PDF") != hash_of("one", b"%PDX")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_runs_and_the_other_is_told_to_wait(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, go_on = threading.Event(), threading.Event()
    answers: list[Any] = []
    create = probe.Beats.post

    def slow(view: Any, request: Any) -> Any:
        made = create(view, request)
        inside.set()
        assert go_on.wait(10)
        return made

    slow.documented = create.documented  # type: ignore[attr-defined]
    monkeypatch.setattr(probe.Beats, "post", slow)

    def first() -> None:
        answers.append(ask("POST", "beats/", BODY, **{"idempotency-key": "k1"}))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    meanwhile = ask("POST", "beats/", BODY, **{"idempotency-key": "k1"})
    go_on.set()
    thread.join()
    afterwards = ask("POST", "beats/", BODY, **{"idempotency-key": "k1"})

    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency_in_progress")
    assert meanwhile.headers["Retry-After"] == "1"
    assert answers[0].status_code == 201
    assert afterwards.content == answers[0].content
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_process_that_dies_meanwhile_leaves_no_claim(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    create = probe.Beats.post

    def die(view: Any, request: Any) -> Any:
        create(view, request)
        connection.connection.close()  # what the server sees of a process that was killed
        raise SystemExit

    monkeypatch.setattr(probe.Beats, "post", die)

    def killed() -> None:
        with pytest.raises(SystemExit):
            ask("POST", "beats/", BODY, **{"idempotency-key": "k1"})

    thread = threading.Thread(target=killed)
    thread.start()
    thread.join()
    monkeypatch.undo()

    assert not Heartbeat.objects.exists()
    assert ask("POST", "beats/", BODY, **{"idempotency-key": "k1"}).status_code == 201
    assert Heartbeat.objects.count() == 1
