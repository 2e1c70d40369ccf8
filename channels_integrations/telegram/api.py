"""Calls to Telegram's Bot API, with its errors in our words. The token is part of the address: it is in no text here.

Source: https://core.telegram.org/bots/api (Making requests; ResponseParameters).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from channels_integrations.contract import RecipientUnreachable
from common import http
from common.errors import DeliveryError
from common.models import Connection

API_URL = "https://api.telegram.org"
_UPLOAD_SECONDS = 60.0
_GONE = ("bot was blocked by the user", "user is deactivated", "bot can't initiate conversation", "bots can't send")


def call(
    connection: Connection,
    method: str,
    parameters: Mapping[str, Any],
    *,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    repeatable: bool = False,
) -> Any:
    """Call a method and return its result. Only a ``repeatable`` call is made again by itself.

    Raises DeliveryError: in doubt when a sending may have happened, permanent when trying again cannot help.
    """
    if files:
        given = {name: _form(value) for name, value in parameters.items()}
        answer = _request(connection, method, data=given, files=files, read_seconds=_UPLOAD_SECONDS)
    else:
        answer = _request(connection, method, json=dict(parameters), repeatable=repeatable)
    reply = answer.object()
    if answer.ok and reply.get("ok") is True:
        return reply.get("result")
    raise refusal(answer, reply)


def download(connection: Connection, path: str, *, limit: int) -> bytes:
    """The bytes of a file. Raises DeliveryError."""
    url = f"{base(connection)}/file/bot{_token(connection)}/{path}"
    try:
        answer = http.request("GET", url, limit=limit, read_seconds=_UPLOAD_SECONDS)
    except http.RequestFailed as error:
        raise DeliveryError(error.message, permanent=error.refused) from None
    if not answer.ok:
        raise refusal(answer, answer.object())
    return answer.content


def base(connection: Connection) -> str:
    """Where the Bot API is: Telegram's own, or a server of the administrator's choice."""
    return (connection.setting("api_url") or API_URL).rstrip("/")


def refusal(answer: http.Answer, reply: Mapping[str, Any]) -> DeliveryError:
    """Telegram's answer to a request that it did not carry out."""
    description = str(reply.get("description") or f"status {answer.status}")[:300]
    sentence = f"Telegram: {description}"
    if answer.status == 429:
        parameters = reply.get("parameters")
        wish = parameters.get("retry_after") if isinstance(parameters, dict) else None
        seconds = float(wish) if isinstance(wish, int) and not isinstance(wish, bool) else answer.retry_after
        return DeliveryError(sentence, retry_after=seconds)
    if answer.status == 403:
        # “bot can't send messages to the user” passes by itself and says nothing about the person.
        gone = any(words in description for words in _GONE)
        return RecipientUnreachable(sentence) if gone else DeliveryError(sentence)
    if answer.status == 400 and "chat not found" in description:
        return RecipientUnreachable(sentence)
    if answer.status in {401, 404}:
        # A token that was withdrawn: an administrator can put it right while the message waits.
        return DeliveryError(f"{sentence} (is the bot's token right?)")
    return DeliveryError(sentence, permanent=400 <= answer.status < 500)


def _request(connection: Connection, method: str, **options: Any) -> http.Answer:
    try:
        return http.request("POST", f"{base(connection)}/bot{_token(connection)}/{method}", **options)
    except http.RequestFailed as error:
        raise DeliveryError(error.message, permanent=error.refused, in_doubt=error.may_have_arrived) from None


def _token(connection: Connection) -> str:
    token = str(connection.credentials.get("token", "")).strip()
    if not token:
        raise DeliveryError("This connection has no bot token.")
    return token


def _form(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
