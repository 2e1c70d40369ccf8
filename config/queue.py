"""The queue's cluster with what the library leaves out: a killed process must not freeze the others.

Processes of the library share locks. One that is killed with a lock in its hand keeps it for ever, and whoever wants it
next stands still: another worker, or the guard that should have noticed. So the guard here asks for no lock before it
has seen that everybody lives, a death ends the whole pool, and another one with locks of its own starts. Tasks not
finished stay in the broker and come again; what they are about lies in rows that the clock looks for every second.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from multiprocessing import Event, Process, connection
from typing import Any, NoReturn

from django_q import cluster

from config.processes import tie_forks
from tickets.policies.language import detect_language

logger = logging.getLogger(__name__)

FROZEN = 70
"""Exit status after an unexpected death in the cluster (EX_SOFTWARE of sysexits.h)."""
LOOK_SECONDS = 0.5
LOCK_SECONDS = 1.0
"""A worker holds the lock of its timer for a moment only."""
STOP_SECONDS = 30.0
"""Beyond what a task may take, for a pool that was asked to stop and lost a process meanwhile."""
STEADY_SECONDS = 5.0
"""A pool that lived this long is started again by its parent, another one by the supervisor."""
_TIMED_OUT = 0.0


class GuardedSentinel(cluster.Sentinel):  # type: ignore[misc]  # the library has no types
    """Ends the whole cluster when one of its processes was killed; its parent starts it afresh."""

    def guard(self) -> None:
        """Watch the pool until it is to stop. A death is seen at once."""
        self.start_event.set()
        looked = time.monotonic()
        while not self.stop_event.is_set():
            connection.wait([process.sentinel for process in self._processes()], timeout=LOOK_SECONDS)
            self._end_if_one_died()
            now = time.monotonic()
            for worker in list(self.pool):
                self._look_after(worker, now - looked)
            looked = now
        self.stop()

    def stop(self) -> None:
        """Let tasks end that were begun, however long they may take; a pool that hangs is not waited for."""
        late = threading.Timer((self.timeout or 0) + STOP_SECONDS, self._end)
        late.daemon = True
        late.start()
        super().stop()
        late.cancel()

    def _look_after(self, worker: Any, seconds: float) -> None:
        """Replace a worker that has served its time, or has worked on one task for too long."""
        lock = worker.timer.get_lock()
        if not lock.acquire(timeout=LOCK_SECONDS):
            return  # it waits for somebody; should that one be dead, the next round will tell
        try:
            if worker.timer.value > 0:
                worker.timer.value = max(_TIMED_OUT, worker.timer.value - seconds)
            if worker.timer.value == _TIMED_OUT or worker.exitcode == 0:
                self.reincarnate(worker)
        finally:
            lock.release()

    def _end_if_one_died(self) -> None:
        for process in self._processes():
            is_served = process in self.pool and process.exitcode == 0  # it left, all locks in their places
            if process.exitcode is not None and not is_served:
                self._end()

    def _end(self) -> NoReturn:
        logger.error("a process of the queue died; the queue starts afresh")
        for process in self._processes():
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
        os._exit(FROZEN)

    def _processes(self) -> list[Process]:
        return [*self.pool, self.monitor, self.pusher]


class GuardedCluster(cluster.Cluster):  # type: ignore[misc]  # the library has no types
    """Starts the guard, again when it ended by a death: a fork of this process works at once, a new program takes long.

    It does not wait until the guard has started: that may be killed with the lock of the event in its hand.
    """

    is_asked_to_stop = False

    def start(self) -> int:
        """Start the guard with locks of its own; it starts the pool. Returns our process id."""
        self.stop_event, self.start_event = Event(), Event()
        self.sentinel = cluster.get_mp_context().Process(
            target=GuardedSentinel,
            name=f"guard of {self.cluster_id}",
            args=(self.stop_event, self.start_event, self.cluster_id, self.broker, self.timeout),
        )
        self.sentinel.start()
        if self.is_asked_to_stop:
            self.stop()
        return int(self.pid)

    def sig_handler(self, signum: int, frame: Any) -> None:
        """Stop, also when the signal comes while no guard runs."""
        self.is_asked_to_stop = True
        if self.sentinel is not None:
            super().sig_handler(signum, frame)


def run_cluster() -> int:
    """Run workers until SIGTERM or SIGINT; returns the exit status, FROZEN when the pool does not stay alive."""
    # Each worker would load the model of languages with its first message: longer than all the rest of its start.
    for text in ("Where is my parcel?", "我的包裹在哪里？"):
        detect_language(text)
    tie_forks()
    running = GuardedCluster()
    while True:
        began = time.monotonic()
        running.start()
        running.sentinel.join()
        if running.sentinel.exitcode == 0 or running.is_asked_to_stop:
            return 0
        if time.monotonic() - began < STEADY_SECONDS:
            return FROZEN  # the supervisor waits longer from one time to the next
