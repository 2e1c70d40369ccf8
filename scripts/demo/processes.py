"""Programs that the demonstration starts: with a log each, and an end that reaches all of them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 15.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class CannotStart(Exception):
    """A program of the demonstration ended, or said nothing, when it should have begun; the text says which and why."""


class Program:
    """One running program in a session of its own. What it writes goes to ``log``."""

    def __init__(
        self, name: str, command: Sequence[str], *, environment: Mapping[str, str], log: Path, speaks: bool = False
    ) -> None:
        """``speaks``: its standard output is for us (``first_line``, ``read``) and only its errors go to the log."""
        self.name = name
        self.log = log
        with log.open("ab") as stream:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if speaks else stream,
                stderr=stream,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - we have no threads
            )

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def first_line(self, *, seconds: float = 20.0) -> str:
        """What it says when it is ready. Raises CannotStart."""
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            line = self.process.stdout.readline() if selector.select(seconds) else b""
        if not line:
            raise CannotStart(f"{self.name} did not start. {self.last_words()}")
        return line.decode().strip()

    def stop(self) -> None:
        """Ask it to end, and end it with all it started when it does not."""
        if self.is_running:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)
                self.process.send_signal(signal.SIGCONT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def last_words(self, lines: int = 15) -> str:
        """The end of its log, to be shown when something went wrong."""
        text = self.log.read_text(errors="replace").splitlines()[-lines:] if self.log.exists() else []
        return f"The end of {_shown(self.log)}:\n" + "\n".join(f"    {line}" for line in text) if text else ""


def run(name: str, command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> str:
    """Run a command to its end and return what it printed. Raises CannotStart when it fails."""
    with log.open("ab") as stream:
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stream,
            check=False,
        )
    if ended.returncode:
        words = log.read_text(errors="replace").splitlines()[-15:]
        raise CannotStart(f"{name} failed:\n" + "\n".join(f"    {line}" for line in words))
    return ended.stdout.decode()


def wait_until(what: str, look: Any, *, seconds: float, program: Program) -> None:
    """Look until it is true. Raises CannotStart when the time is over or the program has ended."""
    until = time.monotonic() + seconds
    while not look():
        if not program.is_running:
            raise CannotStart(f"{program.name} has ended before {what}. {program.last_words()}")
        if time.monotonic() > until:
            raise CannotStart(f"{what} did not come within {seconds:.0f} s. {program.last_words()}")
        time.sleep(0.1)


def _end_with_parent() -> None:
    """Have the kernel end the program when we are killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(ROOT))
    except ValueError:
        return str(path)
