"""The clock: what is due runs, one clock works, a failing job hinders nobody."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from common.jobs import PERIODIC, Periodic
from common.models import Heartbeat
from config import clock as clocks
from config.clock import Clock
from tests.nodes import wait_until

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LOCK = 4_242


def now() -> datetime:
    return NOW


@pytest.fixture
def calls() -> list[tuple[str, datetime]]:
    return []


def job(name: str, calls: list[tuple[str, datetime]], *, seconds: float = 60.0) -> Periodic:
    return Periodic(name, seconds, lambda at: calls.append((name, at)))


@pytest.mark.django_db(transaction=True)
def test_due_jobs_run_once_per_interval_with_the_time_passed_in(calls: list[tuple[str, datetime]]) -> None:
    clock = Clock([job("rare", calls), job("often", calls, seconds=0.0)], lock=LOCK)

    for _ in range(3):
        assert clock.tick(now=now)
    connection.close()

    assert calls == [("rare", NOW), ("often", NOW), ("often", NOW), ("often", NOW)]


@pytest.mark.django_db(transaction=True)
def test_failing_job_is_logged_and_the_next_one_runs(
    calls: list[tuple[str, datetime]], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(at: datetime) -> None:
        raise ValueError("out of order")

    clock = Clock([Periodic("broken", 0.0, fail), job("sound", calls)], lock=LOCK)

    clock.tick(now=now)
    connection.close()

    assert calls == [("sound", NOW)]
    assert "the job “broken” failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_second_clock_waits_and_takes_over_when_the_first_is_gone(calls: list[tuple[str, datetime]]) -> None:
    first = _other_session()
    first.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    second = Clock([job("sweep", calls)], lock=LOCK)

    assert not second.tick(now=now)
    assert calls == []
    first.close()  # as when its process is killed
    wait_until(lambda: second.tick(now=now))  # the server lets go of the lock a moment later
    connection.close()

    assert calls == [("sweep", NOW)]


@pytest.mark.django_db(transaction=True)
def test_clock_that_lost_its_session_asks_for_the_lock_again(calls: list[tuple[str, datetime]]) -> None:
    clock = Clock([Periodic("closes", 0.0, lambda _: connection.close()), job("after", calls)], lock=LOCK)

    clock.tick(now=now)
    other = _other_session()
    taken = other.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    assert taken == (True,)

    assert not clock.tick(now=now)
    other.close()
    connection.close()
    assert calls == []


@pytest.mark.django_db(transaction=True)
def test_clock_survives_the_loss_of_its_database_session(calls: list[tuple[str, datetime]]) -> None:
    clock = Clock([job("often", calls, seconds=0.0)], lock=LOCK)
    assert clock.tick(now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    _other_session().execute("SELECT pg_terminate_backend(%s)", [backend])
    stop = threading.Event()

    def ends(at: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        calls.append(("touched", at))
        stop.set()

    clock._jobs.append(Periodic("touches", 0.0, ends))
    clock.run(stop, now=now)

    assert calls[-1] == ("touched", NOW)


def _other_session() -> psycopg.Connection[Any]:
    parameters = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in {"host", "port", "user", "password", "dbname"}
    }
    return psycopg.connect(**parameters, autocommit=True)


@pytest.mark.django_db
def test_heartbeats_are_periodic_jobs() -> None:
    PERIODIC["heartbeat of the clock"].call(NOW)

    assert Heartbeat.objects.get(name="clock").at == NOW


@pytest.mark.django_db
def test_worker_is_asked_again_only_when_it_answered_or_the_question_was_lost(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(clocks, "defer_on_commit", asked.append)

    clocks.ask_worker(NOW)
    clocks.ask_worker(NOW + timedelta(seconds=10))
    assert asked == ["config.clock.answer"]
    clocks.ask_worker(NOW + timedelta(seconds=31))
    assert len(asked) == 2
    clocks.write_heartbeat("worker", now=NOW + timedelta(seconds=32))
    clocks.ask_worker(NOW + timedelta(seconds=41))

    assert len(asked) == 3
