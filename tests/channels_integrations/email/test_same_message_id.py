"""Two mails with one Message-ID: the same words are one message, other words are another; each once."""

from __future__ import annotations

import pytest

from channels_integrations.models import InboundEvent
from channels_integrations.services.ingesting import ingest
from channels_integrations.services.storing import Incoming, store_events
from common.models import Connection
from logistics.models import Customer
from tests.tickets.intake.conftest import NOW
from tickets.models import Message
from tickets.policies.actor import Actor
from tickets.services.erasure import erase_customer

pytestmark = pytest.mark.django_db


def letter(
    text: str, *, sender: str = "ana@example.com", headers: str = "", identifier: str = "1@shop.example"
) -> bytes:
    head = f"From: Ana <{sender}>\nTo: desk@clearway.example\nSubject: My order\nMessage-ID: <{identifier}>\n{headers}"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


def with_file(text: str, content: str) -> bytes:
    return (
        "From: ana@example.com\nTo: desk@clearway.example\nSubject: My order\nMessage-ID: <1@shop.example>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\n{text}\n"
        "--b\nContent-Type: text/csv\nContent-Disposition: attachment; filename=list.csv\n\n"
        f"{content}\n--b--\n"
    ).encode()


def outcomes(account: Connection, *mails: bytes) -> list[str]:
    return [str(one.outcome) for raw in mails for one in ingest(account=account, raw=raw, now=NOW)]


def texts() -> list[str]:
    return list(Message.objects.order_by("id").values_list("text", flat=True))


@pytest.fixture
def desk() -> Connection:
    return Connection.objects.create(provider="email", slug="desk", settings={"address": "desk@clearway.example"})


def test_other_words_under_the_same_id_are_a_message_of_their_own_once(desk: Connection) -> None:
    first, second, third = (letter(f"Order {number} has not come") for number in ("one", "two", "three"))

    assert outcomes(desk, first, second, third) == ["message"] * 3
    assert outcomes(desk, second, first, third, second) == ["duplicate"] * 4

    assert texts() == ["Order one has not come", "Order two has not come", "Order three has not come"]
    assert Message.objects.values("external_id").distinct().count() == 3
    assert Message.objects.order_by("id")[0].external_id == "1@shop.example", "answers to it still find it"
    assert InboundEvent.objects.count() == 3


def test_same_words_that_came_another_way_are_the_same_message(desk: Connection) -> None:
    plain = letter("Wo ist mein Päckchen?")
    relayed = letter("Wo ist mein Päckchen?", headers="Received: from relay.example\n")
    encoded = plain.replace(b"charset=utf-8\n", b"charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n")
    encoded = encoded.replace("ä".encode(), b"=C3=A4")

    assert outcomes(desk, plain, plain.replace(b"\n", b"\r\n"), relayed, encoded) == ["message"] + ["duplicate"] * 3
    assert outcomes(desk, relayed, encoded) == ["duplicate"] * 2
    assert texts() == ["Wo ist mein Päckchen?"]


def test_another_file_makes_it_another_message(desk: Connection) -> None:
    assert outcomes(desk, with_file("See the list", "a;1"), with_file("See the list", "b;2")) == ["message"] * 2
    assert outcomes(desk, with_file("See the list", "b;2"), with_file("See the list", "a;1")) == ["duplicate"] * 2
    assert Message.objects.count() == 2


def test_two_senders_who_share_an_id_each_have_their_messages(desk: Connection) -> None:
    mails = [letter(text, sender=sender) for sender in ("ana@example.com", "ben@example.com") for text in ("A", "B")]

    assert outcomes(desk, *mails) == ["message"] * 4
    assert outcomes(desk, *mails) == ["duplicate"] * 4
    owners = Message.objects.order_by("id").values_list("identity__external_id", "text")
    assert list(owners) == [(s, t) for s in ("ana@example.com", "ben@example.com") for t in ("A", "B")]


def test_batch_from_a_mailbox_keeps_both_and_counts_what_is_new(desk: Connection) -> None:
    mails = [Incoming("1@shop.example", "ana@example.com", letter(text), is_claimed=True) for text in ("A", "B")]
    other = Incoming("2@shop.example", "ana@example.com", letter("C", identifier="2@shop.example"), is_claimed=True)

    assert store_events(connection=desk, events=[*mails, other], now=NOW) == 3
    assert store_events(connection=desk, events=[*mails, other], now=NOW) == 0
    assert InboundEvent.objects.count() == 3


def test_id_that_a_provider_gives_still_proves_a_repetition(desk: Connection) -> None:
    events = [Incoming("update:1", "77", raw) for raw in (b'{"a": 1}', b'{"a": 2}')]

    assert store_events(connection=desk, events=events, now=NOW) == 1


def test_mail_of_an_erased_customer_that_comes_again_is_not_kept_again(desk: Connection) -> None:
    outcomes(desk, letter("My secret"), letter("My other secret"))
    erase_customer(customer_id=Customer.objects.get().pk, actor=Actor.system("test"), now=NOW)

    assert outcomes(desk, letter("My secret"), letter("My other secret")) == ["duplicate"] * 2

    assert not Message.objects.filter(text__contains="secret").exists()
    assert set(InboundEvent.objects.values_list("raw", flat=True)) == {b""}
