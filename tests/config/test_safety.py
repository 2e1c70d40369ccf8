"""What strangers and browsers are held to."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
import time_machine
from django.test import Client

from common.models import User
from config.logs import LineFormatter, without_secrets
from config.safety import content_security_policy

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
PAGE = "/admin/jsi18n/"
"""The plainest of the pages that want a sign-in."""


@pytest.fixture
def alice() -> User:
    return User.objects.create_superuser("alice@clearway.example", PASSWORD, full_name="Alice", employee_number="A-1")


def sign_in(client: Client, name: str, password: str = PASSWORD, **extra: str) -> Any:
    return client.post("/admin/login/", {"username": name, "password": password, "next": "/admin/"}, **extra)  # type: ignore[arg-type]


def test_alice_signs_in_by_mail_and_by_employee_number(alice: User) -> None:
    for name in ("alice@clearway.example", "Alice@Clearway.EXAMPLE", "A-1"):
        assert sign_in(Client(), name).status_code == 302, name


def test_sixth_wrong_password_locks_the_name_at_that_address(alice: User) -> None:
    response = [sign_in(Client(), "alice@clearway.example", "wrong") for _ in range(6)][-1]
    locked = sign_in(Client(), "alice@clearway.example")

    assert response.status_code == 429
    assert locked.status_code == 429
    assert "Too many attempts" in locked.content.decode()


def test_capitals_do_not_give_further_attempts(alice: User) -> None:
    names = ("alice@clearway.example", "ALICE@clearway.example", "Alice@clearway.example") * 2
    statuses = [sign_in(Client(), name, "wrong").status_code for name in names]

    assert statuses[-1] == 429


def test_locked_name_still_signs_in_from_another_address(alice: User) -> None:
    for _ in range(7):
        sign_in(Client(), "alice@clearway.example", "wrong", REMOTE_ADDR="203.0.113.7")

    assert sign_in(Client(), "alice@clearway.example", REMOTE_ADDR="198.51.100.1").status_code == 302


def test_forged_forwarding_header_does_not_dodge_the_lock(alice: User) -> None:
    statuses = [
        sign_in(Client(), "alice@clearway.example", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}").status_code
        for number in range(7)
    ]

    assert statuses[-1] == 429


def test_behind_a_proxy_the_address_is_what_the_proxy_adds(rf: Any, settings: Any) -> None:
    from common.visits import client_address

    request = rf.get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9", REMOTE_ADDR="10.0.0.1")
    settings.BEHIND_PROXY = True
    behind = client_address(request)
    settings.BEHIND_PROXY = False

    assert (behind, client_address(request)) == ("203.0.113.9", "10.0.0.1")


def test_session_ends_after_twelve_hours_and_cookies_are_closed_to_scripts(client: Client, alice: User) -> None:
    cookie = sign_in(client, "A-1").cookies["clearway_session"]

    assert cookie["max-age"] == 12 * 60 * 60
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_session_in_use_is_renewed_now_and_then_and_ends_after_a_week(client: Client, alice: User) -> None:
    with time_machine.travel("2026-11-24T09:00:00Z", tick=False) as clock:
        sign_in(client, "A-1")
        clock.shift(5 * 60)
        soon = client.get(PAGE)
        clock.shift(11 * 60 * 60)
        later = client.get(PAGE)
        for _ in range(16):
            clock.shift(10 * 60 * 60)
            client.get(PAGE)
        last = client.get(PAGE)

    assert soon.status_code == 200
    assert "clearway_session" not in soon.cookies
    assert later.cookies["clearway_session"]["max-age"] == 12 * 60 * 60
    assert (last.status_code, last.url) == (302, "/admin/login/?next=/admin/jsi18n/")  # type: ignore[attr-defined]


def test_session_that_is_not_used_ends_after_twelve_hours(client: Client, alice: User) -> None:
    with time_machine.travel("2026-11-24T09:00:00Z", tick=False) as clock:
        sign_in(client, "A-1")
        clock.shift(12 * 60 * 60 + 1)

        assert client.get(PAGE).status_code == 302


def test_pages_come_in_the_language_of_whoever_signed_in_until_they_switch(client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    sign_in(client, "A-1")

    assert client.get(PAGE).headers["Content-Language"] == "zh-hans"
    client.post("/i18n/setlang/", {"language": "en", "next": "/admin/"})
    assert client.get(PAGE).headers["Content-Language"] == "en"


def test_pages_carry_headers_that_forbid_inline_scripts_frames_and_sniffing(client: Client) -> None:
    headers = client.get("/admin/login/").headers

    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["object-src"] == "'none'"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_sign_in_page_has_no_inline_script(client: Client) -> None:
    import re

    page = client.get("/admin/login/").content.decode()

    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>\s*\S", page) == []
    assert re.findall(r"\son(?:click|load|submit|change)=", page) == []


def test_streams_are_the_only_foreign_address_pages_may_talk_to() -> None:
    hosts = ["127.0.0.1", "*", ".example.org"]
    beside = content_security_policy(hosts=hosts, streams_port=8001, streams_url="", upgrade=False)
    elsewhere = content_security_policy(hosts=hosts, streams_port=8001, streams_url="https://s.example", upgrade=True)

    assert beside["DIRECTIVES"]["connect-src"] == ["'self'", "http://127.0.0.1:8001"]
    assert elsewhere["DIRECTIVES"]["connect-src"] == ["'self'", "https://s.example"]


def test_request_beyond_the_limit_is_refused_before_it_is_read(client: Client) -> None:
    response = client.post("/admin/login/", data=b"x", content_type="text/plain", CONTENT_LENGTH=str(2**40))
    nonsense = client.post("/admin/login/", data=b"x", content_type="text/plain", CONTENT_LENGTH="many")

    assert (response.status_code, nonsense.status_code) == (413, 400)


def test_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/admin/login/", HTTP_HOST="evil.example").status_code == 400


def test_language_is_switched_by_post_and_kept(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/admin/login/"})
    page = client.get("/admin/login/")

    assert page.headers["Content-Language"] == "zh-hans"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("POST https://api.telegram.org/bot123456:AAF-secret_key/sendMessage", "AAF-secret_key"),
        ("connecting to postgresql://clearway:hunter2hunter2@127.0.0.1/x", "hunter2hunter2"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ('{"password": "swordfish", "a": 1}', "swordfish"),
        ("GET /t/Zm9vYmFyYmF6cXV4cXV1eA/ 200", "Zm9vYmFyYmF6cXV4cXV1eA"),
    ],
)
def test_log_lines_hold_no_secret(text: str, secret: str) -> None:
    assert secret not in without_secrets(text)


@pytest.mark.parametrize(
    "text", ["x" * 2**20, "x://" * 2**18, "x://y:" * 2**17, "bearer " * 2**17, "token=" * 2**17, "/bot1" * 2**17]
)
def test_a_megabyte_in_a_log_line_is_cut_and_costs_no_minutes(text: str) -> None:
    record = logging.LogRecord("tickets", logging.ERROR, "", 1, text, None, None)
    began = time.process_time()

    line = LineFormatter().format(record)

    assert time.process_time() - began < 2
    assert len(line) < 60_000
