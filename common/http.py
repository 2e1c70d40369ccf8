"""The one door for HTTP requests of ours: timeouts, size limits, no private addresses, no secret in any text.

``requests`` with urllib3's ``Retry``. Failures are sentences that name the host alone: keys stand in paths, queries and
headers of many providers, and an address in a log or a ticket would give them away.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import Retry

from common.addresses import AddressRefused, connect
from common.errors import DomainError

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
LONGEST_SECONDS = 120.0
"""For a whole answer: a server that sends one byte at a time must not hold a worker."""
DEFAULT_LIMIT = 5 * 2**20
USER_AGENT = "Clearway"

# Its warnings about broken connections quote the address with whatever key is in it.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


class RequestFailed(DomainError):
    """A request without a usable answer.

    ``may_have_arrived`` says that the other side may have acted on it; ``refused`` that trying again cannot help.
    """

    code = "request_failed"

    def __init__(self, message: str, *, may_have_arrived: bool = False, refused: bool = False) -> None:
        super().__init__(message)
        self.may_have_arrived = may_have_arrived
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Any status is an answer: the caller knows what it means."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The content as JSON, None when it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    def object(self) -> dict[str, Any]:
        """The content as a JSON object, empty when it is none."""
        value = self.json()
        return value if isinstance(value, dict) else {}

    @property
    def retry_after(self) -> float | None:
        """Seconds that the other side asks us to wait (RFC 9110, 10.2.3), None when it says nothing we can use."""
        value = self.headers.get("retry-after", "")
        return float(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


class Cord:
    """Lets another thread end a request under way: a server may send a byte now and then for as long as it likes."""

    def __init__(self) -> None:
        self._link: socket.socket | None = None
        self._pulled = False
        self._lock = threading.Lock()

    def pull(self) -> None:
        """End the request: its thread gets RequestFailed. One that has not begun, or has ended, is not harmed."""
        with self._lock:
            self._pulled = True
            if self._link is not None:
                with suppress(OSError):
                    self._link.shutdown(socket.SHUT_RDWR)

    def hold(self, link: socket.socket) -> None:
        """Remember a connection. A copy of it: what TLS wraps around it is nobody's to see until it is made."""
        with self._lock:
            if self._pulled:
                link.close()
                raise TimeoutError
            self._let_go()
            self._link = link.dup()

    def let_go(self) -> None:
        """Forget the connection."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None


_cords = threading.local()


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    json: Any = None,
    data: Mapping[str, Any] | bytes | None = None,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    read_seconds: float = READ_SECONDS,
    limit: int = DEFAULT_LIMIT,
    longest_seconds: float = LONGEST_SECONDS,
    cut: bool = False,
    cord: Cord | None = None,
    repeatable: bool | None = None,
) -> Answer:
    """Make one request. Redirects are not followed.

    ``limit`` is the largest answer in bytes that is read, ``longest_seconds`` how long its body may take. A longer one
    is a failure; with ``cut`` its beginning is the answer. By ``cord`` another thread can end it. ``repeatable`` (by
    default only GET and HEAD) lets a request be made again after a broken connection or a 502, 503 or 504; any is made
    again when the connection was never made. Raises RequestFailed.
    """
    host = _host(url)
    repeat = method in {"GET", "HEAD"} if repeatable is None else repeatable
    began = time.monotonic()
    # A session for each request: a kept connection that the other side has closed in the meantime looks like a request
    # that may have arrived, and then nobody dares to make it again.
    _cords.held = cord
    with _session(repeat=repeat) as session:
        try:
            response = session.request(
                method,
                url,
                headers=dict(headers or {}),
                params=params,
                json=json,
                data=data,
                files=files,
                timeout=(CONNECT_SECONDS, read_seconds),
                allow_redirects=False,
                stream=True,
            )
            content = _read(response, host, limit=limit, until=began + longest_seconds, cut=cut)
        except requests.RequestException as error:
            raise _failure(error, host) from None  # the original quotes the whole address
        except AddressRefused as error:
            raise RequestFailed(error.message, refused=True) from None
        finally:
            _cords.held = None
            if cord is not None:
                cord.let_go()
        return Answer(response.status_code, content, {name.lower(): value for name, value in response.headers.items()})


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in {"http", "https"} else None
    except ValueError:
        host = None
    if not host:
        raise RequestFailed("The address must start with http:// or https:// and name a host.", refused=True)
    return host


def _read(response: requests.Response, host: str, *, limit: int, until: float, cut: bool) -> bytes:
    chunks, size = [], 0
    for chunk in response.iter_content(65_536):
        size += len(chunk)
        if cut and (size > limit or time.monotonic() > until):
            response.close()
            chunks.append(chunk)
            return b"".join(chunks)[:limit]
        if size > limit:
            response.close()
            raise RequestFailed(f"{host} sent more than {limit} bytes.", may_have_arrived=True, refused=True)
        if time.monotonic() > until:
            response.close()
            raise RequestFailed(f"{host} did not finish its answer in time.", may_have_arrived=True)
        chunks.append(chunk)
    return b"".join(chunks)


def _failure(error: requests.RequestException, host: str) -> RequestFailed:
    if isinstance(error, requests.exceptions.SSLError):
        return RequestFailed(f"{host} has no certificate that we can trust.")
    reason = error.args[0] if error.args else None
    reason = getattr(reason, "reason", reason)
    if isinstance(reason, NameResolutionError):
        return RequestFailed(f"{host} has no address.")
    if isinstance(error, requests.ConnectTimeout) or isinstance(reason, ConnectTimeoutError):
        return RequestFailed(f"{host} could not be reached in time.")
    if isinstance(reason, NewConnectionError):
        return RequestFailed(f"{host} could not be reached.")
    if isinstance(error, requests.Timeout):
        return RequestFailed(f"{host} did not answer in time.", may_have_arrived=True)
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return RequestFailed(f"{host} broke the connection off.", may_have_arrived=True)
    return RequestFailed(f"The request to {host} could not be made ({type(error).__name__}).", refused=True)


class _GuardedConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _guarded(self)


class _GuardedTlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _guarded(self)


def _guarded(connection: HTTPConnection) -> socket.socket:
    timeout = connection.timeout if isinstance(connection.timeout, int | float) else CONNECT_SECONDS
    cord: Cord | None = getattr(_cords, "held", None)
    try:
        link = connect(connection.host, connection.port or connection.default_port, timeout=timeout)
        if cord is not None:
            cord.hold(link)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "timed out") from error
    except OSError as error:
        raise NewConnectionError(connection, "could not be reached") from error
    return link


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedTlsPool}


def _session(*, repeat: bool) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a proxy of the environment would resolve names in our place
    session.headers["User-Agent"] = USER_AGENT
    retry = Retry(
        total=2,
        connect=2,
        read=2 if repeat else 0,
        status=2 if repeat else 0,
        other=0,
        redirect=0,
        allowed_methods=None,
        status_forcelist=(502, 503, 504) if repeat else (),
        backoff_factor=0.3,
        respect_retry_after_header=False,
        raise_on_status=False,
    )
    adapter = _GuardedAdapter(max_retries=retry)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session
