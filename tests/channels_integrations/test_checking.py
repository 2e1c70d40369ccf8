"""Checking a connection asks its provider, and says clearly what came of it; saving never depends on that."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from channels_integrations.services.connecting import verify
from common.errors import DeliveryError, InvalidInput
from common.models import Connection, User
from scripts.standins.loopback import Answer, LoopbackServer, Request
from scripts.standins.mail import MailStandIn
from scripts.standins.telegram import TelegramStandIn
from tests.tickets.intake.conftest import NOW


class SeventeenTrack(LoopbackServer):
    """Answers getquota as 17TRACK does, for one key."""

    def answer(self, request: Request) -> Answer:
        if request.method != "POST" or request.path != "/track/v2.2/getquota":
            return Answer({}, status=404)
        if request.headers["17token"] != "right-key":
            errors = [{"code": -18010002, "message": "Invalid security key."}]
            return Answer({"code": -18010002, "data": {"errors": errors}}, status=401)
        return Answer({"code": 0, "data": {"quota_total": 200, "quota_used": 42, "quota_remain": 158}})


@pytest.fixture
def chief(db: None) -> Client:
    client = Client()
    chief = User.objects.create_superuser("chief@clearway.example", "secret", full_name="Chief", language="en")
    client.force_login(chief, backend="common.auth.EmployeeBackend")
    return client


def press_check(client: Client, account: Connection, **changes: str) -> tuple[str, str]:
    """Press the button on the connection's page: the class of the answer and its words."""
    address = reverse("admin:common_connection_change", args=[account.pk])
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert page.select_one("[name=common_connection_check_it]") is not None
    data: dict[str, Any] = {
        str(field["name"]): field.get("value", "")
        for field in page.select("#connection_form input[name]")
        if field.get("type") not in {"submit", "checkbox"}
    }
    for choice in page.select("#connection_form select[name]"):
        chosen = choice.select_one("option[selected]")
        data[str(choice["name"])] = chosen["value"] if chosen else ""
    data |= {"is_active": "on", "common_connection_check_it": "1"} | changes
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.context["errors"]
    assert answer["Location"] == address
    (said,) = client.get(address).context["messages"]
    return said.level_tag, str(said)


@pytest.mark.django_db
def test_mailbox_that_lets_us_in_is_told_with_what_was_tried(mailbox: Connection) -> None:
    account = verify(mailbox, now=NOW)

    mailbox.refresh_from_db()
    assert account.name == "desk@clearway.example"
    assert account.detail == "Mail can be read from the folder INBOX. The SMTP server lets us in."
    assert (mailbox.last_success_at, mailbox.last_error) == (NOW, "")


@pytest.mark.django_db
def test_mailbox_with_a_wrong_password_or_folder_is_told_without_the_password(
    mail: MailStandIn, mailbox: Connection
) -> None:
    mailbox.credentials = {"password": "hunter2"}
    with pytest.raises(DeliveryError, match="login was not accepted") as refused:
        verify(mailbox, now=NOW)
    assert "hunter2" not in refused.value.message

    mailbox.credentials = {"password": mail.password}
    mailbox.settings["folder"] = "Nowhere"
    with pytest.raises(DeliveryError):
        verify(mailbox, now=NOW)
    mailbox.refresh_from_db()
    assert (mailbox.last_error_at, mailbox.last_success_at) == (NOW, None)


@pytest.mark.django_db
def test_mailbox_that_reads_but_cannot_send_says_both(mailbox: Connection, free_port: int) -> None:
    mailbox.settings["smtp_port"] = str(free_port)

    with pytest.raises(DeliveryError, match=r"Mail can be read.*SMTP server 127\.0\.0\.1 cannot be reached"):
        verify(mailbox, now=NOW)


@pytest.mark.django_db
def test_wrong_field_is_told_before_anybody_is_asked(mailbox: Connection) -> None:
    mailbox.settings["imap_port"] = "many"

    with pytest.raises(InvalidInput, match="port, from 1 to 65535"):
        verify(mailbox, now=NOW)


@pytest.mark.django_db
def test_bot_is_told_by_name_and_whether_telegram_knows_our_address(telegram: TelegramStandIn, bot: Connection) -> None:
    account = verify(bot, now=NOW)
    assert account.name.startswith("@")
    assert account.detail == "Telegram does not know our address yet."
    assert Connection.objects.get(pk=bot.pk).account == account.name

    bot.credentials = {**bot.credentials, "token": "1:wrong"}
    with pytest.raises(DeliveryError, match="is the bot's token right"):
        verify(bot, now=NOW)


@pytest.mark.django_db
def test_aggregators_key_is_checked_by_a_question_that_costs_nothing() -> None:
    with SeventeenTrack() as site:
        account = Connection.objects.create(
            provider="seventeentrack",
            slug="track",
            credentials={"api_key": "right-key"},
            settings={"api_url": f"http://127.0.0.1:{site.port}"},
        )
        assert verify(account, now=NOW).detail == "17TRACK: 158 queries left"

        account.credentials = {"api_key": "wrong"}
        with pytest.raises(DeliveryError, match="17TRACK: Invalid security key"):
            verify(account, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_button_says_that_the_connection_works(chief: Client, mailbox: Connection) -> None:
    kind, said = press_check(chief, mailbox, provider_password="")

    assert kind == "success"
    assert "Saved. The connection works. desk@clearway.example: Mail can be read" in said


@pytest.mark.django_db(transaction=True)
def test_button_saves_what_was_entered_even_when_nobody_answers_and_says_so(
    chief: Client, mailbox: Connection, free_port: int
) -> None:
    kind, said = press_check(chief, mailbox, provider_imap_port=str(free_port), name="Renamed")

    mailbox.refresh_from_db()
    assert (mailbox.name, mailbox.settings["imap_port"]) == ("Renamed", str(free_port))
    assert kind == "error"
    assert "Saved, but the connection does not work: The IMAP server 127.0.0.1 cannot be reached" in said
    assert "cannot be reached" in mailbox.last_error


@pytest.mark.django_db
def test_form_says_beside_the_field_what_cannot_be_used(chief: Client, mailbox: Connection) -> None:
    address = reverse("admin:common_connection_change", args=[mailbox.pk])
    data: dict[str, Any] = {
        "name": "Desk",
        "language": mailbox.language or "en",
        "is_active": "on",
        **{f"provider_{key}": value for key, value in mailbox.settings.items()},
        "provider_imap_port": "99999",
        "provider_mark_seen": "1",
    }

    answer = chief.post(address, data)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {"provider_imap_port": ["This must be a port, from 1 to 65535."]}
    mailbox.refresh_from_db()
    assert mailbox.settings["imap_port"] != "99999"
