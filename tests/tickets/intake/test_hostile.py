"""Whatever comes in: nothing breaks, nothing that must not be kept is kept."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import close_old_connections, connection, transaction

from common.models import Connection
from tests.tickets.intake.conftest import NOW, Receive, chat, mail
from tickets.models import Attachment, ChannelIdentity, Conversation, Message, Ticket
from tickets.policies.inbound import InboundAttachment, InboundLocation
from tickets.services import attachments
from tickets.services.chain import verify_chain
from tickets.services.intake import receive_message

CARD, RESIDENT = "4111 1111 1111 1111", "11010519491231002X"


def everything_stored() -> str:
    """Every row of every table of ours, as text."""
    parts = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f'SELECT row_to_json(t)::text FROM "{model._meta.db_table}" AS t')
                parts += [row[0] for row in cursor.fetchall()]
    return "\n".join(parts)


@pytest.mark.django_db
def test_masked_numbers_are_stored_nowhere(by_mail: Receive) -> None:
    by_mail(
        f"My card is {CARD}, my 身份证号 is {RESIDENT}.",
        subject=f"Card {CARD}",
        quoted_text=f"> {CARD}",
        html=f"<p>My card is 4111<b> 1111</b> 1111 1111, 身份证号 {RESIDENT}</p>",
        sender_name=f"María {CARD}",
        attachments=(InboundAttachment(f"身份证 {RESIDENT}.jpg", "image/jpeg", b"\xff\xd8\xffpicture"),),
        location=InboundLocation(1.0, 2.0, f"at {CARD}"),
    )

    stored = everything_stored()
    assert "María" in stored
    for number in (CARD, CARD.replace(" ", ""), "4111</b>", RESIDENT):
        assert number not in stored
    message = Message.objects.get()
    assert sorted(message.masked) == ["card", "cn_resident_id"]
    assert message.html == ""


@pytest.mark.django_db
def test_card_divided_by_tags_alone_drops_the_html(by_mail: Receive) -> None:
    by_mail("see below", html="<p>4111<i>1111</i>1111<u>1111</u></p>")
    by_mail("see below", html="<p>see <b>below</b> 12345678</p>")

    assert list(Message.objects.order_by("id").values_list("html", flat=True)) == [
        "", "<p>see <b>below</b> 12345678</p>",
    ]  # fmt: skip


@pytest.mark.django_db
def test_nul_and_lone_surrogates_are_left_out(by_chat: Receive) -> None:
    by_chat(
        "lo\x00st \ud800parcel",
        subject="s\x00",
        sender_name="W\x00ei\udfff",
        quoted_text="\x00q",
        html="<p>\x00\ud800</p>",
        external_id="77:\x001",
        attachments=(InboundAttachment("a\x00\ud800.txt", "text/\x00plain", b"x", content_id="\x00c"),),
    )

    message = Message.objects.get()
    assert (message.text, message.quoted_text, message.external_id) == ("lost parcel", "q", "77:1")
    assert ChannelIdentity.objects.get().display_name == "Wei"
    assert Attachment.objects.get().name == "a.txt"


@pytest.mark.django_db
def test_a_megabyte_of_text_is_kept_whole_as_a_file(by_mail: Receive) -> None:
    text = "where is my parcel \u6d77\u5173 " * 50_000

    received = by_mail(text, subject="s" * 5_000, html="<p>x</p>" * 200_000)

    message = Message.objects.get()
    assert received.ticket is not None
    assert (len(message.text), len(message.subject)) == (100_000, 300)
    file = Attachment.objects.get()
    with attachments.open_content(file) as content:
        assert content.read().decode() == text.strip()


@pytest.mark.django_db
def test_empty_message_opens_a_ticket_all_the_same(by_chat: Receive) -> None:
    received = by_chat("")

    assert received.ticket is not None
    assert (received.ticket.kind, received.ticket.summary) == ("inquiry", "")


@pytest.mark.django_db
def test_two_hundred_files_are_kept_to_a_limit_and_listed(by_mail: Receive) -> None:
    many = tuple(InboundAttachment(f"{n}.txt", "text/plain", f"file {n}".encode()) for n in range(200))

    by_mail("files", attachments=many)

    assert Attachment.objects.filter(refusal="").count() == 50
    assert Attachment.objects.exclude(refusal="").count() == 50


@pytest.mark.django_db
def test_same_content_lies_in_the_store_once(by_mail: Receive) -> None:
    one = InboundAttachment("a.pdf", "application/pdf", b"%PDF-1.4 same")
    by_mail("first", attachments=(one,))
    by_mail("second", attachments=(one,))

    stored = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert (Attachment.objects.count(), len(stored)) == (2, 1)
    assert stored[0].read_bytes() == b"%PDF-1.4 same"
    sha256 = Attachment.objects.first().sha256  # type: ignore[union-attr]
    assert stored[0].parts[-3:] == (sha256[:2], sha256[2:4], sha256)


@pytest.mark.django_db
def test_too_large_and_empty_files_are_listed_with_the_reason(by_mail: Receive, settings: Any) -> None:
    settings.MAX_ATTACHMENT_BYTES = 2_048
    by_mail(
        "files",
        attachments=(
            InboundAttachment("large.bin", "application/octet-stream", b"x" * 3_000),
            InboundAttachment("empty.txt", "text/plain", b""),
            InboundAttachment("later.jpg", "image/jpeg", None, remote_id="file-9", size=10),
        ),
    )

    refusals = dict(Attachment.objects.values_list("name", "refusal"))
    assert "larger than" in refusals["large.bin"]
    assert refusals["empty.txt"] == "The file is empty."
    assert refusals["later.jpg"] == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "declared", "content", "served"),
    [
        ("photo.jpg", "image/jpeg", b"\xff\xd8\xff\xe0data", "image/jpeg"),
        ("paper.pdf", "application/octet-stream", b"%PDF-1.7 data", "application/pdf"),
        ("photo.jpg", "image/jpeg", b"MZ\x90\x00 program", None),
        ("photo.png", "image/png", b"<html><script>alert(1)</script>", None),
        ("drawing.svg", "image/svg+xml", b"<?xml version='1.0'?><svg onload='alert(1)'/>", None),
        ("page.html", "text/html", b"hello", None),
        ("photo.jpg.html", "image/jpeg", b"\xff\xd8\xff<script>", None),
        ("photo.jpg", "image/jpeg", b"no picture at all", None),
        ("run.sh", "text/plain", b"#!/bin/sh", None),
    ],
)
def test_only_real_pictures_and_pdf_are_shown(
    by_mail: Receive, name: str, declared: str, content: bytes, served: str | None
) -> None:
    by_mail("file", attachments=(InboundAttachment(name, declared, content),))

    response = attachments.attachment_response(Attachment.objects.get())

    assert b"".join(response.streaming_content) == content  # type: ignore[arg-type]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    if served:
        assert (response["Content-Type"], response["Content-Disposition"][:6]) == (served, "inline")
    else:
        assert response["Content-Type"] == "application/octet-stream"
        assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\invoice.pdf", "invoice.pdf"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("<script>.pdf", "_script_.pdf"),
        ("", "file"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_file_names_are_made_safe(by_mail: Receive, given: str, kept: str) -> None:
    by_mail("file", attachments=(InboundAttachment(given, "text/plain", b"x"),))

    assert Attachment.objects.get().name == kept


@pytest.mark.django_db
def test_content_is_forgotten_only_when_nothing_names_it(by_mail: Receive) -> None:
    by_mail("file", attachments=(InboundAttachment("a.txt", "text/plain", b"secret"),))
    attachment = Attachment.objects.get()

    assert not attachments.forget_content(attachment.sha256)
    Attachment.objects.update(sha256="", refusal="Erased")
    assert attachments.forget_content(attachment.sha256)
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("provider", ["email", "telegram"])
def test_two_first_messages_of_one_sender_at_once_make_one_ticket(word_rows: None, provider: str, known: bool) -> None:
    source = Connection.objects.create(provider=provider, slug="x")
    make = mail if provider == "email" else chat
    if known:
        receive_message(connection=source, message=make("hello"), now=NOW - timedelta(days=30))
        Conversation.objects.update(ticket=None, last_message_at=NOW - timedelta(days=30))
    before = Ticket.objects.count()
    barrier, errors = threading.Barrier(6), []

    def run(number: int) -> None:
        close_old_connections()
        try:
            barrier.wait()
            with transaction.atomic():
                receive_message(connection=source, message=make(f"my parcel is late {number}"), now=NOW)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert ChannelIdentity.objects.count() == 1
    assert Ticket.objects.count() == before + 1
    assert Message.objects.filter(text__startswith="my parcel").count() == 6
    assert verify_chain().broken is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [False, True])
def test_one_message_delivered_six_times_at_once_is_one_message(word_rows: None, known: bool) -> None:
    source = Connection.objects.create(provider="telegram", slug="x")
    if known:
        receive_message(connection=source, message=chat("hello"), now=NOW)
    message, barrier, outcomes = chat("my parcel is late"), threading.Barrier(6), []

    def run() -> None:
        close_old_connections()
        barrier.wait()
        try:
            outcomes.append(receive_message(connection=source, message=message, now=NOW).outcome)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["duplicate"] * 5 + ["message"]
    assert (Message.objects.count(), Ticket.objects.count()) == (1 + known, 1)
