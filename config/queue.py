"""The queue's cluster with what the library leaves out: a killed process must not freeze the others."""

from __future__ import annotations

import logging
import os
import signal
from multiprocessing import Process
from typing import Any

from django_q import cluster

from config.processes import die_with_parent

logger = logging.getLogger(__name__)

FROZEN = 70
"""Exit status after an unexpected death in the cluster (EX_SOFTWARE of sysexits.h)."""
_TIMED_OUT = 0
_RECYCLED = -2


class GuardedSentinel(cluster.Sentinel):  # type: ignore[misc]  # the library has no types
    """Ends the whole cluster when one of its processes was killed, so that the supervisor starts it afresh.

    An idle worker waits inside `multiprocessing.Queue.get` with the queue's lock in its hand; killed there, it keeps
    the lock for ever and every other worker waits for it. Tasks not finished stay in the broker and come again.
    """

    def reincarnate(self, process: Process) -> None:
        """Replace a process that has timed out or served its time; anything else is a death."""
        timer: Any = getattr(process, "timer", None)
        if timer is not None and int(timer.value) in (_TIMED_OUT, _RECYCLED):
            super().reincarnate(process)
            return
        logger.error("a process of the queue died; the queue starts afresh")
        for other in (*self.pool, self.monitor, self.pusher):
            if other is not None and other.pid is not None and other.is_alive():
                os.kill(other.pid, signal.SIGKILL)
        os._exit(FROZEN)


def run_cluster() -> int:
    """Run workers until SIGTERM or SIGINT; returns the exit status."""
    os.register_at_fork(after_in_child=die_with_parent)
    cluster.Sentinel = GuardedSentinel
    running = cluster.Cluster()
    running.start()
    running.sentinel.join()
    return int(running.sentinel.exitcode or 0)
