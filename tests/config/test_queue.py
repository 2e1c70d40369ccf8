"""The queue's processes when one is killed at the worst moment: the rest ends at once, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django_q.tasks import async_task

from config.processes import SUPERVISOR
from config.queue import FROZEN
from tests.nodes import database_address, lives, processes_below, wait_until

Starter = Callable[..., subprocess.Popen[bytes]]
POOL = 5
"""Guard, two workers, the one that fetches tasks and the one that files results."""

_RUN = """
import os, signal, sys
import django
django.setup()
from multiprocessing import synchronize
from django_q.signals import post_execute_in_worker
from config.queue import run_cluster
{}
sys.exit(run_cluster())
"""
WITH_THE_GUARDS_LOCK = """
def die(**_signal):  # the library sends it with the lock of the worker's timer in its hand
    os.kill(os.getpid(), signal.SIGKILL)
post_execute_in_worker.connect(die)
"""
WITH_THE_LOCK_OF_A_COUNTER = """
from django_q import queues
def die(self, n=1):
    with self.count.get_lock():
        os.kill(os.getpid(), signal.SIGKILL)
def connect(**_signal):
    queues.SharedCounter.increment = die
post_execute_in_worker.connect(connect)
"""


@pytest.fixture
def start(transactional_db: None, tmp_path: Path) -> Iterator[Starter]:
    """Starts processes on this test's database, outside of any supervisor."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*command: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "DATABASE_URL": database_address(), "CLEARWAY_VAR_DIR": str(tmp_path)}
        environment["CLEARWAY_SECRET_KEY"] = settings.SECRET_KEY  # tasks are signed with it
        environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(settings.BASE_DIR)}
        environment.pop(SUPERVISOR, None)
        process = subprocess.Popen([sys.executable, *command], env=environment, start_new_session=True)
        started.append(process)
        return process

    yield run
    for process in started:
        for one in (*processes_below(process.pid), process.pid):
            if lives(one):
                os.kill(one, signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize("moment", [WITH_THE_GUARDS_LOCK, WITH_THE_LOCK_OF_A_COUNTER], ids=["timer", "counter"])
def test_worker_killed_with_a_shared_lock_in_its_hand_ends_the_whole_pool(start: Starter, moment: str) -> None:
    async_task("config.clock.answer")
    cluster = start("-c", _RUN.format(moment))
    wait_until(lambda: len(processes_below(cluster.pid)) >= POOL or cluster.poll() is not None)
    pool = list(processes_below(cluster.pid))

    assert cluster.wait(15) == FROZEN
    wait_until(lambda: not any(map(lives, pool)), seconds=5)


@pytest.mark.parametrize("victim", ["cluster", "guard"])
def test_nothing_of_the_pool_outlives_who_started_it(start: Starter, victim: str) -> None:
    cluster = start(str(settings.BASE_DIR / "manage.py"), "worker")
    wait_until(lambda: len(processes_below(cluster.pid)) >= POOL)
    time.sleep(0.5)
    pool = list(processes_below(cluster.pid))
    os.kill(cluster.pid if victim == "cluster" else pool[0], signal.SIGKILL)

    wait_until(lambda: not any(map(lives, (cluster.pid, *pool))) or cluster.poll() is not None, seconds=5)
    wait_until(lambda: not any(map(lives, pool)), seconds=5)
    assert cluster.wait(5) != 0


@pytest.mark.parametrize("place", range(POOL), ids=["guard", "worker", "other worker", "results", "tasks"])
def test_pool_that_lost_a_process_is_replaced_by_the_same_program(start: Starter, place: int) -> None:
    cluster = start("-c", _RUN.format("import config.queue as queue; queue.STEADY_SECONDS = 0.0"))
    wait_until(lambda: len(processes_below(cluster.pid)) == POOL)
    pool = list(processes_below(cluster.pid))
    os.kill(pool[place], signal.SIGKILL)

    wait_until(lambda: len(set(processes_below(cluster.pid)) - set(pool)) == POOL, seconds=10)
    wait_until(lambda: not any(map(lives, pool)), seconds=5)
    cluster.terminate()
    assert cluster.wait(10) == 0


def test_pool_ends_by_itself_when_it_is_asked_to(start: Starter) -> None:
    cluster = start(str(settings.BASE_DIR / "manage.py"), "worker")
    wait_until(lambda: len(processes_below(cluster.pid)) >= POOL)
    pool = list(processes_below(cluster.pid))
    cluster.terminate()

    assert cluster.wait(10) == 0
    assert not any(map(lives, pool))
