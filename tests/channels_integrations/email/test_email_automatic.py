"""Mail that no person wrote: bounces, vacation notes, lists, our own."""

# ruff: noqa: E501 - raw mail is easier to read in its own lines

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from channels_integrations.email.parse import parse_mail
from tickets.policies.inbound import AutomaticKind, InboundMessage, InboundReceipt, ReceiptStatus

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OWN = frozenset({"desk@clearway.test"})


def parse(raw: bytes) -> InboundMessage | InboundReceipt:
    return parse_mail(raw, own_addresses=OWN, received_at=NOW)


def kind_of(*fields: str, sender: str = "li@kunde.test", subject: str = "Hello") -> AutomaticKind:
    lines = [
        *fields,
        f"From: {sender}",
        "To: desk@clearway.test",
        f"Subject: {subject}",
        "Message-ID: <m@x>",
        "",
        "Text",
    ]
    result = parse("\r\n".join(lines).encode())
    assert isinstance(result, InboundMessage)
    return result.automatic


@pytest.mark.parametrize(
    "fields",
    [
        ["Auto-Submitted: no"],
        ["X-Auto-Response-Suppress: All"],
        ["X-Auto-Response-Suppress: DR, OOF, AutoReply"],
        ["Precedence: normal"],
        ["Return-Path: <li@kunde.test>"],
        ["X-Autoreply: no"],
        ["List-Unsubscribe: <mailto:x@y.test>"],
        ["X-Mailer: Foxmail"],
    ],
)
def test_mail_of_a_person_is_not_taken_for_automatic(fields: list[str]) -> None:
    assert kind_of(*fields) is AutomaticKind.NONE


@pytest.mark.parametrize(
    "subject", ["Automatic reply: my parcel", "自动回复: 你好", "Out of office next week, send it now"]
)
def test_subject_alone_does_not_mark_a_vacation_note(subject: str) -> None:
    assert kind_of(subject=subject) is AutomaticKind.NONE


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Your parcel",
        "Out of Office: Your parcel",
        "Automatische Antwort: Ihr Paket",
        "Abwesenheitsnotiz: Ihr Paket",
        "Réponse automatique : colis",
        "Respuesta automática: paquete",
        "Resposta automática: encomenda",
        "Risposta automatica: pacco",
        "Automatisch antwoord: pakket",
        "自动回复: 您的包裹",
        "自動回覆: 您的包裹",
        "自動返信: 荷物",
        "자동 회신: 소포",
        "Автоответ: посылка",
    ],
)
def test_vacation_subject_with_a_supporting_header_is_an_auto_reply(subject: str) -> None:
    assert kind_of("X-Auto-Response-Suppress: All", subject=subject) is AutomaticKind.AUTO_REPLY


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (rejected)",
        "Auto-Submitted: auto-notified; owner-email=x",
        "X-Autoreply: yes",
        "X-Autorespond: Re",
        "Precedence: auto_reply",
        "Precedence: bulk",
        "Return-Path: <>",
        "Return-Path: < >",
        "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
    ],
)
def test_header_of_a_program_marks_an_auto_reply(field: str) -> None:
    assert kind_of(field) is AutomaticKind.AUTO_REPLY


@pytest.mark.parametrize(
    "fields",
    [
        ["List-Id: News <news.shop.test>"],
        ["List-Unsubscribe: <mailto:x@y.test>", "Precedence: bulk"],
        ["List-Post: <mailto:all@list.test>", "Precedence: list"],
    ],
)
def test_list_mail_is_marked(fields: list[str]) -> None:
    assert kind_of(*fields) is AutomaticKind.LIST


def test_customer_who_writes_to_our_own_group_address_is_a_person() -> None:
    fields = ["List-Id: <desk.clearway.test>", "Precedence: list", "List-Post: <mailto:desk@clearway.test>"]

    assert kind_of(*fields) is AutomaticKind.NONE
    assert kind_of(*fields, "Auto-Submitted: auto-replied") is AutomaticKind.AUTO_REPLY


def test_our_own_mail_is_recognised() -> None:
    assert kind_of(sender="Desk <DESK@clearway.test>") is AutomaticKind.OWN
    assert kind_of("X-Clearway-Connection: mail-1") is AutomaticKind.OWN
    assert kind_of("X-Clearway-Connection: mail-1", "Auto-Submitted: auto-replied") is AutomaticKind.OWN


@pytest.mark.parametrize(
    ("fields", "sender", "subject"),
    [
        ([], "MAILER-DAEMON@mx.test", "Hello"),
        ([], "postmaster@qq.com", "系统退信/Systems bounce"),
        (["Return-Path: <>"], "noreply@mx.test", "Undeliverable: Your parcel"),
        (["Return-Path: <>"], "Postmaster@163.com", "系统退信"),
        (["X-Failed-Recipients: li@kunde.test"], "x@mx.test", "Mail delivery failed"),
    ],
)
def test_bounce_without_an_original_is_marked(fields: list[str], sender: str, subject: str) -> None:
    assert kind_of(*fields, sender=sender, subject=subject) is AutomaticKind.BOUNCE


def test_postmaster_in_person_is_heard() -> None:
    assert kind_of("Return-Path: <postmaster@kunde.test>", sender="postmaster@kunde.test") is AutomaticKind.NONE


def report(status: str, original: str, original_type: str = "message/rfc822", top: str = "delivery-status") -> bytes:
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: desk@clearway.test\r\nSubject: Undelivered Mail\r\n"
        f"Content-Type: multipart/report; report-type={top}; boundary=b1\r\n\r\n--b1\r\n\r\nSorry\r\n--b1\r\n"
        f"Content-Type: message/{'delivery-status' if top == 'delivery-status' else 'disposition-notification'}\r\n\r\n"
        f"{status}\r\n--b1\r\nContent-Type: {original_type}\r\n\r\n{original}\r\n--b1--\r\n"
    ).encode()


