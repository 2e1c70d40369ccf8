"""Liveness, readiness and metrics."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from common.metrics import GAUGES, gauge
from common.models import Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def alive() -> None:
    Heartbeat.objects.create(name="clock", at=timezone.now())
    Heartbeat.objects.create(name="worker", at=timezone.now())


def test_process_is_healthy_without_asking_the_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_node_is_ready_when_clock_and_worker_were_seen(client: Client, alive: None) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"ready": True, "missing": {}}


def test_node_that_never_had_a_clock_or_worker_names_both(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "ready": False,
        "missing": {"clock": "The clock has not been seen yet.", "worker": "The worker has not been seen yet."},
    }


def test_node_whose_clock_stopped_says_since_when(client: Client, alive: None) -> None:
    Heartbeat.objects.filter(name="clock").update(at=timezone.now() - timedelta(seconds=90))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert list(response.json()["missing"]) == ["clock"]
    assert "90 s ago" in response.json()["missing"]["clock"]


def test_node_with_too_long_a_queue_is_not_ready(client: Client, alive: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_q_ormq (key, payload, lock) SELECT 'clearway', '', now() FROM generate_series(1, 10001)"
        )

    assert client.get("/readyz").json()["missing"] == {"queue": "More than 10000 tasks wait."}


def test_metrics_show_registered_gauges(client: Client, alive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.metrics.GAUGES", GAUGES)
    try:
        gauge("tests_kettles", "Kettles", label="state")(lambda: {"boiling": 2.0})
        gauge("tests_broken", "Broken")(lambda: 1 / 0)
        text = client.get("/metrics").content.decode()
    finally:
        GAUGES.pop("tests_kettles", None)
        GAUGES.pop("tests_broken", None)

    assert 'clearway_tests_kettles{state="boiling"} 2.0' in text
    assert "clearway_queue_depth 0.0" in text
    assert 'clearway_heartbeat_age_seconds{process="clock"}' in text
    assert "tests_broken" not in text


@pytest.mark.parametrize(
    "request_of_stranger",
    [
        {"REMOTE_ADDR": "203.0.113.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.7"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_metrics_are_refused_to_strangers(client: Client, request_of_stranger: dict[str, str]) -> None:
    assert client.get("/metrics", **request_of_stranger).status_code == 403  # type: ignore[arg-type]


def test_metrics_are_given_to_bearers_of_the_token(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-long-token"

    assert (
        client.get("/metrics", REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION="Bearer a-long-token").status_code == 200
    )
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION="Bearer another").status_code == 403


def test_probes_refuse_to_change_anything(client: Client) -> None:
    assert {client.post(path).status_code for path in ("/healthz", "/readyz", "/metrics")} == {405}
