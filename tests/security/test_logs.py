"""A day's work with every logger at its most talkative: nobody's words, names, secrets or keys are in it."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from channels_integrations.choices import Outcome
from channels_integrations.services import delivery
from channels_integrations.services.ingesting import ingest
from channels_integrations.webhooks import forget_connections
from common.models import Connection, User
from config.clock import Clock
from config.logs import LineFormatter
from scripts.standins.mail import MailStandIn
from scripts.standins.telegram import TelegramStandIn
from tests.channels_integrations.conftest import text_update
from tickets.choices import LinkPurpose
from tickets.models import Ticket
from tickets.policies.actor import Actor
from tickets.services.customer_links import make_link
from tickets.services.roles import set_up_roles
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
WEBHOOK_SECRET = "s3cret_of_the_webhook"
WORDS = ["zyzzyva", "quokka", "Marisol", "Quintana", "marisol@shop.example", "4111 1111 1111 1111", "nudibranch"]
"""Of customers and staff: what they wrote and who they are."""
OURS = ("config", "common", "logistics", "tickets", "channels_integrations", "knowledge_base")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that any logger writes, as the site writes it.

    Statements of the database with their values (django.db.backends) are written in debugging only, which
    ``CLEARWAY_LOG_LEVEL`` does not turn on, as well as the libraries' own chatter below a warning.
    """
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    handler.addFilter(lambda record: not record.name.startswith("mail."))  # the stand-in's, not ours
    root = logging.getLogger()
    names = ["", *OURS, *(name for name in logging.root.manager.loggerDict if name.startswith(OURS))]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG if name else logging.INFO)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def test_no_log_holds_words_of_people_secrets_or_keys(written: io.StringIO, settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    forget_connections()
    set_up_roles()
    boss = User.objects.create_superuser("boss@clearway.example", PASSWORD, full_name="Boss")
    with MailStandIn() as mail, TelegramStandIn() as telegram:
        secrets = [mail.password, telegram.token, WEBHOOK_SECRET, PASSWORD, "wrong-but-secret"]
        mailbox = _mailbox(mail)
        bot = Connection.objects.create(
            provider="telegram",
            slug="bot",
            name="Bot",
            credentials={"token": telegram.token, "secret": WEBHOOK_SECRET},
            settings={"api_url": telegram.url},
        )
        _what_comes_in(mailbox, bot)
        _what_goes_out(mail, mailbox)
        secrets.append(_customers_page())
        session = _signing_in()
        secrets.append(session)
        Clock(lock=1).tick(now=timezone.now)
        _what_breaks()
    forget_connections()

    text = written.getvalue()
    assert "the page broke" in text  # it was listened to
    assert boss.email not in text
    assert [word for word in WORDS if word.lower() in text.lower()] == []
    assert [secret for secret in secrets if secret in text] == []


def _mailbox(mail: MailStandIn) -> Connection:
    return Connection.objects.create(
        slug="desk",
        provider="email",
        name="Desk",
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


def _what_comes_in(mailbox: Connection, bot: Connection) -> None:
    """Good and broken, by webhook and by mail."""
    raw = "From: Marisol Quintana <marisol@shop.example>\r\nTo: desk@clearway.example\r\nSubject: zyzzyva\r\n\r\n"
    raw += "My quokka is at customs, my card is 4111 1111 1111 1111.\r\n"
    [done] = ingest(account=mailbox, raw=raw.encode(), now=timezone.now())
    assert done.outcome == Outcome.MESSAGE
    list(
        ingest(
            account=bot, raw=json.dumps(text_update("quokka", update_id=1, date="zyzzyva")).encode(), now=timezone.now()
        )
    )
    client = Client(raise_request_exception=False)
    for secret, body in ((WEBHOOK_SECRET, b'{"update_id": "zyzzyva'), ("wrong-but-secret", b"quokka")):
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        assert client.post("/webhooks/bot/", body, content_type="application/json", headers=headers).status_code < 500


def _what_goes_out(mail: MailStandIn, mailbox: Connection) -> None:
    """Sent, refused for now, refused for good, and with a password that is wrong."""
    from tickets.services.answering import answer

    ticket = Ticket.objects.get()
    moment = timezone.now()
    for step in ("", "later", "never", "password"):
        if step == "later":
            mail.fail_data(451, "zyzzyva try later")
        elif step == "never":
            mail.refuse_recipient("marisol@shop.example", 550, "no quokka here")
        elif step == "password":
            mailbox.credentials = {"password": "wrong-but-secret"}
            mailbox.save()
        if step != "password":
            staff = Actor.staff(User.objects.get())
            answer(ticket_id=ticket.pk, text="The nudibranch is released.", actor=staff, now=timezone.now())
        moment += timedelta(hours=1)
        delivery.deliver_due(seconds=5, clock=partial(_same, moment))


def _same(moment: datetime) -> datetime:
    return moment


def _customers_page() -> str:
    """Looked at, sent to well and badly, and guessed at. Returns the key of the link."""
    ticket, now = Ticket.objects.get(), timezone.now()
    staff = Actor.staff(User.objects.get())
    if ticket.kind == "clearance":
        take_way(ticket_id=ticket.pk, way="triage", actor=staff, now=now)
        due = (now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
        asked = {"papers": ["identity"], "asked_of": "customer", "due_at": due}
        take_way(ticket_id=ticket.pk, way="request_documents", data=asked, actor=staff, now=now)
    link = make_link(ticket=ticket, purpose=LinkPurpose.DOCUMENTS, now=now)
    path, client = "/t/" + link.rpartition("/t/")[2], Client(raise_request_exception=False)
    page = client.get(path).content.decode()
    token = re.search(r'form_token" value="([^"]+)"', page)
    for name in ("nudibranch.exe", "nudibranch.pdf"):
        file = SimpleUploadedFile(name, b"%PDF zyzzyva", "application/pdf")
        client.post(path, {"form_token": token[1] if token else "", "paper_identity": file})
    client.post(path, {"form_token": "forged"})
    assert client.get("/t/" + "A" * 43 + "/").status_code == 404
    return link.rstrip("/").rpartition("/")[2]


def _signing_in() -> str:
    """Wrongly until it locks, then rightly from elsewhere. Returns the session's key."""
    for _ in range(7):
        Client().post("/admin/login/", {"username": "boss@clearway.example", "password": "wrong-but-secret"})
    client = Client(REMOTE_ADDR="198.51.100.1")
    data = {"username": "boss@clearway.example", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/admin/login/", data).status_code == 302
    client.get("/admin/tickets/ticket/?q=zyzzyva")
    client.get("/admin/nowhere/?password=wrong-but-secret")
    session = client.session.session_key
    assert session
    return str(session)


def _what_breaks() -> None:
    """A page that breaks with people's words in its address and its form is written about without them."""
    from tickets.portal import views

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "open_link", _break)
        client = Client(raise_request_exception=False)
        answer = client.post("/t/" + "B" * 43 + "/?q=zyzzyva", {"text": "quokka", "password": "wrong-but-secret"})
    assert answer.status_code == 500


def _break(**given: Any) -> None:
    raise RuntimeError("the page broke")
