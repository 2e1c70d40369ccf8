"""Runs the processes of one node: readable logs, a dead one is started again, a stop leaves none behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.processes import SUPERVISOR

STOP_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
STEADY_SECONDS = 30.0
"""A process that ran this long was healthy: the next failure begins with the shortest pause again."""
_LOOK_SECONDS = 0.1


@dataclass
class Child:
    """One process of the node."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    pump: threading.Thread | None = field(default=None, repr=False)


class Supervisor:
    """Keeps children running until told to stop. Children find our process id in the environment."""

    def __init__(self, children: Sequence[Child], *, environment: Mapping[str, str]) -> None:
        self.children = list(children)
        self.environment = {**os.environ, **environment, SUPERVISOR: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
        self._print_lock = threading.Lock()
        self._width = max(len(child.name) for child in self.children)

    def run(self, stop: threading.Event) -> None:
        """Start all, watch them until `stop` is set, then stop all."""
        try:
            for child in self.children:
                self._start(child)
            while not stop.wait(_LOOK_SECONDS):
                for child in self.children:
                    self._look_after(child)
        finally:
            self._stop()

    def say(self, name: str, line: str) -> None:
        """Print one line under a process's name."""
        with self._print_lock, contextlib.suppress(OSError, ValueError):  # whoever read our output may be gone
            sys.stdout.write(f"{name:<{self._width}} | {line}\n")
            sys.stdout.flush()

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its group is it and its children, and Ctrl-C reaches us alone
        )
        child.started_at = time.monotonic()
        child.pump = threading.Thread(target=self._pump, args=(child.name, child.process), daemon=True)
        child.pump.start()

    def _pump(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.say(name, line.decode(errors="replace").rstrip())

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_again_at:
                self._start(child)
            return
        status = child.process.poll()
        if status is None:
            return
        _signal_group(child.process.pid, signal.SIGKILL)  # what it left behind would share ports and locks
        if now - child.started_at >= STEADY_SECONDS:
            child.pause = FIRST_PAUSE_SECONDS
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        self.say(child.name, f"{how}; starting it again in {child.pause:g} s")
        child.process = None
        child.start_again_at = now + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE_SECONDS)

    def _stop(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for process in running:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
        for child in self.children:
            if child.pump is not None:
                child.pump.join(1.0)


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
