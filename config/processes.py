"""What the processes of a node have in common: their parent's death is theirs, their stop is a clean one."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import threading

SUPERVISOR = "CLEARWAY_SUPERVISOR"
"""Environment variable with the supervisor's process id; absent in a process started by hand."""
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent() -> None:
    """Have the kernel send SIGTERM when our parent ends, however it ends (Linux; elsewhere the supervisor's stop does).

    Survives exec, is not inherited by a fork, follows the thread that started us (our supervisor starts from its main
    thread). Does nothing in a process started by hand, whose parent is a shell.
    """
    if sys.platform != "linux" or SUPERVISOR not in os.environ:
        return
    _end_with_parent(signal.SIGTERM)
    if os.getppid() == 1 and os.environ[SUPERVISOR] != "1":  # it ended before the line above
        os._exit(1)


def tie_forks() -> None:
    """Have the kernel kill whatever is forked from now on when its parent ends, and what that forks, and so on.

    For a pool that shares locks and can do nothing alone, whoever started it. Programs started by ``subprocess`` are
    no forks in this sense. Linux; elsewhere nothing happens.
    """
    if sys.platform != "linux":
        return
    parent = os.getpid()

    def remember() -> None:
        nonlocal parent
        parent = os.getpid()

    def tie() -> None:
        _end_with_parent(signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the line above
            os._exit(1)

    os.register_at_fork(before=remember, after_in_child=tie)


def _end_with_parent(number: signal.Signals) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


class Stop(threading.Event):
    """An event that a signal's handler may set.

    The handler runs in the main thread, also while that thread is inside ``wait`` with the event's lock in its hand.
    The lock of the standard event is none that it could take twice: the process would stand still for ever.
    Such a stop is seen when the wait under way is over: give it a timeout.
    """

    def __init__(self) -> None:
        super().__init__()
        self._cond = threading.Condition(threading.RLock())


def stop_requested() -> Stop:
    """An event that SIGTERM and SIGINT set, for the main loop of a process."""
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def is_free(host: str, port: int) -> bool:
    """Whether a program could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
