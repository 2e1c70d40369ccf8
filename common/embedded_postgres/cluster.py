"""One embedded server per clone, shared by every program that needs it.

Files in the server's folder:
  users.lock    each program that uses the server holds it shared (flock). The operating system lets go of it when a
                program ends, however it ends, so a killed program never counts as a user.
  start.lock    held exclusively while a program starts the server
  keeper.lock   held exclusively by the keeper, the process that owns the server, as long as it lives
  server.json   where the server listens; true only while keeper.lock is held
  password      of the database's superuser, readable by its owner only
  18/, 18.log   data and log of one major version
  keeper.log    what the keeper has to complain about; empty as a rule
"""

from __future__ import annotations

import fcntl
import json
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from common.embedded_postgres.places import EmbeddedPostgresError, python, settle

SUPERUSER = "clearway"
DATABASE = "clearway"
START_SECONDS = 90.0
STOP_SECONDS = 60.0
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Server:
    """Where a running server listens."""

    pid: int
    port: int
    socket: str
    password: str

    @property
    def host(self) -> str:
        """The socket's folder (the fastest way in), or the loopback address where there is no socket."""
        return self.socket or "127.0.0.1"

    def url(self, database: str = DATABASE) -> str:
        """An address over TCP for programs that want one, such as pgbench."""
        return f"postgresql://{SUPERUSER}:{quote(self.password)}@127.0.0.1:{self.port}/{database}"


@contextmanager
def locked(path: Path, *, seconds: float, sentence: str) -> Iterator[None]:
    """Hold `path` exclusively. Raises EmbeddedPostgresError with `sentence` when that takes longer than `seconds`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait_for_lock(descriptor, fcntl.LOCK_EX, seconds=seconds, sentence=sentence)
        yield
    finally:
        os.close(descriptor)


def _wait_for_lock(descriptor: int, kind: int, *, seconds: float, sentence: str) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(sentence) from None
            time.sleep(0.02)
        else:
            return


class Cluster:
    """The embedded server of one folder, as one program sees it. Threads may share it; a fork stays a user."""

    def __init__(self, home: Path) -> None:
        self._wanted_home = home
        self._mutex = threading.Lock()
        self._user: int | None = None
        self._home: Path | None = None

    @property
    def home(self) -> Path:
        """The real folder, which `var/postgres` may only be a link to."""
        if self._home is None:
            self._home = settle(self._wanted_home)
        return self._home

    def ensure(self) -> Server:
        """Become a user of the server, start it when it does not run, and say where it listens.

        Costs a few microseconds when it runs. Raises EmbeddedPostgresError with a sentence when it cannot run.
        """
        with self._mutex:
            try:
                self._become_user()
                return self._running() or self._start()
            except OSError as error:
                raise EmbeddedPostgresError(
                    f"The embedded PostgreSQL cannot use {self.home} ({error.strerror}): "
                    "run Clearway as the user that owns it, or set DATABASE_URL."
                ) from error

    def release(self) -> None:
        """Stop being a user. The server stops soon after its last user has gone."""
        with self._mutex:
            if self._user is not None:
                os.close(self._user)
                self._user = None

    def is_running(self) -> bool:
        """Whether the server runs now; does not start it."""
        return self._running() is not None

    def _become_user(self) -> None:
        if self._user is not None:
            return
        descriptor = os.open(self.home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait_for_lock(
                descriptor,
                fcntl.LOCK_SH,
                seconds=STOP_SECONDS,
                sentence=f"The embedded PostgreSQL in {self.home} is stopping and does not finish; see its log there.",
            )
        except BaseException:
            os.close(descriptor)
            raise
        self._user = descriptor

    def _running(self) -> Server | None:
        if not self._keeper_lives():
            return None
        try:
            content = json.loads((self.home / "server.json").read_text())
            password = (self.home / "password").read_text().strip()
        except (FileNotFoundError, ValueError):
            return None
        return Server(pid=content["pid"], port=content["port"], socket=content["socket"], password=password)

    def _keeper_lives(self) -> bool:
        try:
            descriptor = os.open(self.home / "keeper.lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _start(self) -> Server:
        sentence = (
            f"Another program does not finish starting the embedded PostgreSQL in {self.home}; see the log there."
        )
        with locked(self.home / "start.lock", seconds=START_SECONDS, sentence=sentence):
            server = self._running()
            if server is None:
                self._start_keeper()
                server = self._running()
        if server is None:
            raise EmbeddedPostgresError(f"The embedded PostgreSQL stopped at once; see its log in {self.home}.")
        return server

    def _start_keeper(self) -> None:
        """Start the keeper apart from us (own session, no inherited streams) and wait for its one line of answer."""
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
        with (self.home / "keeper.log").open("wb") as log:
            keeper = subprocess.Popen(
                [python(), "-m", "common.embedded_postgres.keeper", str(self.home)],
                cwd="/",
                env={**os.environ, "PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        keeper.returncode = 0  # it outlives us on purpose: silence the warning about a child still running
        assert keeper.stdout is not None
        with keeper.stdout as answers, selectors.DefaultSelector() as selector:
            selector.register(answers, selectors.EVENT_READ)
            answer = answers.readline().decode().strip() if selector.select(START_SECONDS) else ""
        if answer != "ready":
            raise EmbeddedPostgresError(
                answer or f"The embedded PostgreSQL could not be started; see keeper.log and 18.log in {self.home}."
            )


_clusters: dict[Path, Cluster] = {}
_clusters_mutex = threading.Lock()


def cluster_at(home: Path) -> Cluster:
    """This program's one Cluster for `home`."""
    with _clusters_mutex:
        return _clusters.setdefault(home, Cluster(home))
