from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from channels_integrations.choices import EventState
from channels_integrations.models import InboundEvent
from channels_integrations.services.ingesting import split_mbox
from common.models import Connection
from scripts.standins.telegram import TelegramStandIn
from tests.channels_integrations.conftest import text_update
from tickets.models import Message, Ticket


def run(*words: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def ingest(slug: str, *files: Path, **options: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("ingest", slug, *map(str, files), **options).splitlines()]


def mail(
    number: int, text: str = "Where is my parcel?", *, sender: str = "Ana <ana@shop.example>", extra: str = ""
) -> bytes:
    return (
        f"From: {sender}\r\nTo: desk@clearway.example\r\nSubject: Parcel {number}\r\n{extra}"
        f"Message-ID: <{number}@shop.example>\r\nDate: Tue, 24 Nov 2026 09:00:00 +0100\r\n\r\n{text}\r\n"
    ).encode()


@pytest.fixture
def desk(db: None) -> Connection:
    run("add_connection", provider="email", slug="desk", set=["address=desk@clearway.example"])
    return Connection.objects.get(slug="desk")


def test_add_connection_prints_the_webhook_and_makes_a_secret(db: None, settings: Any) -> None:
    settings.PUBLIC_URL = "https://desk.example"

    printed = run("add_connection", provider="telegram", slug="bot", set=["token=1:AA"], name="Bot", language="es")

    connection = Connection.objects.get()
    assert printed == "https://desk.example/webhooks/bot/\n"
    assert (connection.name, connection.language, connection.credentials["token"]) == ("Bot", "es", "1:AA")
    assert len(connection.credentials["secret"]) >= 32
    assert connection.settings == {}


def test_add_connection_again_changes_only_what_it_names(db: None) -> None:
    run("add_connection", provider="telegram", slug="bot", set=["token=1:AA"])
    secret = Connection.objects.get().credentials["secret"]

    run("add_connection", provider="telegram", slug="bot", set=["api_url=http://127.0.0.1:9"])

    connection = Connection.objects.get()
    assert connection.credentials == {"token": "1:AA", "secret": secret}
    assert connection.settings == {"api_url": "http://127.0.0.1:9"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"provider": "pigeon", "set": []},
            "no provider “pigeon”; known are: email, partner_desk, seventeentrack, telegram",
        ),
        ({"provider": "telegram", "set": []}, "token: This is needed."),
        ({"provider": "telegram", "set": ["token"]}, "KEY=VALUE"),
        ({"provider": "telegram", "set": ["token=1:A", "colour=red"]}, "no “colour”"),
        ({"provider": "telegram", "set": ["token=1:A", "secret=not allowed"]}, "letters, digits"),
        ({"provider": "telegram", "set": ["token=1:A", "api_url=ftp://x"]}, "must start with http"),
        ({"provider": "email", "set": ["address=nobody"]}, "must be an e-mail address"),
        ({"provider": "email", "set": ["address=a@b.example", "smtp_port=0"]}, "must be a port"),
        ({"provider": "email", "set": ["address=a@b.example", "imap_security=none"]}, "one of: ssl, starttls, plain"),
        ({"provider": "email", "set": ["address=a@b.example"], "language": "English"}, "language"),
        ({"provider": "email", "set": ["address=a@b.example"], "slug": "a b"}, "slug"),
    ],
)
def test_add_connection_says_what_is_wrong_and_keeps_nothing(db: None, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        run("add_connection", **({"slug": "x"} | options))

    assert sentence in str(refused.value)
    assert not Connection.objects.exists()


def test_add_connection_can_tell_telegram(db: None, telegram: TelegramStandIn) -> None:
    values = [f"token={telegram.token}", f"api_url={telegram.url}"]

    run("add_connection", provider="telegram", slug="bot", set=values, register=True)

    assert telegram.api.webhook["url"].endswith("/webhooks/bot/")
    assert telegram.api.webhook["secret_token"] == Connection.objects.get().credentials["secret"]


def test_ingested_mail_becomes_a_ticket_and_its_answer_joins_it(desk: Connection, tmp_path: Path) -> None:
    first, second = tmp_path / "first.eml", tmp_path / "second"
    first.write_bytes(mail(1))
    second.write_bytes(mail(2, "Any news?", extra="In-Reply-To: <1@shop.example>\r\n"))

    lines = ingest("desk", first, second)

    ticket = Ticket.objects.get()
    assert [(line["file"], line["outcome"], line["ticket"]) for line in lines] == [
        (str(first), "message", ticket.reference),
        (str(second), "message", ticket.reference),
    ]
    assert [line["message"] for line in lines] == list(Message.objects.order_by("pk").values_list("pk", flat=True))


def test_ingesting_again_is_a_duplicate_that_names_what_it_became(desk: Connection, tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(mail(1))
    [first] = ingest("desk", file)

    [again] = ingest("desk", file)

    assert (again["outcome"], again["ticket"], again["message"]) == ("duplicate", first["ticket"], first["message"])
    assert Message.objects.count() == 1


def test_every_kind_of_mail_has_its_line_and_only_people_open_tickets(desk: Connection, tmp_path: Path) -> None:
    files = {
        "message.eml": mail(1),
        "vacation.eml": mail(2, "I am away", extra="Auto-Submitted: auto-replied\r\n"),
        "own.eml": mail(3, sender="desk@clearway.example"),
        "list.eml": mail(4, extra="List-Id: <news.shop.example>\r\n", sender="news@shop.example"),
        "bounce.eml": mail(5, "not delivered", sender="MAILER-DAEMON@shop.example"),
        "empty.eml": b"",
        "picture.eml": b"\x89PNG\r\n\x1a\n\x00\x00",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    lines = ingest("desk", *(tmp_path / name for name in files))

    outcomes = dict(zip(files, [line["outcome"] for line in lines], strict=True))
    assert outcomes == {
        "message.eml": "message",
        "vacation.eml": "auto_reply",
        "own.eml": "ignored",
        "list.eml": "ignored",
        "bounce.eml": "bounce",
        "empty.eml": "malformed",
        "picture.eml": "malformed",
    }
    assert Ticket.objects.count() == 1


def test_full_output_shows_what_was_parsed(desk: Connection, tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(
        b"From: =?gb2312?B?zfXQobv0?= <wang@shop.example>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b"Date: Tue, 24 Nov 2026 09:00:00 +0800\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n\xb0\xfc\xb9\xfc\r\n"
        b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF\r\n--b--\r\n"
    )

    [line] = ingest("desk", file, json_full=True)

    assert (line["sender"], line["text"], line["sent_at"]) == ("wang@shop.example", "包裹", "2026-11-24T01:00:00+00:00")
    [attachment] = line["attachments"]
    assert (attachment["name"], attachment["sha1"]) == ("a.pdf", hashlib.sha1(b"%PDF").hexdigest())


def test_mbox_gives_a_line_a_mail(desk: Connection, tmp_path: Path) -> None:
    mbox = tmp_path / "box.mbox"
    second = mail(2, "From my side all is well at 10:00", sender="ben@shop.example")
    mbox.write_bytes(
        b"From ana@shop.example Tue Nov 24 09:00:00 2026\n"
        + mail(1, "Hello\r\n\r\n>From here on it is quoted")
        + b"\nFrom ben@shop.example Tue Nov 24 10:00:00 2026\n"
        + second
    )

    lines = ingest("desk", mbox)

    assert [line["outcome"] for line in lines] == ["message", "message"]
    assert "From here on" in Message.objects.order_by("pk")[0].text


def test_one_mail_is_no_mbox() -> None:
    raw = mail(1, "\r\nFrom tomorrow at 10:00 I am away\r\n")

    assert list(split_mbox(raw)) == [raw]


def test_payloads_and_json_lines_for_a_webhook(bot: Connection, tmp_path: Path) -> None:
    one, many, broken = tmp_path / "one.json", tmp_path / "many.jsonl", tmp_path / "broken.json"
    one.write_text(json.dumps(text_update("hello", update_id=1), indent=2))
    many.write_text("\n".join(json.dumps(text_update("x", update_id=n, message_id=n)) for n in (2, 3)))
    broken.write_text("{")

    lines = ingest("bot", one, many, broken)

    assert [line["outcome"] for line in lines] == ["message", "message", "message", "malformed"]
    assert InboundEvent.objects.get(state=EventState.MALFORMED).detail == "The body is not JSON."


def test_scan_by_file_is_tracking(db: None, tmp_path: Path) -> None:
    run("add_connection", provider="seventeentrack", slug="scans", set=["api_key=k"])
    file = tmp_path / "scan.json"
    file.write_text(json.dumps({"event": "TRACKING_STOPPED", "data": {"number": "RR123456785CN", "carrier": 3011}}))

    [line] = ingest("scans", file)

    assert (line["outcome"], line["detail"]) == ("tracking", "RR123456785CN")


def test_command_itself_fails_for_an_unknown_connection_or_a_missing_file(desk: Connection, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no connection “nobody”"):
        ingest("nobody", tmp_path)
    with pytest.raises(CommandError, match="cannot be read"):
        ingest("desk", tmp_path / "missing.eml")


def test_replay_events_puts_back_what_failed(desk: Connection, tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(mail(1))
    ingest("desk", file)
    InboundEvent.objects.update(state=EventState.FAILED)

    assert run("replay_events") == "put back: 1\n"
    assert InboundEvent.objects.get().state == EventState.PENDING
