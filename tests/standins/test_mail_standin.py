from __future__ import annotations

import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
import requests
from imap_tools import AND, MailboxLoginError, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from scripts.standins.mail import MailStandIn

ANNA, DESK = "anna@example.org", "desk@clearway.example"


@pytest.fixture
def mail() -> Iterator[MailStandIn]:
    with MailStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def inbox(mail: MailStandIn) -> Iterator[MailBoxUnencrypted]:
    with opened(mail) as box:
        yield box


def opened(mail: MailStandIn, address: str = DESK) -> MailBoxUnencrypted:
    box = MailBoxUnencrypted("127.0.0.1", mail.imap_port, timeout=5)
    box.login(address, mail.password)
    return box


def letter(subject: str = "Wo ist mein Paket?", to: str = DESK) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = ANNA, to, subject
    message["Message-ID"] = f"<{subject.replace(' ', '-')}@example.org>"
    message.set_content("Grüße, Anna")
    return message


def send(mail: MailStandIn, message: EmailMessage, *, sender: str = ANNA) -> None:
    with smtplib.SMTP("127.0.0.1", mail.smtp_port, timeout=5) as smtp:
        smtp.send_message(message, from_addr=sender)


def test_mail_sent_by_smtp_is_in_its_recipients_mailbox(mail: MailStandIn, inbox: MailBoxUnencrypted) -> None:
    send(mail, letter())

    (received,) = list(inbox.fetch(AND(seen=False), mark_seen=False))

    assert received.subject == "Wo ist mein Paket?"
    assert received.text.strip() == "Grüße, Anna"
    assert received.headers["return-path"] == (f"<{ANNA}>",)
    assert mail.messages(DESK)[0]["Subject"] == "Wo ist mein Paket?"
    assert mail.messages(DESK.upper()) != []
    assert mail.messages(ANNA) == []
    assert mail.addresses() == [DESK]


def test_raw_bytes_come_back_as_they_went_in(mail: MailStandIn, inbox: MailBoxUnencrypted) -> None:
    raw = b"Subject: =?gb2312?B?broken\r\nX-Odd\xff: \x80\x81\r\n\r\n" + bytes(range(1, 256)) + b"\r\n"

    mail.deliver(DESK, raw)
    (uid,) = inbox.uids()
    parts = inbox.client.uid("FETCH", uid, "(BODY.PEEK[])")[1]

    assert [part[1].endswith(raw) for part in parts if isinstance(part, tuple)] == [True]
    assert inbox.uids(AND(seen=False)) == [uid]


def test_idle_connection_is_told_of_new_mail(mail: MailStandIn, inbox: MailBoxUnencrypted) -> None:
    sender = threading.Timer(0.1, send, (mail, letter()))
    sender.start()

    with inbox.idle as idle:
        told = idle.poll(timeout=5)
    sender.join()

    assert any(line.endswith(b"EXISTS") for line in told)
    assert [message.subject for message in inbox.fetch(AND(seen=False))] == ["Wo ist mein Paket?"]


def test_idle_ends_without_news_after_its_time(inbox: MailBoxUnencrypted) -> None:
    assert inbox.idle.wait(timeout=0.1) == []


def test_idle_is_announced_before_login(mail: MailStandIn) -> None:
    assert "IDLE" in MailBoxUnencrypted("127.0.0.1", mail.imap_port, timeout=5).client.capabilities


def test_flag_move_and_delete_change_what_is_found(mail: MailStandIn, inbox: MailBoxUnencrypted) -> None:
    for number in range(4):
        send(mail, letter(f"Mail {number}"))
    first, second, third, fourth = inbox.uids()

    inbox.flag([first], "\\Seen", value=True)
    inbox.folder.create("Done")
    inbox.move([second], "Done")
    inbox.delete([third])

    assert inbox.uids(AND(seen=False)) == [fourth]
    assert inbox.uids(f"UID {fourth}:*") == [fourth]
    inbox.folder.set("Done")
    assert [message.subject for message in inbox.fetch()] == ["Mail 1"]
    assert len(mail.messages(DESK)) == 4


