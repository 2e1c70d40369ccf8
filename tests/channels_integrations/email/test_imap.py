from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone

from channels_integrations.email.imap import Mailbox, MailboxFailed
from channels_integrations.models import InboundEvent
from channels_integrations.services import mailboxes
from common.models import Connection
from scripts.standins.mail import MailStandIn

ADDRESS = "desk@clearway.example"


def raw_mail(number: int, *, text: str = "Where is my parcel?", message_id: str = "") -> bytes:
    identifier = message_id or f"{number}@shop.example"
    return (
        f"From: Ana <Ana@Shop.example>\r\nTo: {ADDRESS}\r\nSubject: Parcel {number}\r\n"
        f"Message-ID: <{identifier}>\r\nDate: Tue, 24 Nov 2026 09:00:00 +0000\r\n\r\n{text}\r\n"
    ).encode()


def read(mailbox: Connection) -> int:
    with Mailbox(mailbox) as box:
        return box.read_new(now=timezone.now)


def stored() -> list[str]:
    return list(InboundEvent.objects.order_by("pk").values_list("external_id", flat=True))


def test_mail_is_stored_raw_under_its_message_id_and_sender(mail: MailStandIn, mailbox: Connection) -> None:
    mail.deliver(ADDRESS, raw_mail(1))

    assert read(mailbox) == 1
    event = InboundEvent.objects.get()
    assert (event.external_id, event.sender) == ("1@shop.example", "ana@shop.example")
    assert bytes(event.raw).endswith(raw_mail(1))


def test_mail_is_read_once_and_new_mail_after_it(mail: MailStandIn, mailbox: Connection) -> None:
    mail.deliver(ADDRESS, raw_mail(1))
    read(mailbox)
    mail.deliver(ADDRESS, raw_mail(2))
    mail.deliver(ADDRESS, raw_mail(3))

    assert (read(mailbox), read(mailbox)) == (2, 0)
    assert stored() == ["1@shop.example", "2@shop.example", "3@shop.example"]


def test_mail_that_comes_while_a_known_one_is_read_again_is_read_before_idling(
    mail: MailStandIn, mailbox: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail.deliver(ADDRESS, raw_mail(1))
    read(mailbox)
    mail.deliver(ADDRESS, raw_mail(1))
    fetch = Mailbox._fetch

    def fetch_while_mail_comes(box: Mailbox, uid: int, *, large: bool) -> bytes:
        monkeypatch.setattr(Mailbox, "_fetch", fetch)
        mail.deliver(ADDRESS, raw_mail(2))
        return fetch(box, uid, large=large)

    monkeypatch.setattr(Mailbox, "_fetch", fetch_while_mail_comes)

    assert read(mailbox) == 1
    assert stored() == ["1@shop.example", "2@shop.example"]


def test_cursor_lost_after_storing_doubles_nothing(mail: MailStandIn, mailbox: Connection) -> None:
    mail.deliver(ADDRESS, raw_mail(1))
    before = dict(mailbox.cursor)
    mail.deliver(ADDRESS, raw_mail(2))
    read(mailbox)
    mailbox.cursor = before | {"uidvalidity": mailbox.cursor["uidvalidity"], "uid": 0}
    mailbox.save()

    assert read(mailbox) == 0
    assert len(stored()) == 2


def test_failure_while_storing_marks_nothing_and_loses_nothing(
    mail: MailStandIn, mailbox: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail.deliver(ADDRESS, raw_mail(1))

    def broken(**_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("channels_integrations.email.imap.store_events", broken)
        with pytest.raises(KeyboardInterrupt):
            read(mailbox)
    mailbox.refresh_from_db()

    assert mailbox.cursor == {}
    assert read(mailbox) == 1


def test_changed_uidvalidity_reads_again_and_doubles_nothing(mail: MailStandIn, mailbox: Connection) -> None:
    mail.deliver(ADDRESS, raw_mail(1))
    read(mailbox)
    mailbox.cursor = mailbox.cursor | {"uidvalidity": 1, "uid": 4711}
    mailbox.save()
    mail.deliver(ADDRESS, raw_mail(2))

    assert read(mailbox) == 1
    assert stored() == ["1@shop.example", "2@shop.example"]
    assert mailbox.cursor["uid"] < 4711


def test_mail_without_message_id_is_known_by_its_bytes(mail: MailStandIn, mailbox: Connection) -> None:
    raw = b"From: ana@shop.example\r\nSubject: x\r\n\r\nhello\r\n"
    mail.deliver(ADDRESS, raw)
    mail.deliver(ADDRESS, raw)

    read(mailbox)

    assert len(stored()) == 1
    assert stored()[0].startswith("sha256:")


def test_large_mail_is_kept_with_its_beginning(
    mail: MailStandIn, mailbox: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels_integrations.email.imap.LARGEST_MAIL", 10_000)
    monkeypatch.setattr("channels_integrations.email.imap._HEAD_OF_LARGE", 5_000)
    mail.deliver(ADDRESS, raw_mail(1, text="x" * 20_000))

    assert read(mailbox) == 1
    assert len(bytes(InboundEvent.objects.get().raw)) == 5_000


def test_wrong_password_is_a_sentence_without_the_password(mail: MailStandIn, mailbox: Connection) -> None:
    mailbox.credentials = {"password": "not-the-password"}

    with pytest.raises(MailboxFailed) as refused:
        read(mailbox)

    assert "login was not accepted" in refused.value.message
    assert "not-the-password" not in "".join(traceback.format_exception(refused.value))


def test_private_server_is_refused_unless_allowed(mailbox: Connection, settings: object) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False  # type: ignore[attr-defined]

    with pytest.raises(MailboxFailed, match="private address"):
        read(mailbox)


@contextmanager
def reading(mailbox: Connection) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=mailboxes.read_mailbox, args=(mailbox, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)
        assert not thread.is_alive()


def until(condition: Callable[[], bool], *, seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_idle_brings_mail_at_once_and_survives_a_cut_line(
    mail: MailStandIn, mailbox: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels_integrations.services.mailboxes._FIRST_PAUSE_SECONDS", 0.05)
    with reading(mailbox):
        until(lambda: Connection.objects.get().last_success_at is not None)
        began = time.monotonic()
        mail.deliver(ADDRESS, raw_mail(1))
        until(lambda: len(stored()) == 1)
        assert time.monotonic() - began < 10
        mail.drop_imap_connections()
        mail.deliver(ADDRESS, raw_mail(2))
        until(lambda: len(stored()) == 2)


@pytest.mark.django_db(transaction=True)
def test_refused_login_is_shown_and_tried_again(
    mail: MailStandIn, mailbox: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels_integrations.services.mailboxes._FIRST_PAUSE_SECONDS", 0.05)
    mail.refuse_logins()
    mail.deliver(ADDRESS, raw_mail(1))
    with reading(mailbox):
        until(lambda: "login" in Connection.objects.get().last_error)
        mail.refuse_logins(refuse=False)
        until(lambda: len(stored()) == 1)
        until(lambda: Connection.objects.get().last_error == "")
