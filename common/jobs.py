"""Work that happens later: nudges to the queue, and the clock's periodic jobs.

The row is the truth and a nudge may be lost, doubled or late: every task can run at any time, any number of times.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

NUDGE_EVERY_SECONDS = 0.2
"""A drain finds all that waits, so one nudge per process and moment is enough."""

_nudged: dict[tuple[Any, ...], float] = {}
_topics: dict[str, str] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job of the clock process: called with ``now``, not more often than every ``seconds``."""

    name: str
    seconds: float
    call: Callable[[datetime], Any]


PERIODIC: dict[str, Periodic] = {}


def periodic(name: str, *, seconds: float) -> Callable[[Callable[[datetime], Any]], Callable[[datetime], Any]]:
    """Register a function of ``now`` with the clock process, which runs it about every ``seconds`` seconds."""

    def register(call: Callable[[datetime], Any]) -> Callable[[datetime], Any]:
        PERIODIC[name] = Periodic(name, seconds, call)
        return call

    return register


def on_topic(topic: str, task: str) -> None:
    """Say which task hears a topic. A lower floor names the topic, the floor that listens names itself in ready()."""
    _topics[topic] = task


def nudge(topic: str) -> None:
    """Wake whoever listens to ``topic``, once the transaction has committed. Nobody listening is no error."""
    if task := _topics.get(topic):
        defer_on_commit(task)


def defer_on_commit(task: str, *args: Any) -> None:
    """Queue ``task`` (a dotted path) after commit. Equal calls of one process within a moment become one."""
    transaction.on_commit(lambda: _defer(task, args), robust=True)


def _defer(task: str, args: tuple[Any, ...]) -> None:
    now = time.monotonic()
    with _lock:
        if now - _nudged.get((task, *args), float("-inf")) < NUDGE_EVERY_SECONDS:
            return
        if len(_nudged) > 1_000:
            _nudged.clear()
        _nudged[(task, *args)] = now
    # The queue reads its settings when it is imported, which must not happen before Django is set up.
    from django_q.tasks import async_task

    async_task(task, *args)
