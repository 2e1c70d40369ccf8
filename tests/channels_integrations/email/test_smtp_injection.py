"""Whatever customers and staff write in names, subjects and addresses: the server gets the fields that we wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from channels_integrations.choices import Outcome
from channels_integrations.contract import OutgoingAttachment, OutgoingMessage
from channels_integrations.email.smtp import send
from channels_integrations.services import delivery
from channels_integrations.services.ingesting import ingest
from common.errors import DeliveryError
from common.models import Connection, User
from scripts.standins.mail import MailStandIn
from tickets.choices import Direction, MessageStatus, Via
from tickets.models import Message, Ticket
from tickets.policies.actor import Actor
from tickets.services.answering import answer

ANA = "ana@shop.example"
BREAKS = [
    "\r\n",
    "\n",
    "\r",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\r\n\r\n",
    "\x00\r\n",
]
"""Everything that some program takes for the end of a line."""
OURS = {
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "X-Clearway-Connection",
    "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
}  # fmt: skip


def evil(line_break: str) -> str:
    injected = ["Bcc: victim@shop.example", "X-Evil: 1", "Content-Type: text/html", "", "<script>alert(1)</script>"]
    return "x" + "".join(f"{line_break}{line}" for line in injected)


def assert_clean(mail: MailStandIn, *, count: int = 1) -> None:
    """Only Ana got mail, with no field that we did not write, each once; the server saw one recipient a mail."""
    assert mail.addresses() == [ANA]
    received = mail.received(ANA)
    assert len(received) == count
    for one, message in zip(received, mail.messages(ANA), strict=True):
        names = [name.title() for name in message]
        assert set(names) <= {name.title() for name in OURS} | {"Received", "Return-Path", "Delivered-To"}
        assert len(set(names)) == len(names)
        assert one.envelope_sender == "desk@clearway.example"
        assert message.get_content_type() in {"text/plain", "multipart/mixed"}
        raw = message.as_bytes().partition(b"\r\n\r\n")[0]
        assert b"\nBcc:" not in raw
        assert b"\nX-Evil:" not in raw


def mail_of(**fields: Any) -> OutgoingMessage:
    values: dict[str, Any] = {"recipient": ANA, "subject": "Hello", "created_at": datetime(2026, 11, 24, tzinfo=UTC)}
    return OutgoingMessage(key=uuid4(), text="Hello", **(values | fields))


def test_no_field_of_a_message_adds_another(mail: MailStandIn, mailbox: Connection) -> None:
    settings = dict(mailbox.settings)
    for number, line_break in enumerate(BREAKS, start=1):
        text, identifier = evil(line_break), f"1@x{line_break}Bcc: victim@shop.example"
        mailbox.settings = {**settings, "from_name": text}
        send(
            mailbox,
            mail_of(
                subject=text,
                recipient_name=text,
                reply_to=identifier,
                references=(identifier,),
                ticket_reference="CLR-1",
                attachments=(OutgoingAttachment(f"{text}.pdf", "application/pdf", b"%PDF"),),
            ),
        )

        assert_clean(mail, count=number)
        [file] = mail.messages(ANA)[-1].iter_attachments()
        assert set(file.keys()) <= {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"}


def test_fields_that_are_ours_take_no_second_line_either(mail: MailStandIn, mailbox: Connection) -> None:
    sent = 0
    for line_break in BREAKS:
        text = f"en{line_break}Bcc: victim@shop.example"
        mailbox.slug = text
        send(mailbox, mail_of(language=text))
        send(mailbox, mail_of(attachments=(OutgoingAttachment("a.pdf", f"application/{text}", b"%PDF"),)))
        sent += 2
        assert_clean(mail, count=sent)


def test_no_address_adds_a_recipient(mail: MailStandIn, mailbox: Connection) -> None:
    settings = dict(mailbox.settings)
    for line_break in BREAKS:
        with pytest.raises(DeliveryError):
            send(mailbox, mail_of(recipient=f"ana@shop.example{line_break}RCPT TO:<victim@shop.example>"))
        mailbox.settings = {**settings, "address": f"desk@clearway.example{line_break}X-Evil: 1"}
        with pytest.raises(DeliveryError):
            send(mailbox, mail_of())
        mailbox.settings = settings

    assert mail.addresses() == []


SENDERS = [
    '"x=0D=0ABcc: victim@shop.example" <ana@shop.example>',
    "=?utf-8?Q?x=0D=0ABcc:_victim@shop.example=0D=0A=0D=0A<script>?= <ana@shop.example>",
    "=?utf-8?B?eA0KQmNjOiB2aWN0aW1Ac2hvcC5leGFtcGxl?= <ana@shop.example>",
    "=?utf-8?Q?x=E2=80=A8Bcc:_victim@shop.example?= <ana@shop.example>",
]


@pytest.mark.parametrize("sender", SENDERS)
def test_a_customers_fields_come_back_to_them_harmless(mail: MailStandIn, mailbox: Connection, sender: str) -> None:
    """In by mail, on as a ticket, answered, out through a real server: the whole way."""
    raw = (
        f"From: {sender}\r\nTo: desk@clearway.example\r\n"
        "Subject: =?utf-8?Q?Where=0D=0ABcc:_victim@shop.example=0D=0A=0D=0A<b>?=\r\n"
        "Message-ID: <1@shop.example=0D=0ABcc:victim@shop.example>\r\n"
        "References: <0@shop.example> <=0D=0ABcc:victim@shop.example>\r\n\r\nWhere is my parcel?\r\n"
    )
    [done] = ingest(account=mailbox, raw=raw.encode(), now=timezone.now())
    assert done.outcome == Outcome.MESSAGE
    staff = User.objects.create_superuser("s@clearway.example", full_name="S\r\nBcc: victim@shop.example")
    ticket = Ticket.objects.get()

    answer(
        ticket_id=ticket.pk,
        text="Here it is.\r\n.\r\nMAIL FROM:<evil@x>\r\nRCPT TO:<victim@shop.example>\r\nDATA\r\n",
        actor=Actor.staff(staff, via=Via.ADMIN),
        now=timezone.now(),
    )
    delivery.deliver_due(seconds=10)

    out = Message.objects.filter(direction=Direction.OUT).order_by("-id")[0]
    assert out.status == MessageStatus.SENT
    assert_clean(mail, count=Message.objects.filter(direction=Direction.OUT).count())
    body = mail.messages(ANA)[-1].get_body(("plain",))
    assert isinstance(body, EmailMessage)
    assert "RCPT TO:<victim@shop.example>" in body.get_content()
