"""Counting strangers: one count for all processes, addresses that cannot be varied at will."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from common.models import VisitCount
from common.visits import client_network, count, counted, forget_ended

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_counter_begins_anew_when_its_time_is_over() -> None:
    counts = [count("a", seconds=60, now=NOW + timedelta(seconds=second)) for second in (0, 30, 59, 60, 61)]

    assert counts == [1, 2, 3, 1, 2]
    assert counted("a", now=NOW + timedelta(seconds=61)) == 2
    assert counted("a", now=NOW + timedelta(seconds=120)) == 0
    assert counted("b", now=NOW) == 0


@pytest.mark.django_db(transaction=True)
def test_nobody_is_lost_when_many_come_at_once() -> None:
    def come(number: int) -> int:
        try:
            return count("a", seconds=60, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(come, range(40)))

    assert sorted(counts) == list(range(1, 41))


@pytest.mark.django_db
def test_counters_that_ended_are_forgotten_and_no_address_is_kept() -> None:
    count("203.0.113.7", seconds=60, now=NOW)
    count("203.0.113.8", seconds=600, now=NOW)

    assert b"203.0.113" not in b"".join(bytes(row.key) for row in VisitCount.objects.all())
    assert forget_ended(now=NOW + timedelta(seconds=60)) == 1
    assert VisitCount.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
        ("", "0.0.0.0"),
        ("unix:", "0.0.0.0"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8:1:2::1]:4711", "2001:db8:1:2::"),
        ("1\x00", "0.0.0.0"),
    ],
)
def test_a_stranger_is_their_address_or_their_ipv6_network(rf: Any, address: str, network: str) -> None:
    assert client_network(rf.get("/", REMOTE_ADDR=address)) == network
