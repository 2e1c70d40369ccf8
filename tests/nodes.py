"""Processes of a node in a test: where their database is, what they answer, which of them live."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection


def database_address() -> str:
    """This test's database, for another process."""
    parameters = connection.get_connection_params()
    address = f"postgresql://{parameters['user']}:{parameters['password']}@/{parameters['dbname']}"
    return f"{address}?host={parameters['host']}&port={parameters['port']}"


def wait_until(condition: Callable[[], Any], *, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.1)


def fetch(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def processes_below(parent: int) -> dict[int, str]:
    """All living descendants: id → command line."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found: dict[int, str] = {}
    waiting = [parent]
    while waiting:
        for child in children.get(waiting.pop(), []):
            try:
                found[child] = Path(f"/proc/{child}/cmdline").read_bytes().decode().replace("\0", " ")
            except OSError:
                continue
            waiting.append(child)
    return found


def lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
