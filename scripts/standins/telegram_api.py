"""The methods of Telegram's Bot API that a bot calls, with their state: messages, files, the webhook.

Names, answers and error texts are those of https://core.telegram.org/bots/api and of the service itself.
"""

from __future__ import annotations

import itertools
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scripts.standins.loopback import HOST, Answer, Request

BOT = {"id": 700700700, "is_bot": True, "first_name": "Clearway", "username": "clearway_standin_bot"}
LONGEST_TEXT, LONGEST_CAPTION, LARGEST_DOWNLOAD = 4096, 1024, 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that the bot sent. ``fields`` are the request's parameters as they came, ``file`` (name, bytes)."""

    method: str
    chat_id: int
    message_id: int
    text: str
    fields: dict[str, Any]
    file: tuple[str, bytes] | None = None
    edits: bool = False


@dataclass(slots=True)
class StoredFile:
    file_id: str
    path: str
    content: bytes


class Refused(Exception):
    """A request that the Bot API answers with ok = false."""

    def __init__(self, status: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def answer(self) -> Answer:
        value: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            value["parameters"] = self.parameters
        return Answer(value, status=self.status)


class BotApi:
    """One bot: what it sent, the files it can fetch, its webhook and the updates that wait for one."""

    def __init__(self, *, webhook_set: Callable[[], None]) -> None:
        self.sent: list[Sent] = []
        self.webhook: dict[str, Any] = {}
        self.pending: deque[dict[str, Any]] = deque()
        self.last_error = ""
        self.blocked: set[int] = set()
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.message_ids = itertools.count(1)
        self._files: dict[str, StoredFile] = {}
        self._file_numbers = itertools.count(1)
        self._webhook_set = webhook_set

    def method(self, name: str) -> Callable[[Request], Any]:
        """The method of this name, in any case as Telegram has it. Raises Refused (404)."""
        call: Callable[[Request], Any] | None = getattr(self, f"_do_{name.lower()}", None)
        if call is None:
            raise Refused(404, "Not Found")
        return call

    def store_file(self, folder: str, ending: str, content: bytes) -> dict[str, Any]:
        """Keep a file and return its File object without the path, as messages carry it."""
        number = next(self._file_numbers)
        file = StoredFile(f"standin-file-{number}", f"{folder}/file_{number}.{ending}", content)
        self._files[file.file_id] = file
        return _file_object(file)

    def download(self, path: str) -> bytes:
        """The bytes behind a ``file_path``. Raises Refused (404)."""
        for file in self._files.values():
            if file.path == path:
                return file.content
        raise Refused(404, "Not Found")

    def _do_getme(self, request: Request) -> dict[str, Any]:
        return BOT

    def _do_sendmessage(self, request: Request) -> dict[str, Any]:
        text = str(request.parameters.get("text") or "")
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text) > LONGEST_TEXT:
            raise Refused(400, "Bad Request: message is too long")
        return self._send("sendMessage", request, text, {"text": text})

    def _do_sendphoto(self, request: Request) -> dict[str, Any]:
        return self._send_file("sendPhoto", "photo", request)

    def _do_senddocument(self, request: Request) -> dict[str, Any]:
        return self._send_file("sendDocument", "document", request)

    def _do_editmessagetext(self, request: Request) -> dict[str, Any]:
        chat_id, message_id = self._chat(request), int(request.parameters.get("message_id") or 0)
        message = self.messages.get((chat_id, message_id))
        text = str(request.parameters.get("text") or "")
        if message is None or message["from"] != BOT:
            raise Refused(400, "Bad Request: message to edit not found")
        if message.get("text") == text:
            raise Refused(400, "Bad Request: message is not modified")
        message |= {"text": text, "edit_date": int(time.time())}
        self.sent.append(Sent("editMessageText", chat_id, message_id, text, request.parameters, edits=True))
        return message

    def _do_getfile(self, request: Request) -> dict[str, Any]:
        file = self._files.get(str(request.parameters.get("file_id")))
        if file is None:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(file.content) > LARGEST_DOWNLOAD:
            raise Refused(400, "Bad Request: file is too big")
        return _file_object(file) | {"file_path": file.path}

    def _do_setwebhook(self, request: Request) -> bool:
        url = str(request.parameters.get("url") or "")
        if not url:
            return self._do_deletewebhook(request)
        # Telegram wants https; a stand-in may only ever speak to this machine.
        if urlsplit(url).hostname not in {HOST, "localhost"}:
            raise Refused(400, "Bad Request: bad webhook: this stand-in posts to loopback only")
        self.webhook = {"url": url, "secret_token": str(request.parameters.get("secret_token") or "")}
        self._drop_pending(request)
        self._webhook_set()
        return True

    def _do_deletewebhook(self, request: Request) -> bool:
        self.webhook = {}
        self._drop_pending(request)
        return True

    def _do_getwebhookinfo(self, request: Request) -> dict[str, Any]:
        info: dict[str, Any] = {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        return info | ({"last_error_message": self.last_error} if self.last_error else {})

    # ------------------------------------------------------------ parts of them

    def _drop_pending(self, request: Request) -> None:
        if str(request.parameters.get("drop_pending_updates") or "").lower() == "true":
            self.pending.clear()

    def _chat(self, request: Request) -> int:
        try:
            chat_id = int(request.parameters["chat_id"])
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(400, "Bad Request: chat_id is empty") from error
        if chat_id in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return chat_id

    def _send(
        self,
        method: str,
        request: Request,
        text: str,
        content: dict[str, Any],
        file: tuple[str, bytes] | None = None,
    ) -> dict[str, Any]:
        chat_id = self._chat(request)
        message: dict[str, Any] = {
            "message_id": next(self.message_ids),
            "from": BOT,
            "chat": {"id": chat_id, "type": "private"},
            "date": int(time.time()),
        } | content
        answered, is_needed = _answered_message(request.parameters)
        if (chat_id, answered) in self.messages:
            message["reply_to_message"] = {"message_id": answered, "chat": {"id": chat_id, "type": "private"}}
        elif answered is not None and is_needed:
            raise Refused(400, "Bad Request: message to be replied not found")
        self.messages[chat_id, message["message_id"]] = message
        self.sent.append(Sent(method, chat_id, message["message_id"], text, request.parameters, file))
        return message

    def _send_file(self, method: str, part: str, request: Request) -> dict[str, Any]:
        caption = str(request.parameters.get("caption") or "")
        if len(caption) > LONGEST_CAPTION:
            raise Refused(400, "Bad Request: message caption is too long")
        if part in request.files:
            name, kind, content = request.files[part]
        elif (known := self._files.get(str(request.parameters.get(part)))) is not None:
            name, kind, content = known.path.rpartition("/")[2], "application/octet-stream", known.content
        else:
            raise Refused(400, f"Bad Request: there is no {part} in the request")
        if not content:
            raise Refused(400, "Bad Request: file must be non-empty")
        stored = self.store_file(f"{part}s", name.rpartition(".")[2] or "bin", content)
        described: Any = stored | {"file_name": name, "mime_type": kind}
        if part == "photo":
            described = [stored | {"width": 800, "height": 600}]
        more = {"caption": caption} if caption else {}
        return self._send(method, request, caption, {part: described} | more, (name, content))


def _file_object(file: StoredFile) -> dict[str, Any]:
    return {"file_id": file.file_id, "file_unique_id": f"u-{file.file_id}", "file_size": len(file.content)}


def _answered_message(parameters: dict[str, Any]) -> tuple[int | None, bool]:
    """The message that is answered, and whether nothing may be sent without it."""
    answered = parameters.get("reply_parameters")
    if isinstance(answered, str):
        answered = json.loads(answered)
    if not isinstance(answered, dict):
        answered = {"message_id": parameters.get("reply_to_message_id")}
    number = answered.get("message_id")
    return int(number) if number else None, not answered.get("allow_sending_without_reply")