def test_wrong_password_and_refused_logins_fail(mail: MailStandIn) -> None:
    with pytest.raises(MailboxLoginError):
        MailBoxUnencrypted("127.0.0.1", mail.imap_port, timeout=5).login(DESK, "wrong")
    mail.refuse_logins()
    with pytest.raises(MailboxLoginError):
        opened(mail)
    mail.refuse_logins(refuse=False)
    opened(mail).logout()


def test_dropped_imap_connection_is_noticed_and_a_new_one_goes_on(mail: MailStandIn) -> None:
    box = opened(mail)
    send(mail, letter())
    mail.drop_imap_connections()

    with pytest.raises((ImapToolsError, OSError, box.client.error)):
        box.uids()
    assert len(opened(mail).uids()) == 1


@pytest.mark.parametrize(("code", "text"), [(550, "5.1.1 No such user"), (451, "4.2.1 Mailbox busy")])
def test_refused_recipient_gets_nothing(mail: MailStandIn, code: int, text: str) -> None:
    mail.refuse_recipient(ANNA, code, text)

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(mail, letter(to=ANNA))

    assert refused.value.recipients[ANNA] == (code, text.encode())
    assert mail.messages(ANNA) == []
    mail.refuse_recipient(ANNA, 250, "OK")
    send(mail, letter(to=ANNA))
    assert len(mail.messages(ANNA)) == 1


def test_mail_refused_after_its_content_is_not_taken(mail: MailStandIn) -> None:
    mail.fail_data(451)

    with pytest.raises(smtplib.SMTPDataError):
        send(mail, letter())

    assert mail.messages(DESK) == []


@pytest.mark.parametrize("taken", [True, False])
def test_connection_cut_before_the_reply_leaves_the_sender_in_doubt(mail: MailStandIn, taken: bool) -> None:
    mail.drop_after_data(taken=taken)

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mail, letter())

    assert len(mail.messages(DESK)) == (1 if taken else 0)
    send(mail, letter("again"))
    assert mail.messages(DESK)[-1]["Subject"] == "again"


def test_smtp_login_with_the_password_is_taken(mail: MailStandIn) -> None:
    with smtplib.SMTP("127.0.0.1", mail.smtp_port, timeout=5) as smtp:
        assert smtp.login(DESK, mail.password)[0] == 235
    with smtplib.SMTP("127.0.0.1", mail.smtp_port, timeout=5) as smtp, pytest.raises(smtplib.SMTPAuthenticationError):
        smtp.login(DESK, "wrong")


def test_bounce_has_an_empty_envelope_sender(mail: MailStandIn) -> None:
    send(mail, letter(), sender="")

    assert mail.received(DESK)[0].envelope_sender == ""
    assert mail.messages(DESK)[0]["Return-Path"] == "<>"


def test_waiting_for_mail_ends_with_it_or_with_a_sentence(mail: MailStandIn) -> None:
    threading.Timer(0.05, send, (mail, letter())).start()

    assert len(mail.wait_for(DESK, seconds=5)) == 1
    with pytest.raises(TimeoutError, match="has 1 mails, not 2"):
        mail.wait_for(DESK, count=2, seconds=0.05)


def test_another_process_reads_mail_and_switches_faults_by_http(mail: MailStandIn) -> None:
    send(mail, letter())

    (shown,) = requests.get(f"{mail.url}/messages", params={"address": DESK}, timeout=5).json()
    switched = requests.post(
        f"{mail.url}/_control/refuse_recipient", json={"address": ANNA, "code": 452, "text": "4.2.2 Full"}, timeout=5
    )

    assert shown["headers"]["Subject"] == "Wo ist mein Paket?"
    assert shown["text"].strip() == "Grüße, Anna"
    assert switched.json() == {"ok": True}
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mail, letter(to=ANNA))
    assert requests.post(f"{mail.url}/_control/password", json={}, timeout=5).status_code == 404


def test_ports_are_free_again_after_it_closed() -> None:
    with MailStandIn() as first:
        ports = first.smtp_port, first.imap_port
    with MailStandIn(smtp_port=ports[0], imap_port=ports[1]) as second:
        send(second, letter())
        assert len(second.messages(DESK)) == 1
