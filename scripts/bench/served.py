"""A served site to measure: the web process as it runs in production, on a free port of this machine."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served() -> Iterator[int]:
    """Run the web process; yields its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "web", "--port", str(port)],
        env={**os.environ, "CLEARWAY_PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the web process ended with {process.returncode}")
        try:
            if requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise SystemExit("the web process did not answer within a minute")


def signed_in(port: int, email: str, password: str) -> requests.Session:
    """A browser's session: signed in by the form."""
    session = requests.Session()
    address = f"http://127.0.0.1:{port}/admin/login/"
    page = session.get(address, timeout=30)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    if token is None:
        raise SystemExit("the login page has no form")
    answer = session.post(
        address,
        data={"username": email, "password": password, "csrfmiddlewaretoken": token[1], "next": "/admin/"},
        headers={"Referer": address},
        timeout=30,
    )
    if "/login/" in answer.url:
        raise SystemExit("signing in failed")
    return session


class Hammer:
    """Clients that send requests over kept connections as fast as they are answered, for a time.

    ``taken`` are the milliseconds that each answer took.
    """

    def __init__(self, port: int, *, clients: int, seconds: float) -> None:
        self._port, self._clients, self._seconds = port, clients, seconds
        self.answered = 0
        self.taken: list[float] = []
        self.refused: list[bytes] = []
        self._lock = threading.Lock()

    def run(self, request_of: object) -> float:
        """Send ``request_of(client, number)`` bytes; returns answers of success a second."""
        start = time.perf_counter()
        threads = [
            threading.Thread(target=self._client, args=(number, request_of, start + self._seconds))
            for number in range(self._clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.answered / (time.perf_counter() - start)

    def _client(self, client: int, request_of: object, until: float) -> None:
        taken: list[float] = []
        with socket.create_connection(("127.0.0.1", self._port), timeout=30) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < until:
                request = request_of(client, len(taken))  # type: ignore[operator]
                began = time.perf_counter()
                wire.sendall(request)
                head, rest = _head(wire)
                stated = re.search(rb"(?i)content-length: *(\d+)", head)
                if not head.startswith(b"HTTP/1.1 20") or stated is None:
                    with self._lock:
                        self.refused.append(head)
                    return
                while len(rest) < int(stated[1]):
                    rest += wire.recv(65_536)
                taken.append((time.perf_counter() - began) * 1_000)
        with self._lock:
            self.answered += len(taken)
            self.taken += taken


def _head(wire: socket.socket) -> tuple[bytes, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = wire.recv(65_536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        received += piece
    head, _, rest = received.partition(b"\r\n\r\n")
    return head, rest
