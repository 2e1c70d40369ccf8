"""A customer answers a notice with STOP: no ticket, no more notices, one word about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common.models import Connection
from logistics.models import Customer, Shipment
from tickets.choices import Direction
from tickets.models import ChannelIdentity, Conversation, Message, Notice, NoticeState, Ticket
from tickets.policies.inbound import InboundMessage
from tickets.services.intake import Received, receive_message

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def noticed(provider: str, address: str) -> Connection:
    """A customer who was told that a parcel was picked up."""
    account = Connection.objects.create(provider=provider, slug="box", settings={"address": "desk@clearway.example"})
    anna = Customer.objects.create(name="Anna Graf", language="de", time_zone="Europe/Berlin", wants_notices=True)
    parcel = Shipment.objects.create(tracking_number="LX738201945CN", customer=anna)
    identity = ChannelIdentity.objects.create(
        connection=account, external_id=address, customer=anna, created_at=NOW, is_verified=True
    )
    thread = Conversation.objects.create(
        connection=account, identity=identity, thread=address, started_at=NOW, last_message_at=NOW
    )
    told = Message.objects.create(
        conversation=thread,
        connection=account,
        identity=identity,
        direction=Direction.OUT,
        audience="customer",
        status="sent",
        is_automatic=True,
        external_id="notice@clearway",
        text="Ihr Paket wurde abgeholt.",
        sent_at=NOW,
        created_at=NOW,
    )
    Notice.objects.create(
        customer=anna,
        shipment=parcel,
        what="picked_up",
        state=NoticeState.QUEUED,
        happened_at=NOW,
        due_at=NOW,
        made_at=NOW,
        message=told,
    )
    return account


def write(account: Connection, text: str, *, minutes: int = 1, answers: bool = True) -> Received:
    identity = ChannelIdentity.objects.get()
    message = InboundMessage(
        external_id=f"in-{minutes}",
        sender_id=identity.external_id,
        sender_name="Anna",
        sent_at=NOW,
        text=text,
        thread_id="" if account.provider == "email" else identity.external_id,
        thread_keys=("notice@clearway",) if answers and account.provider == "email" else (),
    )
    return receive_message(connection=account, message=message, now=NOW + minutes * MINUTE)


def answers() -> list[str]:
    return list(Message.objects.filter(direction=Direction.OUT).order_by("id").values_list("text", flat=True)[1:])


@pytest.mark.parametrize(("provider", "address"), [("telegram", "77"), ("email", "anna@graf.example")])
def test_stop_switches_notices_off_and_says_so_once(provider: str, address: str) -> None:
    account = noticed(provider, address)

    first, second = write(account, "Stopp!"), write(account, "STOP", minutes=2)

    assert (first.outcome, first.ticket, second.ticket) == ("message", None, None)
    assert not Customer.objects.get().wants_notices
    assert not Ticket.objects.exists()
    (said,) = answers()
    assert said.startswith("Guten Tag Anna Graf,\n\nwir schreiben Ihnen nicht mehr")
    assert Message.objects.filter(direction=Direction.IN).count() == 2


def test_the_same_stop_delivered_twice_is_kept_once() -> None:
    account = noticed("telegram", "77")
    write(account, "STOP")
    assert write(account, "STOP").outcome == "duplicate"
    assert len(answers()) == 1


@pytest.mark.parametrize("text", ["Please stop the parcel", "stop it?", "Wo ist es?"])
def test_any_other_words_are_a_message_like_any_other(text: str) -> None:
    received = write(noticed("telegram", "77"), text)

    assert received.ticket is not None
    assert Customer.objects.get().wants_notices


def test_stop_by_mail_that_answers_no_notice_comes_to_a_person() -> None:
    received = write(noticed("email", "anna@graf.example"), "STOP", answers=False)

    assert received.ticket is not None
    assert Customer.objects.get().wants_notices
