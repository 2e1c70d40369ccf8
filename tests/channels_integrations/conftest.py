from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from channels_integrations.webhooks import forget_connections
from common.models import Connection
from scripts.standins.mail import MailStandIn
from scripts.standins.telegram import TelegramStandIn

SECRET = "s3cret_of_the_webhook"
ANA, BEN = 1001, 1002


@pytest.fixture(autouse=True)
def _this_machine_is_allowed(settings: Any) -> Iterator[None]:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    forget_connections()
    yield
    forget_connections()


@pytest.fixture
def telegram() -> Iterator[TelegramStandIn]:
    with TelegramStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def bot(db: None, telegram: TelegramStandIn) -> Connection:
    """A connection to the stand-in's bot."""
    return Connection.objects.create(
        provider="telegram",
        slug="bot",
        name="Bot",
        credentials={"token": telegram.token, "secret": SECRET},
        settings={"api_url": telegram.url},
    )


@pytest.fixture
def mail() -> Iterator[MailStandIn]:
    with MailStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def mailbox(db: None, mail: MailStandIn) -> Connection:
    """A connection to a mailbox of the stand-in."""
    return Connection.objects.create(
        provider="email",
        slug="desk",
        name="Clearway Desk",
        credentials={"password": mail.password},
        settings={
            "address": "desk@clearway.example",
            "imap_host": "127.0.0.1",
            "imap_port": str(mail.imap_port),
            "imap_security": "plain",
            "smtp_host": "127.0.0.1",
            "smtp_port": str(mail.smtp_port),
            "smtp_security": "plain",
        },
    )


def text_update(
    text: str, /, *, update_id: int, chat: int = ANA, message_id: int = 1, **message: Any
) -> dict[str, Any]:
    """An update as Telegram sends it for a text in a private chat."""
    return {
        "update_id": update_id,
        "message": {
            "message_id": message_id,
            "from": {"id": chat, "is_bot": False, "first_name": "Ana", "language_code": "es"},
            "chat": {"id": chat, "type": "private", "first_name": "Ana"},
            "date": 1_795_000_000,
            "text": text,
        }
        | message,
    }


@pytest.fixture
def post(client: Any) -> Callable[..., Any]:
    """Post a body to a webhook as Telegram does."""

    def send(body: Any, *, slug: str = "bot", secret: str = SECRET, **options: Any) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        return client.post(f"/webhooks/{slug}/", raw, content_type="application/json", headers=headers, **options)

    return send
