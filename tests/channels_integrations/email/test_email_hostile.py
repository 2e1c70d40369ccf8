"""Any bytes: a value or MalformedPayload, in bounded time, with text the database takes."""

# ruff: noqa: E501 - raw mail is easier to read in its own lines

from __future__ import annotations

import time
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels_integrations.email.parse import parse_mail
from common.errors import MalformedPayload
from tickets.policies.inbound import InboundMessage

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SEED = (
    b'Return-Path: <>\r\nFrom: =?utf-8?B?5p2O5Lyf?= <li@kunde.test>\r\nTo: "a, b" <desk@clearway.test>, x:;\r\n'
    b"Subject: =?gb2312?Q?=CE=D2?= =?utf-8?B?5oiR?=\r\nMessage-ID: <m@x>\r\nReferences: <a@x> <b@x>\r\n"
    b'Date: Fri, 20 Nov 2026 10:00:00 +0800\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n boundary="b"\r\n'
    b"\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain; charset=iso-2022-jp;"
    b" format=flowed\r\n\r\n\x1b$B2Y\x1b(B text \r\n> quoted\r\nOn Fri, 20 Nov 2026 10:00, a@b.test wrote:\r\n--c\r\n"
    b"Content-Type: text/html; charset=gbk\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=CE=D2<a href=3D'x'>"
    b"\r\n--c--\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: x\r\n\r\nAction: failed\r\nStatus: 5.0.0\r\n"
    b"--b\r\nContent-Type: image/png; name*0*=utf-8''%E5;name*1=x.png\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-ID: <i@x>\r\n\r\niVBORw0KGgo=\r\n--b\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n#86)C\r\nend\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <o@x>\r\n\r\nx\r\n--b--\r\n"
)  # fmt: skip
TOKENS = [
    b"\r\n", b"\n", b"\r", b"\x00", b"\xff\xfe", b"--b", b"--b--", b"=?", b"?=", b"=?utf-8?B?", b"charset=", b"utf-16",
    b"punycode", b"hex", b'"', b"<", b">", b"(", b"\\", b";", b"*0*=", b"''", b"begin 644 x\r\n", b"\xed\xa0\x80",
    b"Content-Type: multipart/mixed; boundary=", b"Content-Transfer-Encoding: ", b"\x1b$B", b"%", b"=", b" ", b"@",
]  # fmt: skip


def assert_storable(value: Any) -> None:
    if isinstance(value, str):
        assert "\x00" not in value
        value.encode()
    elif isinstance(value, tuple):
        for item in value:
            assert_storable(item)
    elif isinstance(value, dict):
        assert_storable(tuple(value.items()))
    elif hasattr(value, "__dataclass_fields__"):
        for item in fields(value):
            assert_storable(getattr(value, item.name))


def try_parse(raw: bytes) -> None:
    try:
        result = parse_mail(raw, own_addresses=frozenset({"desk@clearway.test"}), received_at=NOW)
    except MalformedPayload:
        return
    assert_storable(result)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=600))
def test_random_bytes_never_break_the_parser(raw: bytes) -> None:
    try_parse(raw)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=600))
def test_random_body_below_a_header_is_never_lost(raw: bytes) -> None:
    result = parse_mail(b"From: li@kunde.test\r\n\r\n" + raw, own_addresses=frozenset(), received_at=NOW)

    assert isinstance(result, InboundMessage)
    assert_storable(result)


@settings(max_examples=600, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(SEED)), st.integers(0, 60), st.sampled_from(TOKENS) | st.binary(max_size=8)),
        max_size=8,
    )
)
def test_mutated_mail_never_breaks_the_parser(edits: list[tuple[int, int, bytes]]) -> None:
    raw = SEED
    for position, cut, token in edits:
        raw = raw[:position] + token + raw[position + cut :]

    try_parse(raw)


HEAD = b"From: li@kunde.test\r\nSubject: x\r\n"
HOSTILE = {
    "nested parts": HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(10_000)),
    "nested parts of one boundary": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 10_000,
    "many parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000,
    "one long line": HEAD + b"\r\n" + b"x" * 1_000_000,
    "long line of words": HEAD + b"\r\n" + b"On Fri a@b wrote: " * 60_000,
    "many headers": b"From: li@kunde.test\r\n" + b"X-A: b\r\n" * 50_000 + b"\r\nHi",
    "folded header": b"From: li@kunde.test\r\nSubject: a\r\n" + b" b\r\n" * 100_000 + b"\r\nHi",
    "encoded words": b"From: li@kunde.test\r\nSubject: " + b"=?utf-8?q?" * 100_000 + b"\r\n\r\nHi",
    "brackets in addresses": b"From: " + b"(" * 200_000 + b"\r\nTo: " + b"<" * 200_000 + b"\r\n\r\nHi",
    "many recipients": b"From: li@kunde.test\r\nTo: " + b"a@b.test, " * 100_000 + b"\r\n\r\nHi",
    "addresses without an end": b"From: " + b"a@" * 300_000 + b"\r\n\r\nHi",
    "references": b"From: li@kunde.test\r\nReferences: " + b"<a@b>" * 100_000 + b"\r\n\r\nHi",
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a*0*=b" * 50_000 + b"\r\n\r\nHi",
    "boundary everywhere": HEAD + b"Content-Type: multipart/mixed; boundary=-\r\n\r\n" + b"-" * 1_000_000,
    "boundary lookalikes": HEAD + b"Content-Type: multipart/mixed\r\n\r\n" + b"--a\n" * 250_000,
    "uuencode": HEAD + b"\r\n" + b"begin 644 a\r\n" * 80_000,
    "attributions": HEAD + b"\r\n" + b"On Fri, 20 Nov 2026 at 10:00, a@b.test\r\n" * 25_000,
    "quotes": HEAD + b"\r\n" + (b">" * 300 + b"\r\n") * 3_000,
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * 300_000,
    "escapes": HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B\xff" * 100_000,
    "html entities": HEAD + b"Content-Type: text/html\r\n\r\n" + b"&" * 1_000_000,
    "html nesting": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
    "delivery status": HEAD
    + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    + b"Action: delayed\r\n\r\n" * 50_000,
    "blank lines": HEAD + b"\r\n" + b"\r\n" * 500_000,
    "flowed": HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"x \r\n" * 250_000,
}  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_mail_takes_bounded_time(raw: bytes) -> None:
    started = time.process_time()

    try_parse(raw)

    assert time.process_time() - started < 2


def test_what_lies_too_deep_is_kept_as_a_file() -> None:
    raw = HEAD
    for number in range(40):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number)

    message = parse_mail(
        raw + b"Content-Type: text/plain\r\n\r\ndeep secret", own_addresses=frozenset(), received_at=NOW
    )

    assert isinstance(message, InboundMessage)
    assert b"deep secret" in (message.attachments[0].content or b"")


def test_a_mail_of_ten_kilobytes_is_read_in_milliseconds() -> None:
    raw = HEAD + b"\r\n" + b"My parcel LX123456789CN is late, please tell me where it is now.\r\n" * 150
    started = time.process_time()

    for _ in range(20):
        try_parse(raw)

    assert (time.process_time() - started) / 20 < 0.02
