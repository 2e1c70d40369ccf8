"""What every test may rely on: a real PostgreSQL, no network beyond this machine."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from common import revisions
from tickets.models import Rule

_slot: int | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Choose a database of our own: several runs in one clone must not share one.

    The slot is held by a lock that ends with this process; the database of a run that was killed is used again.
    """
    global _slot  # noqa: PLW0603 - the lock lives as long as the process
    folder = settings.VAR_DIR / "test-slots"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1_000):
        descriptor = os.open(folder / f"{number}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        _slot = descriptor
        # For processes that tests start: their clock signs days that are none of this clone's.
        heads = Path(tempfile.gettempdir()) / f"clearway-heads-{os.getpid()}"
        os.environ["CLEARWAY_CHAIN_EXPORT_DIR"] = str(heads)
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_clearway_{number}"
        connection.settings_dict["TEST"]["NAME"] = f"test_clearway_{number}"
        return
    raise pytest.UsageError("no free slot for a test database in var/test-slots")


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix() -> None:
    """Each process of xdist has a slot of its own: its database needs no suffix."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests need no commit on disk: a power cut loses nothing that matters."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit TO off")
        cursor.execute("SET synchronous_commit TO off")


@pytest.fixture(autouse=True)
def _quick_and_separate(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files of a test lie in a folder of its own, passwords and static files cost nothing."""
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("media"))
    settings.CHAIN_EXPORT_DIR = tmp_path_factory.mktemp("chain-heads")
    settings.WHITENOISE_AUTOREFRESH = True  # else every test client looks through all static files first
    # What was seen of sets of configuration belongs to the test before.
    revisions.look_again()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _customers_are_awake(request: pytest.FixtureRequest) -> None:
    """A test's outcome must not hang on the hour at which it runs: those about quiet hours switch them on."""
    asks = {"db", "transactional_db", "django_db_reset_sequences", "live_server"} & set(request.fixturenames)
    if request.node.get_closest_marker("django_db") or asks:
        request.getfixturevalue("_django_db_helper")
        Rule.objects.filter(shipped_key="quiet_hours").update(is_active=False)


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nobody uses, with a free neighbour (the streams listen on the next one)."""
    for _ in range(100):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports beside each other")


@pytest.fixture
def no_throttle(settings: Any) -> None:
    """Sign in as often as a test needs to."""
    settings.AXES_ENABLED = False
