"""The supervisor: a dead process starts again, a stop leaves nobody behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from config.supervisor import Child, Supervisor

PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "a").write(f"{os.getpid()} {child.pid}\\n")
print("hello from", "child", flush=True)
time.sleep(600)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)


def wait_until(condition: Callable[[], bool], *, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.05)


def lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def running(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[tuple[Path, threading.Event, threading.Thread]]:
    """A supervisor of one process that has a child of its own and writes down both ids."""
    ids = tmp_path / "ids"
    ids.touch()
    supervisor = Supervisor([Child("web", [sys.executable, "-c", PARENT, str(ids)])], environment={})
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(stop,))
    thread.start()
    wait_until(lambda: ids.read_text() != "")
    yield ids, stop, thread
    stop.set()
    thread.join(15)


def ids_in(file: Path) -> list[list[int]]:
    return [[int(word) for word in line.split()] for line in file.read_text().splitlines()]


def test_killed_process_is_started_again_and_its_orphan_removed(
    running: tuple[Path, threading.Event, threading.Thread], capsys: pytest.CaptureFixture[str]
) -> None:
    ids, stop, thread = running
    ((leader, orphan),) = ids_in(ids)

    os.kill(leader, signal.SIGKILL)
    wait_until(lambda: len(ids_in(ids)) == 2)
    stop.set()
    thread.join(15)

    wait_until(lambda: not any(lives(process) for process in (orphan, *ids_in(ids)[1])), seconds=3)
    output = capsys.readouterr().out
    assert "web | hello from child" in output
    assert "web | was ended by SIGKILL; starting it again in 0.5 s" in output


def test_stop_ends_children_and_grandchildren_quickly(running: tuple[Path, threading.Event, threading.Thread]) -> None:
    ids, stop, thread = running
    began = time.monotonic()

    stop.set()
    thread.join(15)

    assert time.monotonic() - began < 3
    wait_until(lambda: not any(lives(process) for process in ids_in(ids)[0]), seconds=3)


def test_process_that_ignores_the_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.supervisor.STOP_SECONDS", 0.5)
    child = Child("web", [sys.executable, "-c", STUBBORN])
    supervisor = Supervisor([child], environment={})
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(stop,))
    thread.start()
    wait_until(lambda: child.process is not None)
    assert child.process is not None
    process = child.process.pid
    time.sleep(0.3)

    stop.set()
    thread.join(10)

    assert not thread.is_alive()
    assert not lives(process)


def test_process_that_fails_at_once_is_tried_at_growing_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = Supervisor([Child("clock", [sys.executable, "-c", "raise SystemExit(3)"])], environment={})
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(stop,))
    thread.start()
    time.sleep(2.5)
    stop.set()
    thread.join(10)

    output = capsys.readouterr().out
    assert "clock | ended with status 3; starting it again in 0.5 s" in output
    assert "clock | ended with status 3; starting it again in 1 s" in output


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux's")
def test_killed_supervisor_takes_its_processes_with_it(tmp_path: Path) -> None:
    code = """
import sys, threading
from config.supervisor import Child, Supervisor
inner = "import os, sys, time; from config.processes import die_with_parent; die_with_parent(); " \
        "open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
Supervisor([Child("x", [sys.executable, "-c", inner, sys.argv[1]])], environment={}).run(threading.Event())
"""
    ids = tmp_path / "id"
    program = subprocess.Popen([sys.executable, "-c", code, str(ids)], cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL)
    wait_until(lambda: ids.exists() and ids.read_text() != "")

    program.kill()
    program.wait()

    wait_until(lambda: not lives(int(ids.read_text())), seconds=5)