ORIGINAL = "From: desk@clearway.test\r\nMessage-ID:\r\n <ours@clearway.test>\r\nSubject: Parcel\r\n\r\nText"


@pytest.mark.parametrize("original_type", ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"])
def test_standard_bounce_becomes_a_failed_receipt(original_type: str) -> None:
    status = (
        "Reporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; Li@Kunde.test\r\nAction: failed\r\n"
        "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user"
    )

    assert parse(report(status, ORIGINAL, original_type)) == InboundReceipt(
        external_id="ours@clearway.test",
        status=ReceiptStatus.FAILED,
        at=NOW,
        detail="5.1.1 550 no such user",
        recipient="li@kunde.test",
        permanent=True,
    )


def test_failure_after_many_tries_is_not_permanent() -> None:
    receipt = parse(report("\r\nFinal-Recipient: rfc822;li@kunde.test\r\nAction: failed\r\nStatus: 4.4.7", ORIGINAL))

    assert isinstance(receipt, InboundReceipt)
    assert not receipt.permanent


def test_notice_of_delay_fails_nothing() -> None:
    message = parse(report("\r\nFinal-Recipient: rfc822;li@kunde.test\r\nAction: delayed\r\nStatus: 4.4.1", ORIGINAL))

    assert isinstance(message, InboundMessage)
    assert message.automatic is AutomaticKind.BOUNCE


def test_bounce_that_names_no_message_is_a_marked_message() -> None:
    message = parse(
        report("\r\nFinal-Recipient: rfc822;li@kunde.test\r\nAction: failed\r\nStatus: 5.1.1", "Subject: x")
    )

    assert isinstance(message, InboundMessage)
    assert message.automatic is AutomaticKind.BOUNCE


def test_report_of_delivery_becomes_a_delivered_receipt() -> None:
    receipt = parse(report("\r\nFinal-Recipient: rfc822;li@kunde.test\r\nAction: delivered\r\nStatus: 2.0.0", ORIGINAL))

    assert isinstance(receipt, InboundReceipt)
    assert receipt.status is ReceiptStatus.DELIVERED


def test_read_receipt_becomes_a_read_receipt() -> None:
    status = (
        "Final-Recipient: rfc822;li@kunde.test\r\nOriginal-Message-ID: <ours@clearway.test>\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed"
    )

    receipt = parse(report(status, "Subject: x", top="disposition-notification"))

    assert isinstance(receipt, InboundReceipt)
    assert (receipt.status, receipt.external_id) == (ReceiptStatus.READ, "ours@clearway.test")


QMAIL = (
    b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: desk@clearway.test\r\nSubject: failure notice\r\n\r\n"
    b"Hi. This is the qmail-send program at mx.test.\r\nI'm afraid I wasn't able to deliver your message.\r\n\r\n"
    b"<li@kunde.test>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
    b"--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <ours@clearway.test>\r\nSubject: Parcel\r\n"
)
EXIM = (
    b"Return-path: <>\r\nX-Failed-Recipients: li@kunde.test\r\nAuto-Submitted: auto-replied\r\n"
    b"From: Mail Delivery System <Mailer-Daemon@mx.test>\r\nSubject: Mail delivery failed\r\n\r\n"
    b"A message that you sent could not be delivered.\r\n\r\n  li@kunde.test\r\n    550 Unknown user\r\n\r\n"
    b"------ This is a copy of the message, including all the headers. ------\r\n\r\n"
    b"Message-ID: <ours@clearway.test>\r\nSubject: Parcel\r\n"
)
QQ = (
    "Return-Path: <>\r\nFrom: PostMaster@qq.com\r\nTo: desk@clearway.test\r\nSubject: 系统退信/Systems bounce\r\n"
    "Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "抱歉，您的邮件被退回来了。收件人 li@kunde.test 不存在。550 Mailbox not found.\r\n--b1\r\n"
    "Content-Type: message/rfc822\r\n\r\nMessage-ID: <ours@clearway.test>\r\nSubject: Parcel\r\n\r\nText\r\n--b1--\r\n"
).encode()


@pytest.mark.parametrize("raw", [QMAIL, EXIM, QQ], ids=["qmail", "exim", "qq mail"])
def test_bounce_of_its_own_form_becomes_a_failed_receipt(raw: bytes) -> None:
    receipt = parse(raw)

    assert isinstance(receipt, InboundReceipt)
    assert (receipt.external_id, receipt.status) == ("ours@clearway.test", ReceiptStatus.FAILED)
    assert (receipt.recipient, receipt.permanent) == ("li@kunde.test", True)


def test_warning_of_a_delay_without_a_standard_fails_nothing() -> None:
    raw = EXIM.replace(b"Mail delivery failed", b"Warning: message 1 delayed 24 hours")

    message = parse(raw)

    assert isinstance(message, InboundMessage)
    assert message.automatic is AutomaticKind.BOUNCE


def test_customer_who_attaches_a_bounce_is_no_bounce() -> None:
    message = parse(
        b"From: li@kunde.test\r\nReturn-Path: <li@kunde.test>\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n"
        b"\r\nYour mail came back, see here\r\n--b1\r\nContent-Type: message/rfc822\r\n\r\n" + EXIM + b"\r\n--b1--\r\n"
    )

    assert isinstance(message, InboundMessage)
    assert message.automatic is AutomaticKind.NONE
    assert len(message.attachments) == 1
