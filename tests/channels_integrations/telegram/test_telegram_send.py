from __future__ import annotations

import logging
import traceback
from typing import Any
from uuid import uuid4

import pytest

from channels_integrations.contract import OutgoingAttachment, OutgoingMessage, RecipientUnreachable
from channels_integrations.services import connecting
from channels_integrations.telegram import api
from channels_integrations.telegram.send import send
from common.errors import DeliveryError
from common.models import Connection
from scripts.standins.telegram import TelegramStandIn
from tests.channels_integrations.conftest import ANA, SECRET


def outgoing(text: str = "hello", **more: Any) -> OutgoingMessage:
    return OutgoingMessage(key=uuid4(), recipient=str(ANA), text=text, **more)


def test_long_text_leaves_in_parts_of_which_the_first_answers(telegram: TelegramStandIn, bot: Connection) -> None:
    asked = telegram.say(ANA, text="where?").message["message_id"]
    text = "😀 words " * 800

    sent = send(bot, outgoing(text, reply_to=f"{ANA}:{asked}"))

    assert len(telegram.sent) == 2
    assert "".join("".join(telegram.texts(ANA)).split()) == "".join(text.split())
    assert sent.external_id == f"{ANA}:{telegram.sent[0].message_id}"
    assert telegram.sent[0].fields["reply_parameters"] == {"message_id": asked, "allow_sending_without_reply": True}
    assert "reply_parameters" not in telegram.sent[1].fields


def test_one_file_carries_the_text_as_its_caption(telegram: TelegramStandIn, bot: Connection) -> None:
    send(bot, outgoing("your label", attachments=(OutgoingAttachment("标签.pdf", "application/pdf", b"%PDF"),)))

    [sent] = telegram.sent
    assert (sent.method, sent.text, sent.file) == ("sendDocument", "your label", ("标签.pdf", b"%PDF"))


def test_several_files_follow_the_text(telegram: TelegramStandIn, bot: Connection) -> None:
    files = (OutgoingAttachment("a.png", "image/png", b"png"), OutgoingAttachment("b.pdf", "application/pdf", b"%PDF"))

    send(bot, outgoing("two files", attachments=files))

    assert [sent.method for sent in telegram.sent] == ["sendMessage", "sendPhoto", "sendDocument"]


def refused(bot: Connection, message: OutgoingMessage) -> DeliveryError:
    with pytest.raises(DeliveryError) as error:
        send(bot, message)
    return error.value


def test_errors_of_telegram_in_our_words(telegram: TelegramStandIn, bot: Connection) -> None:
    telegram.block(ANA)
    assert isinstance(refused(bot, outgoing()), RecipientUnreachable)
    telegram.unblock(ANA)
    telegram.fail_next(400, "Bad Request: chat not found")
    assert isinstance(refused(bot, outgoing()), RecipientUnreachable)
    telegram.fail_next(400, "Bad Request: can't parse entities")
    assert refused(bot, outgoing()).permanent
    telegram.fail_next(403, "Forbidden: bot can't send messages to the user")
    assert not refused(bot, outgoing()).permanent
    telegram.fail_next(429, retry_after=7)
    assert refused(bot, outgoing()).retry_after == 7
    telegram.fail_next(502)
    error = refused(bot, outgoing())
    assert (error.permanent, error.in_doubt) == (False, False)


def test_second_part_that_fails_leaves_a_doubt_not_a_repetition(telegram: TelegramStandIn, bot: Connection) -> None:
    telegram.fail_next(400, "Bad Request: something", method="sendPhoto")
    files = (OutgoingAttachment("a.png", "image/png", b"png"), OutgoingAttachment("b.pdf", "application/pdf", b"%PDF"))

    error = refused(bot, outgoing("text", attachments=files))

    assert error.in_doubt
    assert error.message.startswith("1 of 3 parts were sent.")


def test_request_that_may_have_arrived_is_in_doubt(telegram: TelegramStandIn, bot: Connection) -> None:
    telegram.hang_next(0)

    assert refused(bot, outgoing()).in_doubt


def test_server_that_is_not_there_is_tried_again(bot: Connection) -> None:
    bot.settings = {"api_url": "http://127.0.0.1:1"}

    error = refused(bot, outgoing())

    assert (error.permanent, error.in_doubt) == (False, False)


def test_token_is_in_no_error_and_no_log(
    telegram: TelegramStandIn, bot: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="channels_integrations")
    caplog.set_level(logging.INFO)
    telegram.hang_next(0)
    texts = []
    for url in (telegram.url, "http://127.0.0.1:1", "http://no-such-host.invalid"):
        bot.settings = {"api_url": url}
        with pytest.raises(DeliveryError) as error:
            api.call(bot, "sendMessage", {"chat_id": ANA, "text": "x"})
        texts += ["".join(traceback.format_exception(error.value))]

    secret = telegram.token.partition(":")[2]
    assert secret not in "".join(texts) + caplog.text


def test_private_address_is_refused_for_good(bot: Connection, settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False

    error = refused(bot, outgoing())

    assert error.permanent
    assert "private address" in error.message


def test_registering_tells_telegram_address_secret_and_updates(
    telegram: TelegramStandIn, bot: Connection, settings: Any
) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"

    account = connecting.register(bot)

    assert account.name == "@clearway_standin_bot"
    assert telegram.api.webhook == {"url": "http://127.0.0.1:9/webhooks/bot/", "secret_token": SECRET}
