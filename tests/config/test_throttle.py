"""Trying names and passwords: nothing is learnt, and it does not go on for long."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from common.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
ELSEWHERE = "198.51.100.1"


@pytest.fixture(autouse=True)
def _people() -> None:
    def person(name: str, password: str | None = PASSWORD, **more: Any) -> None:
        User.objects.create_user(
            f"{name}@clearway.example", password, full_name=name, **({"is_staff": True, "is_superuser": True} | more)
        )

    person("alice", employee_number="A-1")
    person("bob")
    person("gone", is_active=False)
    person("outsider", is_staff=False, is_superuser=False)
    person("nokey", None)


def sign_in(name: str, password: str, *, address: str = "203.0.113.7", **headers: str) -> Any:
    data = {"username": name, "password": password, "next": "/admin/"}
    return Client().post("/admin/login/", data, REMOTE_ADDR=address, headers=headers)


def told(response: Any, name: str) -> str:
    """The page without what differs from request to request."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return page.replace(name, "")


REFUSED = [
    ("nobody@clearway.example", PASSWORD),
    ("A-2", PASSWORD),
    ("alice@clearway.example", "wrong"),
    ("A-1", "wrong"),
    ("gone@clearway.example", PASSWORD),
    ("gone@clearway.example", "wrong"),
    ("outsider@clearway.example", PASSWORD),
    ("nokey@clearway.example", PASSWORD),
    ("nokey@clearway.example", "!"),
]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many passwords were hashed since the last call."""
    calls: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: Any, password: str, salt: str) -> str:
        calls.append(password)
        return encode(self, password, salt)

    def since() -> int:
        number = len(calls)
        calls.clear()
        return number

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    return since


def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(hashed: Callable[[], int]) -> None:
    answers, work = set(), set()

    for number, (name, password) in enumerate(REFUSED):
        response = sign_in(name, password, address=f"203.0.113.{number}")
        answers.add((response.status_code, told(response, name)))
        work.add(hashed())

    assert work == {1}
    ((status, page),) = answers
    assert status == 200
    assert "Name and password do not belong together" in page


def test_a_locked_name_is_told_when_to_come_back_whether_it_exists_or_not(hashed: Callable[[], int]) -> None:
    pages = set()

    with time_machine.travel("2026-11-24T09:00:00Z", tick=False) as clock:
        for name in ("alice@clearway.example", "nobody@clearway.example"):
            sixth = [sign_in(name, "wrong") for _ in range(6)][-1]
            assert (sixth.status_code, sixth.headers["Retry-After"]) == (429, "900")
        clock.shift(timedelta(minutes=4, seconds=30))
        hashed()
        for name in ("alice@clearway.example", "nobody@clearway.example"):
            locked = sign_in(name, PASSWORD)
            assert (locked.status_code, locked.headers["Retry-After"]) == (429, "630")
            pages.add(told(locked, name))
        assert hashed() == 0
        clock.shift(timedelta(seconds=631))
        after = sign_in("alice@clearway.example", PASSWORD)

    (page,) = pages
    assert "Wait 11 minutes, then try again" in page
    assert after.status_code == 302


def test_scripts_are_told_no_more_than_people() -> None:
    locked = [sign_in("alice@clearway.example", "wrong", **{"x-requested-with": "XMLHttpRequest"}) for _ in range(6)][
        -1
    ]

    assert locked.status_code == 429
    assert "Access-Control-Allow-Origin" not in locked.headers
    assert "alice" not in locked.content.decode()


def test_an_address_that_tries_many_names_is_locked_for_all_of_them(settings: Any) -> None:
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 10

    tried = [sign_in(f"name{number}@clearway.example", "wrong").status_code for number in range(10)]
    locked = sign_in("bob@clearway.example", PASSWORD)

    assert tried == [200] * 9 + [429]
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    assert "Too many attempts" in locked.content.decode()
    assert sign_in("bob@clearway.example", PASSWORD, address=ELSEWHERE).status_code == 302


def test_an_account_of_ones_own_buys_no_further_attempts(settings: Any) -> None:
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 10

    for number in range(9):
        sign_in(f"name{number}@clearway.example", "wrong")
        assert sign_in("bob@clearway.example", PASSWORD).status_code == 302
    sign_in("name9@clearway.example", "wrong")

    assert sign_in("name10@clearway.example", "wrong").status_code == 429


def test_addresses_of_one_ipv6_network_count_as_one() -> None:
    statuses = [
        sign_in("alice@clearway.example", "wrong", address=f"2001:db8:1:2::{number:x}").status_code
        for number in range(1, 7)
    ]

    assert statuses == [200] * 5 + [429]
    assert sign_in("alice@clearway.example", PASSWORD, address="2001:db8:1:3::1").status_code == 302


def test_an_address_that_is_none_locks_names_only(settings: Any) -> None:
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 10

    for number in range(20):
        assert sign_in(f"name{number}@clearway.example", "wrong", address="unix:").status_code == 200
    statuses = [sign_in("alice@clearway.example", "wrong", address="").status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]
    assert sign_in("bob@clearway.example", PASSWORD, address="unix:").status_code == 302


def test_what_is_kept_of_an_attempt_holds_no_password() -> None:
    sign_in("alice@clearway.example", "hunter2-nearly")
    sign_in("alice@clearway.example", "hunter2-nearly-so")

    kept = AccessAttempt.objects.get()
    assert kept.failures_since_start == 2
    assert "hunter2" not in f"{kept.__dict__}"
