"""Bodies that are none: each is a clean 400 (or 413, 415), whatever the view."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from common.api.bodies import DEEPEST, parse_json
from common.models import Heartbeat
from tests.common.api.conftest import Ask

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.common.api.probe")]
GOOD = {"name": "x", "at": "2026-11-24T09:00:00Z"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nothing",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"name": "a", "name": "b"}',
        b'{"name": NaN}',
        b'{"name": -Infinity}',
        b'{"name": 1e999}',
        b'{"name": ' + b"9" * 5_000 + b"}",
        b'{"name": 9223372036854775808}',
        b'{"name": "a\\u0000b"}',
        b'{"a\\u0000": 1}',
        b'{"name": "\\ud800"}',
        b'{"name": "a\x01b"}',
        b"[" * 100_000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" + b"[]," * 120_000 + b"[]]",
        b"[]",
        b'"text"',
        b"null",
    ],
)
def test_a_body_that_is_no_sound_object_is_a_clean_400(ask: Ask, body: bytes) -> None:
    answer = ask("POST", "beats/", body)

    assert answer.status_code == 400, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in {"malformed", "invalid_input"}
    assert not Heartbeat.objects.filter(name="x").exists()


def test_a_body_beyond_the_limit_is_refused_unread(ask: Ask) -> None:
    answer = ask("POST", "beats/", b'{"name": "' + b"a" * 2**20 + b'"}')

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "nonsense"])
def test_a_body_of_another_media_type_is_415(ask: Ask, key: str, client: Any, media_type: str) -> None:
    answer = client.post(
        "/api/v1/beats/", data=b"a", content_type=media_type, headers={"authorization": f"Bearer {key}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_unknown_fields_are_named(ask: Ask) -> None:
    answer = ask("POST", "beats/", GOOD | {"nmae": "y"})

    assert answer.status_code == 400
    assert answer.json()["errors"] == {"nmae": ["There is no such field."]}


@pytest.mark.parametrize(
    "query",
    [
        "nonsense=1",
        "name=%00",
        "since=yesterday",
        "early=maybe",
        "ordering=at",
        "limit=0",
        "limit=201",
        "limit=²",
        "cursor=abc",
        "fields=secret",
        "fields=",
        "name=" + "a" * 300,
    ],
)
def test_a_query_that_cannot_be_is_a_clean_400(ask: Ask, query: str) -> None:
    answer = ask("GET", f"beats/?{query}")

    assert answer.status_code == 400, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='[]{}",:\\u0dd8\n0123456789eE.-NaIf', max_size=60).map(str.encode))
def test_no_bytes_break_the_parser(raw: bytes) -> None:
    try:
        value = parse_json(raw)
    except ParseError:
        return
    assert json.loads(json.dumps(value)) == value


def test_negative_numbers_keep_their_sign_and_depth_is_counted() -> None:
    assert parse_json(b'{"a": -5, "b": [-9223372036854775807, 0, -0.5]}') == {"a": -5, "b": [-(2**63) + 1, 0, -0.5]}
    assert parse_json(b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1))
    with pytest.raises(ParseError, match="deeply"):
        parse_json(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))
