"""With REDIS_URL the queue's tasks travel through Redis. Wants Debian's ``redis-server``; without it, it is skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from common.models import Heartbeat
from tests import nodes

SERVER = shutil.which("redis-server")
pytestmark = pytest.mark.skipif(SERVER is None, reason="redis-server is not installed (apt-get install redis-server)")

_ASK = """
import django; django.setup()
from common.jobs import defer_on_commit
from django_q.brokers import get_broker
defer_on_commit("config.clock.answer")
print(type(get_broker()).__name__)
"""


@pytest.fixture
def redis_address(free_port: int, tmp_path: Path) -> Iterator[str]:
    assert SERVER is not None
    command = [SERVER, "--port", str(free_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    yield f"redis://127.0.0.1:{free_port}/0"
    server.terminate()
    server.wait(10)


@pytest.mark.django_db(transaction=True)
def test_worker_takes_tasks_from_redis(redis_address: str) -> None:
    environment = {
        **os.environ,
        "REDIS_URL": redis_address,
        "DATABASE_URL": nodes.database_address(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "CLEARWAY_WORKERS": "1",
    }
    began = timezone.now()
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=settings.BASE_DIR, env=environment)
    try:
        asked = subprocess.run(
            [sys.executable, "-c", _ASK],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert asked.stdout.strip() == "Redis"
        nodes.wait_until(Heartbeat.objects.filter(name="worker", at__gte=began).exists, seconds=60)
    finally:
        worker.terminate()
        worker.wait(30)
