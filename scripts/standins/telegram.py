"""A stand-in for Telegram's Bot API (https://core.telegram.org/bots/api), on loopback.

Serves ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``, keeps what a bot sent, and posts updates to the
webhook that the bot registered. Another process can drive it by ``/_control/…`` (see ``TelegramStandIn.answer``).
"""

from __future__ import annotations

import argparse
import base64
import http.client
import itertools
import json
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scripts.standins.loopback import HOST, Answer, LoopbackServer, Request, wait_for_signal
from scripts.standins.telegram_api import BotApi, Refused, Sent

TOKEN = "700700700:AAstandinStandinStandinStandinStan"  # noqa: S105 (opens nothing but this stand-in)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a header's name)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One update as it was posted; ``status`` is the webhook's answer, 0 when there was none."""

    update: dict[str, Any]
    status: int

    @property
    def message(self) -> dict[str, Any]:
        message: dict[str, Any] = self.update.get("message") or self.update["edited_message"]
        return message


@dataclass(slots=True)
class _Fault:
    """What goes wrong with one of the next requests to a method (empty: any)."""

    method: str = ""
    status: int = 0
    description: str = ""
    retry_after: int | None = None
    hang_seconds: float = 0
    drop: bool = False
    taken: bool = False


class TelegramStandIn(LoopbackServer):
    """One bot with one token. Use as a context manager: ``with TelegramStandIn() as telegram: telegram.url``.

    Updates are numbered from ``first_update_id``. A receiver that remembers an earlier stand-in needs higher numbers.
    """

    def __init__(self, *, port: int = 0, token: str = TOKEN, first_update_id: int = 800_000_001) -> None:
        super().__init__(port=port)
        self.token = token
        self.api = BotApi(webhook_set=self._deliver_pending)
        self.delivered: list[Delivered] = []
        self._faults: deque[_Fault] = deque()
        self._update_ids = itertools.count(first_update_id)
        self._lock = threading.RLock()

    # ------------------------------------------------------------ what a test or a driver does

    def say(
        self,
        chat_id: int,
        first_name: str = "Ana",
        language_code: str = "",
        *,
        text: str = "",
        caption: str = "",
        photo: bytes | None = None,
        document: tuple[str, bytes, str] | None = None,
        voice: bytes | None = None,
        location: tuple[float, float] | None = None,
        edit_of: int | None = None,
        reply_to: int | None = None,
    ) -> Delivered:
        """Let a person write to the bot in a private chat; returns the update with the webhook's answer.

        ``document`` is (name, bytes, media type), ``location`` (latitude, longitude) in degrees. ``edit_of`` is the
        message_id of an earlier message whose content this replaces. Without a webhook the update waits for one.
        """
        person: dict[str, Any] = {"id": chat_id, "is_bot": False, "first_name": first_name}
        message: dict[str, Any] = {
            "message_id": edit_of or next(self.api.message_ids),
            "from": person | ({"language_code": language_code} if language_code else {}),
            "chat": {"id": chat_id, "type": "private", "first_name": first_name},
            "date": int(time.time()),
        }
        if text:
            message["text"] = text
        if caption:
            message["caption"] = caption
        store = self.api.store_file
        if photo is not None:
            sizes = ((90, 67), (800, 600))
            message["photo"] = [
                store("photos", "jpg", photo) | {"width": width, "height": height} for width, height in sizes
            ]
        if document is not None:
            name, content, kind = document
            ending = name.rpartition(".")[2] or "bin"
            message["document"] = store("documents", ending, content) | {
                "file_name": name,
                "mime_type": kind,
            }
        if voice is not None:
            message["voice"] = store("voice", "oga", voice) | {"duration": 3, "mime_type": "audio/ogg"}
        if location is not None:
            message["location"] = {"latitude": location[0], "longitude": location[1]}
        if reply_to is not None:
            message["reply_to_message"] = self.api.messages[chat_id, reply_to]
        if edit_of is not None:
            first = self.api.messages.get((chat_id, edit_of), {})
            message |= {"date": first.get("date", message["date"]), "edit_date": int(time.time())}
        self.api.messages[chat_id, message["message_id"]] = message
        kind = "edited_message" if edit_of is not None else "message"
        return self.deliver({"update_id": next(self._update_ids), kind: message})

    @property
    def sent(self) -> list[Sent]:
        """What the bot sent, oldest first."""
        return self.api.sent

    def deliver(self, update: dict[str, Any]) -> Delivered:
        """Post an update to the webhook; the same one again is what Telegram does when it saw no answer."""
        if not self.api.webhook.get("url"):
            self.api.pending.append(update)
            return Delivered(update, 0)
        delivered = Delivered(update, self._post(update))
        with self._lock:
            self.delivered.append(delivered)
        return delivered

    def fail_next(
        self,
        status: int,
        description: str = "",
        *,
        retry_after: int | None = None,
        method: str = "",
        times: int = 1,
    ) -> None:
        """Answer the next requests to ``method`` (empty: any) with an error; nothing of them is taken."""
        for _ in range(times):
            self._faults.append(_Fault(method, status, description, retry_after))

    def hang_next(self, seconds: float, *, method: str = "", taken: bool = False) -> None:
        """Let the next request wait, then drop its connection; ``taken`` says whether the message was sent before."""
        self._faults.append(_Fault(method, hang_seconds=seconds, drop=True, taken=taken))

    def block(self, chat_id: int) -> None:
        """Let a person block the bot."""
        self.api.blocked.add(chat_id)

    def unblock(self, chat_id: int) -> None:
        self.api.blocked.discard(chat_id)

    def texts(self, chat_id: int) -> list[str]:
        """What a person sees of the bot in their chat, oldest first."""
        return [sent.text for sent in self.sent if sent.chat_id == chat_id]

    # ------------------------------------------------------------ HTTP

    def answer(self, request: Request) -> Answer:
        """Serve the Bot API, its files, and ``/_control/{sent,say,fail,hang,block,unblock}`` for another process."""
        if request.path.startswith("/_control/"):
            return self._control(request.path.removeprefix("/_control/"), request.parameters)
        try:
            if request.path.startswith("/file/bot"):
                token, _, path = request.path.removeprefix("/file/bot").partition("/")
                return self._download(token, path)
            token, _, method = request.path.removeprefix("/bot").partition("/")
            if token != self.token:
                raise Refused(401, "Unauthorized")
            return self._call(method, request)
        except Refused as refused:
            return refused.answer()

    def _call(self, method: str, request: Request) -> Answer:
        call = self.api.method(method)
        fault = self._take_fault(method)
        if fault is not None and fault.status:
            parameters = {"retry_after": fault.retry_after} if fault.retry_after is not None else None
            raise Refused(fault.status, fault.description or _default_description(fault), parameters)
        if fault is not None and not fault.taken:
            self.closing.wait(fault.hang_seconds)
            return Answer(drop=True)
        with self._lock:
            result = call(request)
        if fault is not None:
            self.closing.wait(fault.hang_seconds)
            return Answer(drop=True)
        return Answer({"ok": True, "result": result})

    def _take_fault(self, method: str) -> _Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.method.lower() in {"", method.lower()}:
                    self._faults.remove(fault)
                    return fault
        return None

    def _download(self, token: str, path: str) -> Answer:
        if token != self.token:
            raise Refused(401, "Unauthorized")
        return Answer(raw=self.api.download(path))

    def _control(self, what: str, given: dict[str, Any]) -> Answer:
        match what:
            case "sent":
                chat = int(given.get("chat_id") or 0)
                return Answer([_shown(sent) for sent in self.sent if not chat or sent.chat_id == chat])
            case "say":
                delivered = self.say(**_said(given))
                return Answer({"update": delivered.update, "status": delivered.status})
            case "fail":
                self.fail_next(**given)
            case "hang":
                self.hang_next(**given)
            case "block":
                self.block(int(given["chat_id"]))
            case "unblock":
                self.unblock(int(given["chat_id"]))
            case _:
                return Answer({"ok": False}, status=404)
        return Answer({"ok": True})

    def _deliver_pending(self) -> None:
        waiting = list(self.api.pending)
        self.api.pending.clear()
        # In a thread: the caller may well be the process that serves the webhook, and waits for this very answer.
        threading.Thread(target=lambda: [self.deliver(update) for update in waiting], daemon=True).start()

    def _post(self, update: dict[str, Any]) -> int:
        address = urlsplit(self.api.webhook["url"])
        headers = {"Content-Type": "application/json"}
        if self.api.webhook["secret_token"]:
            headers[SECRET_HEADER] = self.api.webhook["secret_token"]
        connection = http.client.HTTPConnection(address.hostname or HOST, address.port or 80, timeout=30)
        try:
            connection.request("POST", address.path or "/", json.dumps(update).encode(), headers)
            response = connection.getresponse()
            response.read()
        except OSError as error:
            self.api.last_error = str(error)
            return 0
        finally:
            connection.close()
        if response.status // 100 != 2:
            self.api.last_error = f"Wrong response from the webhook: {response.status} {response.reason}"
        return response.status


