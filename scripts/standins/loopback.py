"""An HTTP server on loopback in a thread, for stand-ins that speak HTTP or offer a control path."""

from __future__ import annotations

import json
import signal
import threading
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType, TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

HOST = "127.0.0.1"


class Request:
    """One request: its path, its parameters (query, JSON, form or multipart) and the files that came with it."""

    def __init__(self, method: str, target: str, headers: Message, body: bytes) -> None:
        address = urlsplit(target)
        content_type = headers.get("Content-Type", "")
        self.headers = headers
        self.method = method
        self.path = address.path
        self.body = body
        self.files: dict[str, tuple[str, str, bytes]] = {}
        self.parameters: dict[str, Any] = {name: values[-1] for name, values in parse_qs(address.query).items()}
        kind = content_type.partition(";")[0].strip().lower()
        if kind == "application/json":
            given = json.loads(body or b"{}")
            self.parameters |= given if isinstance(given, dict) else {}
        elif kind == "application/x-www-form-urlencoded":
            form = parse_qs(body.decode(), keep_blank_values=True)
            self.parameters |= {name: values[-1] for name, values in form.items()}
        elif kind == "multipart/form-data":
            self._read_parts(content_type, body)

    def _read_parts(self, content_type: str, body: bytes) -> None:
        head = f"Content-Type: {content_type}\r\n\r\n".encode()
        form = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + body)
        for part in form.iter_parts():
            name = str(part.get_param("name", "", header="content-disposition"))
            raw = part.get_payload(decode=True)
            content = raw if isinstance(raw, bytes) else b""
            if (file_name := part.get_filename()) is not None:
                self.files[name] = (file_name, part.get_content_type(), content)
            else:
                self.parameters[name] = content.decode()


class Answer:
    """What to send back: a JSON value or bytes. ``drop`` closes the connection without a word."""

    def __init__(
        self, value: Any = None, *, status: int = 200, raw: bytes | None = None, kind: str = "", drop: bool = False
    ) -> None:
        self.status = status
        self.content = raw if raw is not None else json.dumps(value, ensure_ascii=False).encode()
        self.kind = kind or ("application/octet-stream" if raw is not None else "application/json")
        self.drop = drop


class LoopbackServer:
    """A context manager that serves HTTP on a loopback port (0: a free one) until it is left."""

    def __init__(self, *, port: int = 0) -> None:
        self._server = _Server((HOST, port), _Handler)
        self._server.stand_in = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.closing = threading.Event()
        self.url = f"http://{HOST}:{self.port}"

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.closing.set()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> Answer:
        """Answer one request; called from a thread of its own."""
        raise NotImplementedError


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    stand_in: LoopbackServer


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            request = Request(self.command, self.path, self.headers, body)
            answer = self.server.stand_in.answer(request)
        except (ValueError, KeyError, TypeError) as error:
            answer = Answer({"ok": False, "error_code": 400, "description": f"Bad Request: {error!r}"}, status=400)
        if answer.drop:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = _serve  # noqa: N815 (the standard library's names)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the standard library's name)
        """Say nothing: what happened is kept by the stand-in."""


def wait_for_signal() -> None:
    """Block until SIGTERM or SIGINT."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    stopped.wait()
