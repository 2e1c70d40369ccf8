"""Telegram in the contract's shape."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from channels_integrations.contract import (
    Account,
    Capabilities,
    Envelope,
    Field,
    FileNotAvailable,
    OutgoingMessage,
    Parsed,
    Sent,
)
from channels_integrations.telegram import api
from channels_integrations.telegram.parse import envelopes, parse_update
from channels_integrations.telegram.send import send
from common.errors import DeliveryError, SignatureRefused
from common.models import Connection

if TYPE_CHECKING:
    from channels_integrations.contract import Text

HEADER = "x-telegram-bot-api-secret-token"
UPDATES = ("message", "edited_message", "my_chat_member")
LARGEST_DOWNLOAD = 20 * 2**20
"""A bot can fetch no larger file (https://core.telegram.org/bots/api#getfile)."""


class TelegramAdapter:
    """A bot in private chats."""

    code = "telegram"
    label: Text = "Telegram"
    # 30 messages a second for a bot (https://core.telegram.org/bots/faq); two workers share them.
    capabilities = Capabilities(sends=True, sends_attachments=True, fetches_attachments=True, per_second=12)
    fields: tuple[Field, ...] = (
        Field("token", _("bot token"), _("BotFather gives it: 123456789:AA…"), secret=True, required=True),
        Field(
            "secret",
            _("webhook secret"),
            _("Telegram sends it with every update: 1 to 256 letters, digits, _ and -. Left out, one is made."),
            secret=True,
        ),
        Field(
            "api_url",
            _("address of the Bot API"),
            _("Leave it as it is, unless you run a server of your own."),
            default=api.API_URL,
        ),
    )

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes) -> None:
        """See ``Adapter``; Telegram sends back the secret given to setWebhook."""
        secret = str(connection.credentials.get("secret", ""))
        given = headers.get(HEADER, "")
        if not secret or not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            raise SignatureRefused("The secret token does not fit this connection.")

    def envelopes(self, connection: Connection, body: bytes) -> list[Envelope]:
        """See ``Adapter``; the sender is the chat."""
        return envelopes(body)

    def parse(self, connection: Connection, raw: bytes, *, received_at: datetime) -> list[Parsed]:
        """See ``Adapter``."""
        return parse_update(raw, received_at=received_at)

    def check(self, connection: Connection) -> Account:
        """See ``Adapter``; getMe, and where Telegram calls."""
        me = api.call(connection, "getMe", {}, repeatable=True)
        webhook = api.call(connection, "getWebhookInfo", {}, repeatable=True)
        url = str(webhook.get("url", "")) if isinstance(webhook, dict) else ""
        failed = str(webhook.get("last_error_message", "")) if isinstance(webhook, dict) else ""
        told = _("Telegram calls %(url)s.") % {"url": url} if url else _("Telegram does not know our address yet.")
        last = _("Its last call failed: %(reason)s.") % {"reason": failed[:200]} if failed else ""
        return Account(_name(me), f"{told} {last}".strip())

    def external_id(self, connection: Connection, message: OutgoingMessage) -> str:
        """Telegram numbers messages itself."""
        return ""

    def send(self, connection: Connection, message: OutgoingMessage) -> Sent:
        """See ``Adapter``."""
        return send(connection, message)

    def fetch_attachment(self, connection: Connection, remote_id: str, *, limit: int) -> bytes:
        """See ``Adapter``; getFile, then the file itself, whose address holds for an hour."""
        try:
            found = api.call(connection, "getFile", {"file_id": remote_id}, repeatable=True)
        except DeliveryError as error:
            if error.permanent:
                raise FileNotAvailable(error.message) from error
            raise
        file = found if isinstance(found, dict) else {}
        path, size = file.get("file_path"), file.get("file_size")
        if not isinstance(path, str) or ".." in path or "://" in path:
            raise FileNotAvailable(str(_("Telegram does not hand out this file.")))
        if isinstance(size, int) and size > limit:
            raise FileNotAvailable(str(_("The file is too large.")))
        return api.download(connection, path, limit=limit)

    def register(self, connection: Connection, url: str) -> Account:
        """Tell Telegram where to call us. Raises DeliveryError."""
        me = api.call(connection, "getMe", {}, repeatable=True)
        api.call(
            connection,
            "setWebhook",
            {
                "url": url,
                "secret_token": str(connection.credentials.get("secret", "")),
                "allowed_updates": list(UPDATES),
                "max_connections": 40,
            },
            repeatable=True,
        )
        return Account(_name(me), f"Telegram calls {url}")


def _name(me: Any) -> str:
    """ "@clearway_bot", by which people find a bot; "" without one."""
    username = me.get("username") if isinstance(me, dict) else None
    return f"@{username}" if isinstance(username, str) and username else ""
