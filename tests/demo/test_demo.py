"""The demonstration: the whole day happens, and without the worker or the clock it fails and says where."""

from __future__ import annotations

import fcntl
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from logistics.policies.tracking_number import find_tracking_numbers
from scripts.demo import papers
from scripts.demo.cast import Around, around, cast
from scripts.demo.house import environment
from scripts.demo.steps import Missing, StepFailed, Steps, pad, until, width
from tests.demo.unspeakable import Unspeakable
from tests.nodes import lives, processes_below, wait_until
from tickets.policies import quiet_hours

DAY_SECONDS = 240
AROUND = Around("Asia/Singapore", "Europe/London")


class Demonstration:
    """``python -m scripts.demo --exit`` in a folder of its own, read line by line."""

    def __init__(self, folder: Path, port: int, *more: str) -> None:
        self.lines: list[str] = []
        self._new: queue.Queue[str] = queue.Queue()
        self.program = subprocess.Popen(
            [sys.executable, "-m", "scripts.demo", "--exit", "--port", str(port), *more],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "CLEARWAY_VAR_DIR": str(folder),
                "CLEARWAY_WEB_WORKERS": "1",
                "CLEARWAY_LOG_LEVEL": "DEBUG",
                "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/not-to-be-touched",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.program.stdout is not None
        for line in self.program.stdout:
            self._new.put(line.rstrip("\n"))

    def wait_for(self, words: str) -> None:
        end = time.monotonic() + DAY_SECONDS
        while not any(words in line for line in self.lines):
            assert time.monotonic() < end, self.text
            try:
                self.lines.append(self._new.get(timeout=1))
            except queue.Empty:
                assert self.program.poll() is None, self.text

    def ends(self) -> int:
        """Its exit status, once it has ended and all it said is read."""
        status = self.program.wait(DAY_SECONDS)
        self._reader.join(10)
        while not self._new.empty():
            self.lines.append(self._new.get())
        return status

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def stop_process(self, command: str) -> None:
        """Stop a process of the site, and what it started, without ending it."""
        below = processes_below(self.program.pid)
        found = [number for number, words in below.items() if command in words]
        assert found, below
        for number in found:
            os.kill(number, signal.SIGSTOP)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One folder for the module: its second day meets the database of the first."""
    path = Path(tempfile.mkdtemp(prefix="clearway-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def alone() -> Iterator[None]:
    """A demonstration takes several ports beside each other and both cores: one at a time, whatever the processes."""
    with (Path(tempfile.gettempdir()) / "clearway-demonstration.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def impatient() -> tuple[str, ...]:
    """Long enough for what follows when all works, and nobody waits long for what cannot follow."""
    return ("--patience", "10")


@pytest.fixture
def demonstration(alone: None, folder: Path, free_port: int, request: pytest.FixtureRequest) -> Iterator[Demonstration]:
    more = request.getfixturevalue("impatient") if "impatient" in request.fixturenames else ()
    demonstration = Demonstration(folder, free_port, *more)
    yield demonstration
    if demonstration.program.poll() is None:
        demonstration.program.terminate()
        demonstration.program.wait(60)


@pytest.mark.slow
def test_every_step_of_the_day_happens_and_neither_processes_nor_secrets_are_left_behind(
    demonstration: Demonstration, folder: Path
) -> None:
    demonstration.wait_for("begins")
    started = processes_below(demonstration.program.pid)
    demonstration.wait_for("The evening")  # nearly all is written, and the site still answers
    unspeakable = Unspeakable(demonstration.program.pid, folder)
    unspeakable.knock("iris.tan@clearway.example")

    status = demonstration.ends()

    assert status == 0, demonstration.text
    assert "✗" not in demonstration.text
    for words in (
        "Released",
        "Customer informed",
        "Held for pickup",
        "Found → Delivered",
        "田中由紀",
        "in 7 languages",
        "1 missed",
        "1 message held for the night",
    ):
        assert words in demonstration.text, words
    wait_until(lambda: not any(lives(process) for process in started))
    assert len(unspeakable.words) > 100
    assert len(unspeakable.secrets) > 10
    site = folder / "demo" / "serve.log"
    assert "the clock is at work" in site.read_text()  # it was listened to
    assert "a request to the webhook of" in site.read_text()
    for log in (site, folder / "demo" / "prepare.log"):
        assert unspeakable.be_shown(log) == []
        text = log.read_text()
        assert "Traceback" not in text, text[max(text.index("Traceback") - 300, 0) :][:5_000]


@pytest.mark.slow
def test_without_the_worker_the_day_fails_and_names_the_step(
    impatient: tuple[str, ...], demonstration: Demonstration
) -> None:
    demonstration.wait_for("begins")
    demonstration.stop_process("manage.py worker")

    status = demonstration.ends()

    assert status == 1
    assert "✗ Ravi Nair asks for gift wrapping" in demonstration.text
    assert "finds a ticket of kind “Inquiry” in the queue" in demonstration.text


@pytest.mark.slow
def test_without_the_clock_the_day_fails_and_names_the_step(
    impatient: tuple[str, ...], demonstration: Demonstration
) -> None:
    demonstration.wait_for("somebody of each role signs in")
    demonstration.stop_process("manage.py clock")

    status = demonstration.ends()

    assert status == 1
    assert "✗ the clock brings it back" in demonstration.text
    assert "is back in the queue" in demonstration.text


def test_driver_knows_neither_django_nor_the_database() -> None:
    code = "import sys, scripts.demo.driver; print(*sorted({name.partition('.')[0] for name in sys.modules}))"

    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    ).stdout.split()

    assert not {"django", "psycopg", "config", "common", "tickets", "logistics"} & set(loaded)


def test_same_run_has_the_same_numbers_and_another_run_has_others() -> None:
    numbers = [{parcel.number for parcel in cast(run, AROUND).parcels.values()} for run in (1, 1, 2)]
    chats = [{client.chat for client in cast(run, AROUND).clients.values() if client.chat} for run in (1, 2)]

    assert numbers[0] == numbers[1]
    assert not numbers[0] & numbers[2]
    assert not chats[0] & chats[1]


def test_parcels_have_numbers_with_right_check_digits() -> None:
    for run in range(1, 30):
        for parcel in cast(run, AROUND).parcels.values():
            found = find_tracking_numbers(f"Where is {parcel.number}?")
            assert [(one.number, one.checked) for one in found] == [(parcel.number, True)]


@pytest.mark.parametrize(
    "first_day", ["2026-01-01", "2026-03-07", "2026-03-28", "2026-07-01", "2026-10-24", "2026-10-31", "2028-02-28"]
)
def test_at_every_moment_it_is_night_for_one_customer_and_day_for_another(first_day: str) -> None:
    """And for longer than the demonstration takes, also over the nights when clocks change."""
    begins = datetime.fromisoformat(first_day).replace(tzinfo=UTC)
    for minute in range(0, 3 * 24 * 60, 7):
        now = begins + timedelta(minutes=minute)
        zones = around(now)
        for moment in (now, now + timedelta(minutes=10)):
            assert quiet_hours.held_until(zone=ZoneInfo(zones.night), now=moment) is not None
            assert quiet_hours.held_until(zone=ZoneInfo(zones.day), now=moment) is None


@pytest.mark.parametrize("name", ["DATABASE_URL", "CLEARWAY_MEDIA_ROOT", "CLEARWAY_CHAIN_EXPORT_DIR"])
def test_what_the_environment_names_is_left_alone_unless_told(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "/somewhere/production")

    assert environment(8000, with_database_url=False)[name] == ""
    assert environment(8000, with_database_url=True)[name].endswith("/production")


def test_step_that_does_not_happen_names_itself_and_what_was_expected() -> None:
    said: list[str] = []
    steps = Steps(say=said.append)

    with pytest.raises(StepFailed) as failed, steps.step("the parcel is released"):
        until("the ticket shows “Released”", lambda: None, seconds=0, seen=lambda: "it is “Refused”")

    assert failed.value.step == "the parcel is released"
    assert failed.value.why == "expected within 0 s: the ticket shows “Released”; seen: it is “Refused”"
    assert said == ["  ✗ the parcel is released"]
    assert steps.done == 0


def test_what_is_not_yet_there_is_looked_for_again() -> None:
    looks = iter([Missing("nothing yet"), None, "there"])

    def look() -> str | None:
        found = next(looks)
        if isinstance(found, Missing):
            raise found
        return found

    assert until("something", look, seconds=5) == "there"


def test_columns_count_wide_characters_twice() -> None:
    assert width("王芳") == 4
    assert pad("王芳", 6) == "王芳  "
    assert pad("abcdef", 4) == "abc…"
    assert width(pad("王芳王芳", 5)) == 5


def test_papers_are_what_their_names_say() -> None:
    assert papers.pdf("Rechnung (1)").startswith(b"%PDF-1.4")
    assert papers.pdf("Rechnung (1)").endswith(b"%%EOF\n")
    assert papers.png(2, 2, (1, 2, 3)).startswith(b"\x89PNG\r\n\x1a\n")
    assert papers.JPEG.startswith(b"\xff\xd8\xff")
    assert papers.JPEG.endswith(b"\xff\xd9")
