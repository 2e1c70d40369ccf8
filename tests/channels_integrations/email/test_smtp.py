from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from channels_integrations.contract import OutgoingAttachment, OutgoingMessage
from channels_integrations.email.compose import compose
from channels_integrations.email.smtp import send
from common.errors import DeliveryError
from common.models import Connection
from scripts.standins.mail import MailStandIn

KEY = UUID("6f1c1d0e-0000-4000-8000-000000000001")
ANA = "ana@shop.example"


def outgoing(text: str = "Your parcel was released.", **more: Any) -> OutgoingMessage:
    values: dict[str, Any] = {
        "subject": "Where is it?",
        "recipient": ANA,
        "created_at": datetime(2026, 11, 24, 9, tzinfo=UTC),
    }
    return OutgoingMessage(key=KEY, text=text, **(values | more))


def arrived(mail: MailStandIn, mailbox: Connection, message: OutgoingMessage, address: str = ANA) -> Any:
    send(mailbox, message)
    [received] = mail.messages(address)
    return received


def test_answer_names_what_it_answers_and_the_whole_thread(mail: MailStandIn, mailbox: Connection) -> None:
    message = outgoing(
        reply_to="2@shop.example", references=("1@shop.example", "ours@clearway.example", "2@shop.example"),
        ticket_reference="CLR-7", recipient_name="Ana Müller",
    )  # fmt: skip

    received = arrived(mail, mailbox, message)

    assert received["Message-ID"] == f"<{KEY}@clearway.example>"
    assert received["In-Reply-To"] == "<2@shop.example>"
    assert received["References"] == "<1@shop.example> <ours@clearway.example> <2@shop.example>"
    assert received["Subject"] == "Re: Where is it? [CLR-7]"
    assert received["From"] == "Clearway Desk <desk@clearway.example>"
    assert received["To"].addresses[0].display_name == "Ana Müller"
    assert received["X-Clearway-Connection"] == "desk"
    assert received["Auto-Submitted"] is None
    assert mail.received(ANA)[0].envelope_sender == "desk@clearway.example"


def test_subject_names_the_ticket_once() -> None:
    connection = Connection(slug="desk", settings={"address": "desk@clearway.example"})

    mail = compose(
        connection, outgoing(subject="Re: RE: AW: Where is it? [CLR-7]", reply_to="2@x", ticket_reference="CLR-7")
    )

    assert mail["Subject"] == "Re: Where is it? [CLR-7]"


@pytest.mark.parametrize(("reply_to", "mark"), [("", "auto-generated"), ("2@shop.example", "auto-replied")])
def test_automatic_mail_says_so(mail: MailStandIn, mailbox: Connection, reply_to: str, mark: str) -> None:
    received = arrived(mail, mailbox, outgoing(is_automatic=True, reply_to=reply_to))

    assert (received["Auto-Submitted"], received["X-Auto-Response-Suppress"]) == (mark, "All")


@pytest.mark.parametrize(
    "text",
    [
        "包裹已放行 😀",
        "a line\n.\n..two dots\n.leading dot",
        "x" * 5_000,
        "Grüße\r\nund\rZeilen",
        "From here\n\n\nend",
        "\ud800 lone",
    ],
)
def test_text_arrives_as_it_was_written(mail: MailStandIn, mailbox: Connection, text: str) -> None:
    received = arrived(mail, mailbox, outgoing(text))

    wanted = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ud800", "?")
    assert received.get_body(("plain",)).get_content().replace("\r\n", "\n").replace("\r", "\n").strip() == wanted


def test_files_keep_their_names_and_bytes(mail: MailStandIn, mailbox: Connection) -> None:
    content = bytes(range(256)) * 50
    files = (
        OutgoingAttachment("发票 2.pdf", "application/pdf", content),
        OutgoingAttachment("m.eml", "message/rfc822", b"x"),
    )

    received = arrived(mail, mailbox, outgoing(attachments=files))

    first, second = received.iter_attachments()
    assert (first.get_filename(), first.get_content_type(), first.get_content()) == (
        "发票 2.pdf",
        "application/pdf",
        content,
    )
    assert second.get_content() == b"x"


def test_nothing_in_a_field_can_add_another(mail: MailStandIn, mailbox: Connection) -> None:
    evil = "x\r\nBcc: victim@shop.example\r\n\r\nbody"

    received = arrived(
        mail, mailbox, outgoing(subject=evil, recipient_name=evil, reply_to=f"<{evil}>", references=(evil,))
    )

    assert received["Bcc"] is None
    assert received["References"] is None
    assert mail.addresses() == [ANA]


@pytest.mark.parametrize("address", ["", "nobody", "a b@shop.example", "a@shop.example\r\nBcc: b@x", "@x", "a@"])
def test_what_is_no_address_is_refused_for_good(mailbox: Connection, address: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        send(mailbox, outgoing(recipient=address))

    assert refused.value.permanent


def test_wrong_password_waits_for_an_administrator_and_is_not_told(mail: MailStandIn, mailbox: Connection) -> None:
    mailbox.credentials = {"password": "hunter2"}

    with pytest.raises(DeliveryError) as refused:
        send(mailbox, outgoing())

    assert not refused.value.permanent
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize(("code", "permanent"), [(451, False), (421, False), (552, True), (554, True)])
def test_replies_to_the_content_are_for_now_or_for_good(
    mail: MailStandIn, mailbox: Connection, code: int, permanent: bool
) -> None:
    mail.fail_data(code, "said so")

    with pytest.raises(DeliveryError) as refused:
        send(mailbox, outgoing())

    assert (refused.value.permanent, refused.value.in_doubt) == (permanent, False)
    assert mail.messages(ANA) == []
