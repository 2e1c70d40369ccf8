"""The clock: runs every app's periodic jobs. Several may run, one works, another takes over when it ends."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from common.jobs import PERIODIC, Periodic, defer_on_commit, periodic
from common.models import Heartbeat

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.5
SLOW_SECONDS = 2.0
LOCK = 0x636C_6F63  # "cloc": one of PostgreSQL's advisory locks, held by the session of the clock at work
BEAT_SECONDS = 5.0
WORKER_BEAT_SECONDS = 10.0
LOST_SECONDS = 30.0
"""A question not answered so long was lost with a pool that was killed. Shorter than readiness waits for an answer."""


class Clock:
    """Calls jobs when they are due, while it holds the lock."""

    def __init__(self, jobs: Iterable[Periodic] | None = None, *, lock: int = LOCK) -> None:
        self._jobs = list(PERIODIC.values() if jobs is None else jobs)
        self._lock = lock
        self._due: dict[str, float] = {}
        self._session: object | None = None
        self._complained = False

    def run(self, stop: threading.Event, *, now: Callable[[], datetime] = timezone.now) -> None:
        """Tick until `stop` is set. A lost database is waited for."""
        try:
            while not stop.is_set():
                try:
                    self.tick(now=now, stop=stop)
                except DatabaseError as error:
                    if not self._complained:
                        logger.error("the clock stands still: %s", error)
                    self._complained = True
                    connection.close()
                stop.wait(TICK_SECONDS)
        finally:
            connection.close()

    def tick(self, *, now: Callable[[], datetime], stop: threading.Event | None = None) -> bool:
        """Run what is due, when the lock is ours. Returns whether it is."""
        if not self._holds_lock():
            return False
        for job in self._jobs:
            if stop is not None and stop.is_set():
                break
            if time.monotonic() < self._due.get(job.name, 0.0):
                continue
            self._due[job.name] = time.monotonic() + job.seconds
            self._call(job, now())
            if connection.connection is not self._session:
                break  # the job lost or closed our session and the lock with it
        return True

    def _call(self, job: Periodic, now: datetime) -> None:
        began = time.monotonic()
        try:
            job.call(now)
        except Exception:
            logger.exception("the job “%s” failed", job.name)
            if connection.connection is not None and not connection.is_usable():
                connection.close()
        took = time.monotonic() - began
        if took > SLOW_SECONDS:
            logger.warning("the job “%s” took %.1f s; others waited for it", job.name, took)

    def _holds_lock(self) -> bool:
        """Whether this database session holds the lock; it ends with the session, however that ends."""
        if self._session is not None and connection.connection is self._session:
            return True
        self._session = None
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [self._lock])
            if cursor.fetchone()[0]:
                self._session = connection.connection
                logger.info("the clock is at work")
        self._complained = False
        return self._session is not None


@periodic("heartbeat of the clock", seconds=BEAT_SECONDS)
def beat(now: datetime) -> None:
    """Write down that the clock is at work."""
    write_heartbeat("clock", now=now)


@periodic("heartbeat of the workers", seconds=WORKER_BEAT_SECONDS)
def ask_worker(now: datetime) -> None:
    """Have the queue carry a sign of life of the workers: it arrives only if all of the queue works."""
    asked = Heartbeat.objects.filter(name="worker asked").values_list("at", flat=True).first()
    answered = Heartbeat.objects.filter(name="worker").values_list("at", flat=True).first()
    unanswered = asked is not None and (answered is None or answered < asked)
    if asked is not None and unanswered and now - asked < timedelta(seconds=LOST_SECONDS):
        return  # a question still waits in the queue; more of them would only lengthen it
    write_heartbeat("worker asked", now=now)
    defer_on_commit("config.clock.answer")


def answer() -> None:
    """A task of the queue: a worker is alive."""
    write_heartbeat("worker", now=timezone.now())


def write_heartbeat(name: str, *, now: datetime) -> None:
    """Remember when `name` was last seen."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