def _default_description(fault: _Fault) -> str:
    if fault.status == 429:
        return f"Too Many Requests: retry after {fault.retry_after}"
    return http.client.responses.get(fault.status, "Error")


def _shown(sent: Sent) -> dict[str, Any]:
    return {
        "method": sent.method,
        "chat_id": sent.chat_id,
        "message_id": sent.message_id,
        "text": sent.text,
        "file": sent.file[0] if sent.file else "",
        "fields": sent.fields,
    }


def _said(given: dict[str, Any]) -> dict[str, Any]:
    """The parameters of ``say`` from JSON: files are base64, a document is [name, base64, media type]."""
    said = dict(given)
    for name in ("photo", "voice"):
        if said.get(name) is not None:
            said[name] = base64.b64decode(said[name])
    if said.get("document") is not None:
        name, content, kind = said["document"]
        said["document"] = (name, base64.b64decode(content), kind)
    if said.get("location") is not None:
        said["location"] = tuple(said["location"])
    return said


def main() -> None:
    """Serve until a signal comes; the first line printed is the address."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--first-update-id", type=int, default=800_000_001)
    options = parser.parse_args()
    with TelegramStandIn(port=options.port, token=options.token, first_update_id=options.first_update_id) as telegram:
        print(telegram.url, flush=True)
        wait_for_signal()


if __name__ == "__main__":
    main()
