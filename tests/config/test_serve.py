"""The processes of a node, for real: they come up, work, survive a kill and end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from common.models import Heartbeat
from tests.nodes import database_address, fetch, lives, processes_below, wait_until


@pytest.fixture
def node(transactional_db: None, free_port: int, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`manage.py serve` over this test's database."""
    Heartbeat.objects.all().delete()
    environment = {
        **os.environ,
        "DATABASE_URL": database_address(),
        "CLEARWAY_VAR_DIR": str(tmp_path),
        "CLEARWAY_WORKERS": "1",
        "CLEARWAY_WEB_WORKERS": "1",
    }
    with (tmp_path / "log").open("wb") as log:
        program = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(free_port)],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield program, free_port
        finally:
            if program.poll() is None:
                program.terminate()
                program.wait(20)


@pytest.mark.slow
def test_node_comes_up_survives_kills_and_ends_without_orphans(
    node: tuple[subprocess.Popen[bytes], int], tmp_path: Path
) -> None:
    program, port = node
    wait_until(lambda: fetch(f"http://127.0.0.1:{port}/readyz")[0] == 200)
    wait_until(lambda: fetch(f"http://127.0.0.1:{port + 1}/healthz") == (200, b"OK\n"))
    assert fetch(f"http://127.0.0.1:{port + 1}/streams/queue")[0] == 401
    assert fetch(f"http://127.0.0.1:{port}/static/admin/css/base.css")[0] == 200

    clock = next(process for process, command in processes_below(program.pid).items() if "manage.py clock" in command)
    pool = [process for process, command in processes_below(program.pid).items() if "manage.py worker" in command]
    os.kill(clock, signal.SIGKILL)
    os.kill(pool[-1], signal.SIGKILL)
    Heartbeat.objects.all().delete()
    wait_until(lambda: fetch(f"http://127.0.0.1:{port}/readyz")[0] == 200)

    everything = [*processes_below(program.pid)]
    began = time.monotonic()
    program.send_signal(signal.SIGTERM)
    assert program.wait(15) == 0
    assert time.monotonic() - began < 12
    wait_until(lambda: not any(lives(process) for process in everything), seconds=3)
    log = (tmp_path / "log").read_text()
    assert "clock   | was ended by SIGKILL; starting it again in 0.5 s" in log
    assert "Traceback" not in log


@pytest.mark.slow
def test_killed_supervisor_leaves_nobody_behind(node: tuple[subprocess.Popen[bytes], int]) -> None:
    program, port = node
    wait_until(lambda: fetch(f"http://127.0.0.1:{port}/readyz")[0] == 200)
    everything = [*processes_below(program.pid)]
    assert len(everything) >= 8

    program.kill()
    program.wait()

    wait_until(lambda: not any(lives(process) for process in everything), seconds=15)


def test_serve_refuses_a_taken_port_with_a_sentence(free_port: int, tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "manage.py", "serve", "--port", str(free_port)],
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"CommandError: Port {free_port} is taken by another program: choose another with --port."
    )


def test_readiness_names_what_is_missing_as_json(live_server: Any) -> None:
    status, body = fetch(f"{live_server.url}/readyz")

    assert status == 503
    assert set(json.loads(body)["missing"]) == {"clock", "worker"}
