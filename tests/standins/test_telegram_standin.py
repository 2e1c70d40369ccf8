from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from scripts.standins.loopback import Answer, LoopbackServer, Request
from scripts.standins.telegram import SECRET_HEADER, TelegramStandIn

ANA, BEN = 1001, 1002


class Webhook(LoopbackServer):
    """A bot's webhook that keeps what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[dict[str, object]] = []
        self.status = 200

    def answer(self, request: Request) -> Answer:
        self.updates.append(request.parameters)
        return Answer({}, status=self.status)


@pytest.fixture
def telegram() -> Iterator[TelegramStandIn]:
    with TelegramStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def webhook(telegram: TelegramStandIn) -> Iterator[Webhook]:
    with Webhook() as receiver:
        assert call(telegram, "setWebhook", url=f"{receiver.url}/webhooks/bot/", secret_token="s3cret").json()["ok"]
        yield receiver


def call(telegram: TelegramStandIn, method: str, **parameters: object) -> requests.Response:
    return requests.post(f"{telegram.url}/bot{telegram.token}/{method}", json=parameters, timeout=5)


def test_sent_text_is_kept_and_answered_as_documented(telegram: TelegramStandIn) -> None:
    answer = call(telegram, "sendMessage", chat_id=ANA, text="您的包裹已放行").json()

    assert answer["ok"] is True
    assert answer["result"]["chat"] == {"id": ANA, "type": "private"}
    assert answer["result"]["text"] == "您的包裹已放行"
    assert telegram.texts(ANA) == ["您的包裹已放行"]
    assert telegram.sent[0].message_id == answer["result"]["message_id"]


def test_wrong_token_is_unauthorized(telegram: TelegramStandIn) -> None:
    answer = requests.get(f"{telegram.url}/bot123:wrong/getMe", timeout=5)

    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


def test_person_who_blocked_the_bot_gets_nothing(telegram: TelegramStandIn) -> None:
    telegram.block(ANA)

    answer = call(telegram, "sendMessage", chat_id=ANA, text="hello")

    assert answer.status_code == 403
    assert answer.json()["description"] == "Forbidden: bot was blocked by the user"
    assert telegram.sent == []


def test_too_many_requests_say_when_to_come_back(telegram: TelegramStandIn) -> None:
    telegram.fail_next(429, retry_after=7)

    refused = call(telegram, "sendMessage", chat_id=ANA, text="hello")
    taken = call(telegram, "sendMessage", chat_id=ANA, text="hello")

    assert (refused.status_code, refused.json()["parameters"]) == (429, {"retry_after": 7})
    assert taken.status_code == 200
    assert telegram.texts(ANA) == ["hello"]


@pytest.mark.parametrize("taken", [True, False])
def test_hanging_request_leaves_the_sender_in_doubt(telegram: TelegramStandIn, taken: bool) -> None:
    telegram.hang_next(0.05, method="sendMessage", taken=taken)

    with pytest.raises(requests.ConnectionError):
        call(telegram, "sendMessage", chat_id=ANA, text="hello")

    assert telegram.texts(ANA) == (["hello"] if taken else [])


@pytest.mark.parametrize(
    ("text", "description"),
    [("", "Bad Request: message text is empty"), ("x" * 4097, "Bad Request: message is too long")],
)
def test_text_that_telegram_refuses_is_a_bad_request(telegram: TelegramStandIn, text: str, description: str) -> None:
    answer = call(telegram, "sendMessage", chat_id=ANA, text=text)

    assert (answer.status_code, answer.json()["description"]) == (400, description)


def test_document_comes_as_multipart_with_its_bytes(telegram: TelegramStandIn) -> None:
    content = bytes(range(256))

    answer = requests.post(
        f"{telegram.url}/bot{telegram.token}/sendDocument",
        data={"chat_id": str(ANA), "caption": "Rechnung"},
        files={"document": ("rechnung.pdf", content, "application/pdf")},
        timeout=5,
    ).json()

    assert answer["result"]["document"]["file_name"] == "rechnung.pdf"
    assert telegram.sent[0].file == ("rechnung.pdf", content)
    assert telegram.sent[0].text == "Rechnung"


def test_edited_text_replaces_the_first(telegram: TelegramStandIn) -> None:
    first = call(telegram, "sendMessage", chat_id=ANA, text="tomorrow").json()["result"]["message_id"]

    edited = call(telegram, "editMessageText", chat_id=ANA, message_id=first, text="on Friday").json()["result"]

    assert (edited["text"], telegram.sent[-1].edits) == ("on Friday", True)


def test_unknown_method_is_not_found(telegram: TelegramStandIn) -> None:
    assert call(telegram, "sendTelepathy").status_code == 404


def test_person_says_something_and_the_webhook_gets_a_documented_update(
    telegram: TelegramStandIn, webhook: Webhook
) -> None:
    delivered = telegram.say(ANA, "Ana", "es", text="¿Dónde está RR123456785CN?")

    assert delivered.status == 200
    assert webhook.updates == [delivered.update]
    assert delivered.message["from"] == {"id": ANA, "is_bot": False, "first_name": "Ana", "language_code": "es"}
    assert delivered.message["chat"] == {"id": ANA, "type": "private", "first_name": "Ana"}


def test_update_carries_the_secret_of_set_webhook(telegram: TelegramStandIn) -> None:
    seen: list[str] = []

    class Strict(LoopbackServer):
        def answer(self, request: Request) -> Answer:
            seen.append(request.headers.get(SECRET_HEADER, ""))
            return Answer({})

    with Strict() as receiver:
        call(telegram, "setWebhook", url=receiver.url + "/hook", secret_token="s3cret")
        telegram.say(ANA, text="hola")

    assert seen == ["s3cret"]


def test_photo_can_be_fetched_by_its_file_id(telegram: TelegramStandIn, webhook: Webhook) -> None:
    message = telegram.say(BEN, "Ben", photo=b"\xff\xd8jpeg", caption="broken").message

    file = call(telegram, "getFile", file_id=message["photo"][-1]["file_id"]).json()["result"]
    content = requests.get(f"{telegram.url}/file/bot{telegram.token}/{file['file_path']}", timeout=5).content

    assert content == b"\xff\xd8jpeg"
    assert message["caption"] == "broken"


def test_edit_comes_as_edited_message_with_the_same_id(telegram: TelegramStandIn, webhook: Webhook) -> None:
    first = telegram.say(ANA, text="I live in Berln").message

    edited = telegram.say(ANA, text="I live in Berlin", edit_of=first["message_id"])

    assert "edited_message" in edited.update
    assert edited.message["message_id"] == first["message_id"]
    assert "edit_date" in edited.message


def test_updates_wait_for_a_webhook(telegram: TelegramStandIn) -> None:
    telegram.say(ANA, text="anybody there?")
    assert call(telegram, "getWebhookInfo").json()["result"]["pending_update_count"] == 1

    with Webhook() as receiver:
        call(telegram, "setWebhook", url=receiver.url + "/hook")
        deadline = time.monotonic() + 5
        while not receiver.updates and time.monotonic() < deadline:
            threading.Event().wait(0.01)

    assert len(receiver.updates) == 1


def test_webhook_outside_this_machine_is_refused(telegram: TelegramStandIn) -> None:
    assert call(telegram, "setWebhook", url="https://example.org/hook").status_code == 400


def test_failing_webhook_is_told_by_webhook_info(telegram: TelegramStandIn, webhook: Webhook) -> None:
    webhook.status = 500

    assert telegram.say(ANA, text="hola").status == 500
    assert "500" in call(telegram, "getWebhookInfo").json()["result"]["last_error_message"]


def test_another_process_drives_it_by_its_control_path(telegram: TelegramStandIn, webhook: Webhook) -> None:
    said = requests.post(
        f"{telegram.url}/_control/say",
        json={
            "chat_id": ANA,
            "first_name": "Ana",
            "document": ["factura.pdf", base64.b64encode(b"%PDF").decode(), "application/pdf"],
        },
        timeout=5,
    ).json()
    call(telegram, "sendMessage", chat_id=ANA, text="gracias")
    sent = requests.get(f"{telegram.url}/_control/sent", params={"chat_id": ANA}, timeout=5).json()

    assert said["status"] == 200
    assert said["update"]["message"]["document"]["file_name"] == "factura.pdf"
    assert [entry["text"] for entry in sent] == ["gracias"]
