"""The embedded server: shared, recovered, stopped with its last user."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from common.embedded_postgres import keeper as keeping
from common.embedded_postgres import places
from common.embedded_postgres.cluster import Cluster, Server

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root may run things as somebody else")


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A folder with an initialised server that has stopped; tests work on copies, which is quicker than initdb."""
    folder = Path(tempfile.mkdtemp(prefix="clearway-test-"))
    folder.chmod(0o755)
    cluster = Cluster(folder / "postgres")
    cluster.ensure()
    cluster.release()
    wait_until(lambda: processes_of(folder) == [])
    yield folder / "postgres"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(prepared: Path, folder: Path) -> Path:
    copy = folder / "postgres"
    subprocess.run(["cp", "-a", str(prepared), str(copy)], check=True)
    return copy


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others may enter, as a clone's usually is; pytest closes its own to them."""
    path = Path(tempfile.mkdtemp(prefix="clearway-test-"))
    path.chmod(0o755)
    yield path
    end_all(path)
    shutil.rmtree(path, ignore_errors=True)


def end_all(home: Path) -> None:
    for process in processes_of(home):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    wait_until(lambda: not processes_of(home))


def processes_of(home: Path) -> list[int]:
    """The keepers and servers of a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if any(word == str(home) or word.startswith(f"{home}/") for word in words) and (
            "postgres" in words[0] or "common.embedded_postgres.keeper" in words
        ):
            found.append(int(entry.parent.name))
    return found


def wait_until(condition: Callable[[], bool], *, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.05)


def query(server: Server, text: str) -> str:
    with psycopg.connect(server.url()) as connection:
        row = connection.execute(text).fetchone()
    assert row is not None
    return str(row[0])


def other_program(home: Path) -> subprocess.Popen[str]:
    """Another program that uses the server until it is killed."""
    code = (
        "import sys, time; from pathlib import Path; from common.embedded_postgres.cluster import Cluster; "
        "c = Cluster(Path(sys.argv[1])); print(c.ensure().pid, flush=True); time.sleep(600)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(home)], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )


def first_line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def test_server_speaks_utf8_with_c_locale_and_wants_a_password(home: Path) -> None:
    server = Cluster(home).ensure()

    assert query(server, "SELECT datcollate FROM pg_database WHERE datname = 'clearway'") == "C.UTF-8"
    assert query(server, "SHOW listen_addresses") == "127.0.0.1"
    assert query(server, "SHOW synchronous_commit") == "on"
    assert query(server, "SHOW password_encryption") == "scram-sha-256"
    for host in ("127.0.0.1", server.socket):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=host, port=server.port, user="clearway", dbname="clearway", password="wrong")


def test_socket_and_tcp_lead_to_the_same_server(home: Path) -> None:
    server = Cluster(home).ensure()

    with psycopg.connect(
        host=server.host, port=server.port, user="clearway", dbname="clearway", password=server.password
    ) as connection:
        row = connection.execute("SELECT pg_postmaster_start_time()::text").fetchone()

    assert server.host.startswith("/")
    assert row == (query(server, "SELECT pg_postmaster_start_time()::text"),)


def test_programs_share_one_server_which_stops_with_the_last_and_keeps_its_data(home: Path) -> None:
    first = Cluster(home)
    server = first.ensure()
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    program = other_program(home)
    assert first_line(program) == str(server.pid)

    first.release()
    time.sleep(keeping.LINGER_SECONDS + 1)
    assert first.is_running()
    program.kill()
    program.wait()
    wait_until(lambda: not first.is_running())
    wait_until(lambda: processes_of(home) == [])

    assert query(first.ensure(), "SELECT answer FROM kept") == "42"


def test_many_programs_starting_at_once_get_one_server(home: Path) -> None:
    programs = [other_program(home) for _ in range(5)]
    try:
        answers = {first_line(program) for program in programs}
    finally:
        for program in programs:
            program.kill()
            program.wait()

    assert len(answers) == 1
    assert answers != {""}


def test_everything_killed_at_once_is_recovered_with_all_commits(home: Path) -> None:
    program = other_program(home)
    first_line(program)
    cluster = Cluster(home)
    with psycopg.connect(cluster.ensure().url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS answer")
    cluster.release()
    for process in (program.pid, *processes_of(home)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    program.wait()
    wait_until(lambda: processes_of(home) == [])
    assert (home / "18" / "postmaster.pid").exists()

    assert query(cluster.ensure(), "SELECT answer FROM kept") == "7"


def test_killed_keeper_takes_the_server_with_it_and_the_next_need_starts_both(home: Path) -> None:
    cluster = Cluster(home)
    server = cluster.ensure()
    keeper_process = next(process for process in processes_of(home) if process != server.pid and _is_keeper(process))

    os.kill(keeper_process, signal.SIGKILL)
    wait_until(lambda: not cluster.is_running())
    again = cluster.ensure()

    assert again.pid != server.pid
    assert query(again, "SELECT 1") == "1"
    assert len([process for process in processes_of(home) if _is_keeper(process)]) == 1


def _is_keeper(process: int) -> bool:
    return b"common.embedded_postgres.keeper" in Path(f"/proc/{process}/cmdline").read_bytes()


def test_killed_server_is_started_again_for_the_same_program(home: Path) -> None:
    cluster = Cluster(home)
    server = cluster.ensure()

    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: not cluster.is_running())

    assert query(cluster.ensure(), "SELECT 1") == "1"


def test_pid_file_that_names_a_stranger_is_cleared_and_the_stranger_left_alone(home: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    (home / "18" / "postmaster.pid").write_text(f"{stranger.pid}\n{home / '18'}\n1\n1\n\n\n")
    try:
        assert query(Cluster(home).ensure(), "SELECT 1") == "1"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_interrupted_first_setup_is_begun_again(folder: Path) -> None:
    home = folder / "postgres"
    home.mkdir(mode=0o755)
    (home / "18").mkdir()
    (home / "18.new").mkdir()
    (home / "18.new" / "half").write_text("")

    assert query(Cluster(home).ensure(), "SELECT 1") == "1"
    assert not (home / "18.new").exists()


def test_lost_password_is_told_in_a_sentence(home: Path) -> None:
    (home / "password").write_text("another")

    with pytest.raises(places.EmbeddedPostgresError, match="is not the one of the data beside it: restore it"):
        Cluster(home).ensure()


@ROOT_ONLY
def test_root_runs_the_server_as_nobody_and_adds_no_user(home: Path) -> None:
    before = Path("/etc/passwd").read_text()
    server = Cluster(home).ensure()

    assert Path(f"/proc/{server.pid}").stat().st_uid == places.identity().uid != 0
    assert (home / "18").stat().st_mode & 0o077 == 0
    assert (home / "password").stat().st_uid == 0
    assert (home / "password").stat().st_mode & 0o077 == 0
    assert Path("/etc/passwd").read_text() == before


@ROOT_ONLY
def test_clone_in_a_folder_closed_to_others_keeps_data_and_binaries_in_a_state_directory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "clone" / "var" / "postgres"
    installed = places.installed_binaries().parent
    packages = closed / "site-packages"
    for name in (installed.name, f"{installed.name}.libs"):
        shutil.copytree(installed.with_name(name), packages / name, symlinks=True)
    monkeypatch.setenv("PYTHONPATH", str(packages))
    code = (
        "import sys, time; from pathlib import Path; sys.path.insert(0, sys.argv[2]); "
        "from common.embedded_postgres import cluster; cluster._ROOT = f'{sys.argv[2]}:{cluster._ROOT}'; "
        "print(cluster.Cluster(Path(sys.argv[1])).ensure().url(), flush=True); time.sleep(60)"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code, str(home), str(packages)],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        with psycopg.connect(first_line(program)) as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()

        state = home.resolve()
        assert home.is_symlink()
        assert state.parent in (Path("/var/lib"), Path("/var/tmp"))
        assert row == (str(state / "18"),)
        (copy,) = state.glob("program-*")
        assert places.identity().may_reach(copy / "embedded_postgres" / "pginstall" / "bin" / "postgres")
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        program.kill()
        program.wait()
        end_all(home.resolve())
        shutil.rmtree(home.resolve(), ignore_errors=True)


@ROOT_ONLY
def test_new_clone_at_the_path_of_a_removed_one_begins_without_its_data(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "clone" / "var" / "postgres"
    first = places.settle(home)
    shutil.rmtree(closed / "clone")
    second = places.settle(home)
    try:
        assert places.settle(home) == second != first
        assert first.is_dir()
    finally:
        first.rmdir()
        second.rmdir()


def test_long_paths_get_a_short_socket_folder() -> None:
    short = places.socket_directory(Path("/srv/clearway/var/postgres"))
    long = places.socket_directory(Path("/srv") / ("a" * 80) / "postgres")

    assert short == Path("/srv/clearway/var/postgres/socket")
    assert str(long).startswith("/tmp/clearway-")
    assert len(str(long)) < places.SOCKET_PATH_LIMIT


def test_memory_settings_follow_the_machine() -> None:
    small, big = keeping.tuning(512 * 2**20), keeping.tuning(64 * 2**30)

    assert (small["shared_buffers"], big["shared_buffers"]) == ("64MB", "512MB")
    assert big["jit"] == "off"


def test_commands_print_nothing_of_the_server_on_their_output(home: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "shell",
            "--no-imports",
            "-v",
            "0",
            "-c",
            "from django.db import connection as c; c.ensure_connection(); print('[]')",
        ],
        cwd=settings.BASE_DIR,
        env={key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        | {"CLEARWAY_VAR_DIR": str(home.parent)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == []
    assert done.stderr == ""


def test_command_that_connects_while_the_server_dies_waits_for_the_next_one(home: Path) -> None:
    code = """
import os, signal, sys
from django.conf import settings
from django.db import connection
connection.ensure_connection()
from common.embedded_postgres.cluster import cluster_at
os.kill(cluster_at(settings.EMBEDDED_POSTGRES_DIR).ensure().pid, signal.SIGKILL)
connection.close()
connection.ensure_connection()
with connection.cursor() as cursor:
    cursor.execute("SELECT 'here again'")
    print(cursor.fetchone()[0])
"""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-v", "0", "-c", code],
        cwd=settings.BASE_DIR,
        env=environment | {"CLEARWAY_VAR_DIR": str(home.parent)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("here again\n", "")
