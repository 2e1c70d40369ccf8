"""Connections, senders and messages for the intake's tests."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.models import Connection, User
from knowledge_base.models import WordList
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage
from tickets.services import words
from tickets.services.intake import Received, receive_message

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

_WORDS = {
    ("kind:clearance", "en"): ["customs", "held at customs", "import dut*"],
    ("kind:clearance", "es"): ["aduana", "despacho de aduana*"],
    ("kind:loss", "en"): ["lost", "never arrived", "damaged", "broken"],
    ("kind:delay", "en"): ["delayed", "late", "where is my parcel"],
    ("kind:failed_delivery", "de"): ["zustellversuch", "nicht angetroffen"],
    ("kind:safety", "en"): ["allergic reaction", "injured", "lawyer"],
    ("kind:clearance", "zh"): ["海关", "清关", "扣关"],
    ("thanks", "en"): ["thanks", "thank you", "thank you very much", "all good", "it arrived"],
}


@pytest.fixture(autouse=True)
def _words(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("word_rows")


@pytest.fixture
def word_rows(db: None) -> None:
    WordList.objects.all().delete()
    for (purpose, language), listed in _WORDS.items():
        WordList.objects.create(purpose=purpose, language=language, words=listed)
    words.look_again()


@pytest.fixture
def mailbox(db: None) -> Connection:
    return Connection.objects.create(
        provider="email", slug="support", name="Support", credentials={"address": "support@clearway.example"}
    )


@pytest.fixture
def bot(db: None) -> Connection:
    return Connection.objects.create(provider="telegram", slug="bot", name="Bot")


@pytest.fixture
def alice(db: None) -> User:
    user = User.objects.create_user("alice@clearway.example", "a long password", full_name="Alice Agent", is_staff=True)
    user.is_superuser = True
    user.save()
    return user


@pytest.fixture
def staff(alice: User) -> Actor:
    return Actor.staff(alice)


_numbers = itertools.count(1)


def mail(text: str, **fields: Any) -> InboundMessage:
    """A mail of María, unless told otherwise."""
    values: dict[str, Any] = {
        "external_id": f"m{next(_numbers)}@mail.example",
        "sender_id": "maria@example.com",
        "sender_name": "María Pérez",
        "subject": "",
        "sent_at": NOW - timedelta(minutes=1),
    }
    return InboundMessage(text=text, **{**values, **fields})


def chat(text: str, **fields: Any) -> InboundMessage:
    """A chat message of Wei, unless told otherwise."""
    values: dict[str, Any] = {
        "external_id": f"77:{next(_numbers)}",
        "sender_id": "77",
        "sender_name": "Wei",
        "thread_id": "77",
        "sent_at": NOW - timedelta(seconds=5),
    }
    return InboundMessage(text=text, **{**values, **fields})


Receive = Callable[..., Received]


@pytest.fixture
def by_mail(mailbox: Connection) -> Receive:
    def receive(text: str, *, now: datetime = NOW, **fields: Any) -> Received:
        return receive_message(connection=mailbox, message=mail(text, **fields), now=now)

    return receive


@pytest.fixture
def by_chat(bot: Connection) -> Receive:
    def receive(text: str, *, now: datetime = NOW, **fields: Any) -> Received:
        return receive_message(connection=bot, message=chat(text, **fields), now=now)

    return receive
