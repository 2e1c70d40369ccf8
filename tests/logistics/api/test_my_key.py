"""A key's own address: what works, and what is answered to keys that do not."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from common.api.authentication import FAILURES_PER_NETWORK
from common.models import User, VisitCount
from config.logs import LineFormatter
from logistics.choices import PartnerKind, Scope
from logistics.models import ApiKey, Partner
from logistics.services.api_keys import issue_key, revoke_key, rotate_key

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/me/"


@pytest.fixture
def partner() -> Partner:
    return Partner.objects.create(kind=PartnerKind.WAREHOUSE, name="Rotterdam Fulfilment", language="zh-Hans")


def key_of(partner: Partner, **named: Any) -> tuple[ApiKey, str]:
    usual: dict[str, Any] = {"partner": partner, "name": "System", "scopes": [Scope.READ], "now": timezone.now()}
    return issue_key(**usual | named)


def ask(text: str, client: Client | None = None, **extra: Any) -> Any:
    return (client or Client()).get(ADDRESS, headers={"Authorization": f"Bearer {text}"}, **extra)


def test_a_key_is_told_whom_it_acts_for(partner: Partner) -> None:
    _key, text = key_of(partner, scopes=[Scope.READ, Scope.STOCK])

    answer = ask(text)

    assert answer.status_code == 200
    assert answer.json() == {
        "name": "System",
        "holder": "Rotterdam Fulfilment",
        "kind": "partner",
        "partner_id": partner.pk,
        "language": "zh-Hans",
        "scopes": ["read", "stock"],
        "expires_at": None,
        "allowed_networks": [],
    }
    assert answer.headers["X-Request-Id"]
    assert answer.headers["RateLimit-Limit"] == "600"


def test_a_staff_key_acts_for_its_person() -> None:
    user = User.objects.create_user("shop@clearway.example", full_name="Shop", is_staff=True)
    _key, text = issue_key(user=user, name="Shop", scopes=Scope.values, now=timezone.now())

    answer = ask(text).json()

    assert (answer["kind"], answer["holder"], answer["partner_id"]) == ("staff", "Shop", None)
    assert answer["scopes"] == sorted(Scope.values)


def refusals(partner: Partner) -> dict[str, str]:
    """Keys that do not work, by why."""
    now = timezone.now()
    expired, expired_text = key_of(partner, expires_at=now + timedelta(seconds=1))
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=now)
    revoked, revoked_text = key_of(partner)
    revoke_key(key=revoked, now=now)
    _elsewhere, elsewhere_text = key_of(partner, allowed_networks=["203.0.113.0/24"])
    _good, good = key_of(partner)
    idle = Partner.objects.create(kind=PartnerKind.BROKER, name="Idle", is_active=False)
    return {
        "unknown": f"cw_live_{'a' * 10}_{'b' * 43}",
        "wrong secret": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "expired": expired_text,
        "revoked": revoked_text,
        "elsewhere": elsewhere_text,
        "partner switched off": key_of(idle)[1],
        "nonsense": "hello",
        "very long": "a" * 100_000,
    }


def test_every_key_that_does_not_work_is_refused_in_the_same_words_and_way(
    partner: Partner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seen = set()
    for why, text in refusals(partner).items():
        with django_assert_num_queries(2):  # the key, the count of failures
            answer = ask(text)
        assert answer.status_code == 401, why
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="clearway"'
        assert "RateLimit-Limit" not in answer.headers
        seen.add(json.dumps(answer.json() | {"request_id": ""}))

    assert len(seen) == 1
    assert json.loads(seen.pop())["code"] == "authentication_failed"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic abc", "cw_live_x"])
def test_a_request_without_a_key_is_told_to_send_one(header: str | None) -> None:
    answer = Client().get(ADDRESS, headers={} if header is None else {"Authorization": header})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert not VisitCount.objects.exists()


def test_a_network_that_tries_keys_is_slowed_down_and_its_working_key_is_not(partner: Partner) -> None:
    _key, text = key_of(partner)

    tries = [ask("wrong").status_code for _number in range(FAILURES_PER_NETWORK + 1)]
    late = ask("wrong")

    assert tries == [401] * FAILURES_PER_NETWORK + [429]
    assert late.json()["code"] == "rate_limited"
    assert int(late.headers["Retry-After"]) > 0
    assert ask("wrong", REMOTE_ADDR="198.51.100.7").status_code == 401
    assert ask(text).status_code == 200


def test_a_key_is_used_only_from_where_it_may(partner: Partner) -> None:
    _key, text = key_of(partner, allowed_networks=["203.0.113.0/24", "2001:db8::/32"])

    for address, status in {
        "203.0.113.9": 200,
        "::ffff:203.0.113.9": 200,
        "2001:db8::5": 200,
        "203.0.114.1": 401,
        "": 401,
    }.items():
        assert ask(text, REMOTE_ADDR=address).status_code == status, address


def test_use_is_written_down_at_most_once_a_minute(
    partner: Partner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key, text = key_of(partner)
    ask(text, REMOTE_ADDR="198.51.100.7")
    key.refresh_from_db()
    first = key.last_used_at
    assert first is not None
    assert key.last_used_from == "198.51.100.7"

    with django_assert_num_queries(2):  # the key for whom, the key for its own answer
        ask(text, REMOTE_ADDR="198.51.100.8")
    key.refresh_from_db()
    assert (key.last_used_at, key.last_used_from) == (first, "198.51.100.7")

    ApiKey.objects.update(last_used_at=first - timedelta(minutes=1))
    ask(text, REMOTE_ADDR="198.51.100.8")
    key.refresh_from_db()
    assert key.last_used_from == "198.51.100.8"


def test_no_line_of_the_log_holds_a_key(partner: Partner, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        key, text = key_of(partner)
        ask(text)
        for wrong in refusals(partner).values():
            ask(wrong)
        rotate_key(key=key, overlap=timedelta(0), now=timezone.now())
        logging.getLogger("common").warning("somebody wrote %s", text)

    written = "\n".join(LineFormatter().format(record) for record in caplog.records)
    assert f"cw_live_{key.prefix}_***" in written
    assert text.rpartition(f"{key.prefix}_")[2] not in written


def test_the_key_itself_is_not_in_the_database(partner: Partner) -> None:
    key, text = key_of(partner)

    secret = text.removeprefix(f"cw_live_{key.prefix}_")
    assert len(secret) == 43
    assert len(bytes(ApiKey.objects.get(pk=key.pk).hash)) == 32
    assert secret.encode() not in repr(ApiKey.objects.filter(pk=key.pk).values().get()).encode()
