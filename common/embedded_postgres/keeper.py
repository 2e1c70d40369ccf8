"""The process that owns the embedded server: starts it, recovers it, stops it when its last user has gone.

Run as `python -m common.embedded_postgres.keeper FOLDER` by `cluster`. It answers one line on its output: `ready`, or a
sentence that says why not. Should the keeper be killed, the kernel stops the server (PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from common.embedded_postgres.cluster import DATABASE, START_SECONDS, SUPERUSER
from common.embedded_postgres.places import (
    EmbeddedPostgresError,
    Identity,
    identity,
    major_version,
    reachable_binaries,
    socket_directory,
)

LINGER_SECONDS = 2.0
"""The server outlives its last user this long: commands run one after another do not pay for a start each."""
LOOK_SECONDS = 0.25
MAX_LOG_BYTES = 10 * 2**20
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Keeper:
    """Owns the server of one folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.who: Identity = identity()
        self.binaries = reachable_binaries(home)
        version = major_version(self.binaries)
        self.data = home / version
        self.log = home / f"{version}.log"
        if self.data.exists() and self.who.uid is not None:
            owner = self.data.stat()  # data that somebody else's server made stay theirs
            if owner.st_uid:
                self.who = Identity(owner.st_uid, owner.st_gid)
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make the data folder on first use and clear what a killed server left behind."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        recover(self.data)

    def start(self) -> None:
        """Start the server, wait until it answers, and write down where it listens."""
        folder = self._socket_folder()
        port = self._start_on_some_port(folder)
        assert self.process is not None
        content = {"pid": self.process.pid, "port": port, "socket": folder}
        draft = self.home / f"server.json.{os.getpid()}"
        draft.write_text(json.dumps(content))
        draft.replace(self.home / "server.json")

    def _start_on_some_port(self, folder: str) -> int:
        for _ in range(3):
            port = _free_port()
            self._spawn(port, folder)
            if self._answers(port):
                return port
            if self.process is None or self.process.poll() is None:
                break  # it runs but does not answer: another port would not help
        self.stop()
        raise EmbeddedPostgresError(f"The embedded PostgreSQL does not start: {self._last_words()}")

    def watch(self) -> None:
        """Return when the server has died, when we are told to end, or when nobody has used it for a while.

        In the last case the users' lock is kept, so that whoever comes now waits until the server has stopped.
        """
        users = os.open(self.home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        alone_since: float | None = None
        while self.process is not None and self.process.poll() is None:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                alone_since = None
            else:
                alone_since = alone_since or time.monotonic()
                if time.monotonic() - alone_since >= LINGER_SECONDS:
                    return
                fcntl.flock(users, fcntl.LOCK_UN)
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Stop the server: politely, then at once (which costs a recovery at the next start, no data)."""
        (self.home / "server.json").unlink(missing_ok=True)
        if self.process is None:
            return
        for how, seconds in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            if self.process.poll() is not None:
                return
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue

    def _initialise(self) -> None:
        draft = self.home / f"{self.data.name}.new"
        password_file = self.home / "password.new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)  # without PG_VERSION it never held data
        draft.mkdir(mode=0o700)
        password = secrets.token_urlsafe(32)
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        self.who.own(draft)
        self.who.own(password_file)
        try:
            done = subprocess.run(
                [
                    self.binaries / "bin" / "initdb",
                    f"--pgdata={draft}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password_file}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                ],
                **self._as_server(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            password_file.unlink()
        if done.returncode:
            reason = " ".join(done.stderr.split())[-400:]
            raise EmbeddedPostgresError(f"The embedded PostgreSQL cannot be set up: {reason}")
        descriptor = os.open(self.home / "password", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(password)
        draft.rename(self.data)

    def _spawn(self, port: int, socket_folder: str) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": socket_folder,
            "unix_socket_permissions": "0700",
            **tuning(_memory_bytes()),
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        keeper = os.getpid()

        def die_with_keeper() -> None:
            if sys.platform == "linux":
                ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
                if os.getppid() != keeper:  # it died before the line above
                    os._exit(1)

        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "bin" / "postgres", "-D", self.data, *arguments],
                **self._as_server(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_keeper,  # noqa: PLW1509 - this process has one thread
            )

    def _answers(self, port: int) -> bool:
        password = (self.home / "password").read_text().strip()
        deadline = time.monotonic() + START_SECONDS / 2
        while self.process is not None and self.process.poll() is None and time.monotonic() < deadline:
            try:
                with psycopg.connect(
                    host="127.0.0.1",
                    port=port,
                    user=SUPERUSER,
                    password=password,
                    dbname="postgres",
                    autocommit=True,
                    connect_timeout=5,
                ) as connection:
                    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
                    return True
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise EmbeddedPostgresError(
                        f"The password in {self.home / 'password'} is not the one of the data beside it: restore it."
                    ) from error
                time.sleep(0.05)
        return False

    def _as_server(self) -> dict[str, Any]:
        """How the wheel's programs are run: as the unprivileged user, nothing of our environment but the path."""
        options: dict[str, Any] = {
            "cwd": self.home,
            "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            "umask": 0o077,
        }
        if self.who.uid is not None:
            options |= {"user": self.who.uid, "group": self.who.gid, "extra_groups": []}
        return options

    def _socket_folder(self) -> str:
        folder = socket_directory(self.home)
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid == os.geteuid():
            self.who.own(folder)
        owner = self.who.uid if self.who.uid is not None else os.geteuid()
        return str(folder) if folder.stat().st_uid == owner else ""  # somebody else's: TCP alone will do

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        return " ".join(lines[-3:]) or f"see {self.log}."


def recover(data: Path) -> None:
    """Clear the pid file of a server that was killed, and end a server that lost its keeper.

    PostgreSQL refuses to start while the file names a living process of its user, whichever program that is; after a
    reboot it may be any. So the process is looked at, not only its number.
    """
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text().split("\n", 1)[0])
    except FileNotFoundError:
        return
    except ValueError:
        file.unlink()
        return
    for how, seconds in ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        if not _serves(pid, data):
            break
        os.kill(pid, how)
        deadline = time.monotonic() + seconds
        while _serves(pid, data) and time.monotonic() < deadline:
            time.sleep(0.05)
    file.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL over `data`."""
    command = Path(f"/proc/{pid}/cmdline")
    if sys.platform == "linux":
        try:
            words = command.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return False
    else:
        words = subprocess.run(
            ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout.split()
    return any("postgres" in word for word in words[:1]) and str(data) in words


def tuning(memory: int) -> dict[str, str]:
    """Server settings for a machine with `memory` bytes, most of which other processes of ours need too."""
    megabytes = memory // 2**20
    return {
        "max_connections": "100",
        "shared_buffers": f"{min(512, max(64, megabytes // 8))}MB",
        "effective_cache_size": f"{max(256, megabytes // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{min(256, max(64, megabytes // 16))}MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",  # compiling a query costs more than our queries do
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        "log_line_prefix": "%m [%p] ",
        "lc_messages": "C",
    }


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 2 * 2**30


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _hold_keeper_lock(home: Path) -> bool:
    """Take the lock that says a keeper lives; programs that look whether it is held take it for a moment."""
    descriptor = os.open(home / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(200):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


def main() -> int:
    """Keep the server of the folder named on the command line."""
    home = Path(sys.argv[1])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    keeper: Keeper | None = None
    try:
        if not _hold_keeper_lock(home):
            raise EmbeddedPostgresError(f"Another keeper holds the embedded PostgreSQL in {home}.")
        (home / "server.json").unlink(missing_ok=True)
        keeper = Keeper(home)
        keeper.prepare()
        keeper.start()
        _answer("ready")
        keeper.watch()
    except (EmbeddedPostgresError, OSError, subprocess.SubprocessError) as error:
        _answer(str(error))
        return 1
    finally:
        if keeper is not None:
            keeper.stop()
    return 0


def _answer(line: str) -> None:
    """Tell the program that started us, then let go of its pipe."""
    try:
        sys.stdout.write(" ".join(line.split()) + "\n")
        sys.stdout.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except OSError:
        pass  # it is gone; the server is still of use to others


if __name__ == "__main__":
    sys.exit(main())
