"""Sending through Telegram's Bot API: text in parts, files, and the errors of each.

Telegram has no idempotency key, so a request that may have arrived is never made again: the message is in doubt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from channels_integrations.contract import OutgoingAttachment, OutgoingMessage, Sent
from channels_integrations.telegram import api
from channels_integrations.telegram.parse import message_key
from channels_integrations.telegram.text import LONGEST_CAPTION, length, split
from common.errors import DeliveryError
from common.models import Connection

LARGEST_PHOTO = 10 * 2**20
_PHOTOS = {"image/jpeg", "image/png", "image/webp"}
_LONGEST_WAIT = 20.0
_TRIES_OF_A_PART = 3


def send(connection: Connection, message: OutgoingMessage) -> Sent:
    """Send a message in as many parts as it takes; its id is that of the first part. Raises DeliveryError.

    Once a part has left, the rest is tried a few times at once, and what then fails is in doubt: nobody should get the
    beginning twice.
    """
    first: dict[str, Any] = {}
    calls = list(_calls(connection, message))
    if not calls:
        raise DeliveryError("There is nothing to send: no text and no file.", permanent=True)
    for number, call in enumerate(calls):
        try:
            result = call() if not first else _insist(call)
        except DeliveryError as error:
            if not first:
                raise
            raise DeliveryError(f"{number} of {len(calls)} parts were sent. {error.message}", in_doubt=True) from error
        first = first or (result if isinstance(result, dict) else {})
        if not first:
            raise DeliveryError("Telegram took the message and did not say which it is.", in_doubt=True)
    message_id = first.get("message_id")
    if not isinstance(message_id, int):
        raise DeliveryError("Telegram took the message and did not say which it is.", in_doubt=True)
    return Sent(message_key(int(message.recipient), message_id))


def _calls(connection: Connection, message: OutgoingMessage) -> Iterator[Callable[[], Any]]:
    try:
        chat_id = int(message.recipient)
    except ValueError:
        raise DeliveryError(f"“{message.recipient[:40]}” is no Telegram chat.", permanent=True) from None
    common = _reply_parameters(chat_id, message.reply_to)
    text = message.text.strip()
    caption = text if len(message.attachments) == 1 and text and length(text) <= LONGEST_CAPTION else ""
    for part in [] if caption else split(text):
        parameters = {"chat_id": chat_id, "text": part, **common}
        common = {}
        yield _Call(connection, "sendMessage", parameters)
    for attachment in message.attachments:
        method, name = _method(attachment)
        parameters = {"chat_id": chat_id, **({"caption": caption} if caption else {}), **common}
        common = {}
        yield _Call(
            connection, method, parameters, {name: (attachment.name, attachment.content, attachment.content_type)}
        )


class _Call:
    """One request, ready to be made."""

    def __init__(
        self,
        connection: Connection,
        method: str,
        parameters: dict[str, Any],
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> None:
        self._connection, self._method, self._parameters, self._files = connection, method, parameters, files

    def __call__(self) -> Any:
        return api.call(self._connection, self._method, self._parameters, files=self._files)


def _insist(call: Callable[[], Any]) -> Any:
    for left in range(_TRIES_OF_A_PART - 1, -1, -1):
        try:
            return call()
        except DeliveryError as error:
            wait = error.retry_after if error.retry_after is not None else 1.0
            if error.permanent or error.in_doubt or not left or wait > _LONGEST_WAIT:
                raise
            time.sleep(wait)
    raise AssertionError("unreachable")


def _reply_parameters(chat_id: int, reply_to: str) -> dict[str, Any]:
    chat, _, number = reply_to.partition("@")[0].partition(":")
    if chat != str(chat_id) or not number.isdigit():
        return {}
    return {"reply_parameters": {"message_id": int(number), "allow_sending_without_reply": True}}


def _method(attachment: OutgoingAttachment) -> tuple[str, str]:
    if attachment.content_type in _PHOTOS and len(attachment.content) <= LARGEST_PHOTO:
        return "sendPhoto", "photo"
    return "sendDocument", "document"
