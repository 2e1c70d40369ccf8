"""Customers who asked are told how their parcels move: each status once, by day, in their language, and only news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels_integrations.services.delivery import claim_next
from channels_integrations.services.outgoing import to_outgoing
from common.models import Connection
from knowledge_base.models import MessageTemplate
from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.models import Carrier, Customer, Movement, Shipment
from logistics.policies.tracking import NormalisedEvent, NormalisedTrack
from logistics.services.tracking import record_track
from tickets.choices import Kind, MessageStatus
from tickets.models import ChannelIdentity, Conversation, Message, Notice, NoticeState
from tickets.policies.actor import Actor
from tickets.services.linking import open_ticket
from tickets.services.notices import set_wish, tell, work_to_do

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
NUMBER = "LX738201945CN"
pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return Customer.objects.create(name="Anna Graf", language="de", time_zone="Europe/Berlin", wants_notices=True)


@pytest.fixture
def shipment(customer: Customer) -> Shipment:
    carrier = Carrier.objects.create(code="dhl", name="DHL")
    return Shipment.objects.create(
        tracking_number=NUMBER, customer=customer, carrier=carrier, origin_country="CN", destination_country="DE"
    )


@pytest.fixture
def chat(customer: Customer) -> Conversation:
    account = Connection.objects.create(provider="telegram", slug="bot", name="Bot")
    identity = ChannelIdentity.objects.create(connection=account, external_id="77", customer=customer, created_at=NOON)
    return Conversation.objects.create(
        connection=account, identity=identity, thread="77", started_at=NOON, last_message_at=NOON
    )


def scan(
    status: TrackingStatus, *, at: datetime = NOON, reason: TrackingReason = TrackingReason.NONE
) -> NormalisedEvent:
    return NormalisedEvent(
        at=at,
        offset_minutes=0,
        status=status,
        reason=reason,
        fault=Fault.NOBODY,
        location="",
        country="",
        raw_code=status,
        text="",
        external_key=f"{status}{reason}{at.isoformat()}",
    )


def record(*events: NormalisedEvent, now: datetime = NOON) -> None:
    last = events[-1]
    track = NormalisedTrack(
        tracking_number=NUMBER, carrier_code="", status=last.status, reason=last.reason, events=events
    )
    record_track(source="test", track=track, now=now)


def told() -> list[str]:
    return list(Message.objects.order_by("id").values_list("text", flat=True))


def outcomes() -> dict[str, tuple[str, str]]:
    return {one.what: (one.state, one.reason) for one in Notice.objects.all()}


def test_each_status_is_told_once_without_a_ticket(shipment: Shipment, chat: Conversation) -> None:
    record(scan(TrackingStatus.PICKED_UP))
    assert work_to_do(now=NOON)
    assert tell(now=NOON) == 1
    record(scan(TrackingStatus.PICKED_UP), scan(TrackingStatus.PICKED_UP, at=NOON + timedelta(minutes=5)))
    assert tell(now=NOON) == 0

    message = Message.objects.get()
    assert message.ticket_id is None
    assert message.conversation == chat
    assert (message.status, message.is_automatic, message.language) == (MessageStatus.QUEUED, True, "de")
    assert message.text.startswith("Guten Tag Anna Graf,\n\nder Paketdienst DHL hat Ihr Paket LX738201945CN abgeholt")
    assert Notice.objects.get().message == message
    assert not work_to_do(now=NOON)


def test_the_whole_way_is_four_notices(shipment: Shipment, chat: Conversation) -> None:
    way = (
        TrackingStatus.PICKED_UP,
        TrackingStatus.IN_TRANSIT,
        TrackingStatus.CUSTOMS,
        TrackingStatus.OUT_FOR_DELIVERY,
        TrackingStatus.DELIVERED,
    )
    for hour, status in enumerate(way):
        now = NOON + timedelta(hours=hour)
        record(scan(status, at=now), now=now)
        tell(now=now)
    assert [text.split("\n\n")[1][:40] for text in told()] == [
        "der Paketdienst DHL hat Ihr Paket LX7382",
        "Ihr Paket LX738201945CN ist beim Zoll an",
        "gute Nachricht: Ihr Paket LX738201945CN ",
        "der Paketdienst meldet, dass er Ihr Pake",
    ]


def test_nobody_is_told_who_did_not_ask(shipment: Shipment, chat: Conversation, customer: Customer) -> None:
    set_wish(customer_id=customer.pk, wants=False)
    record(scan(TrackingStatus.PICKED_UP))
    assert tell(now=NOON) == 0
    assert not Movement.objects.exists()


def test_whoever_stops_them_hears_nothing_of_what_waits(
    shipment: Shipment, chat: Conversation, customer: Customer
) -> None:
    record(scan(TrackingStatus.PICKED_UP, at=NIGHT), now=NIGHT)
    assert tell(now=NIGHT) == 0
    set_wish(customer_id=customer.pk, wants=False)
    assert tell(now=MORNING) == 0
    assert outcomes() == {"picked_up": (NoticeState.DROPPED, "unwanted")}


def test_by_night_it_waits_for_the_morning(shipment: Shipment, chat: Conversation) -> None:
    record(scan(TrackingStatus.PICKED_UP, at=NIGHT), now=NIGHT)

    assert tell(now=NIGHT) == 0
    assert Notice.objects.get().due_at == MORNING
    assert tell(now=MORNING - timedelta(seconds=1)) == 0
    assert tell(now=MORNING) == 1


def test_what_is_overtaken_by_night_is_never_told(shipment: Shipment, chat: Conversation) -> None:
    record(scan(TrackingStatus.CUSTOMS, at=NIGHT), now=NIGHT)
    tell(now=NIGHT)
    later = NIGHT + timedelta(hours=6)
    record(scan(TrackingStatus.OUT_FOR_DELIVERY, at=later), now=later)
    tell(now=later)

    assert tell(now=MORNING) == 1
    assert outcomes() == {
        "customs": (NoticeState.DROPPED, "superseded"),
        "out_for_delivery": (NoticeState.QUEUED, ""),
    }


def test_scans_filled_in_later_are_history_and_no_news(shipment: Shipment, chat: Conversation) -> None:
    record(scan(TrackingStatus.PICKED_UP, at=NOON - timedelta(days=3, minutes=1)))
    assert tell(now=NOON) == 0
    assert outcomes() == {"picked_up": (NoticeState.DROPPED, "too_old")}


def test_a_clock_that_stood_still_for_days_tells_no_old_news(shipment: Shipment, chat: Conversation) -> None:
    record(scan(TrackingStatus.PICKED_UP, at=NIGHT), now=NIGHT)
    tell(now=NIGHT)
    assert tell(now=NOON + timedelta(days=5)) == 0
    assert outcomes() == {"picked_up": (NoticeState.DROPPED, "too_old")}


def test_customs_that_let_it_go_are_no_arrival_at_customs(shipment: Shipment, chat: Conversation) -> None:
    record(scan(TrackingStatus.CUSTOMS, reason=TrackingReason.CUSTOMS_RELEASED))
    assert not Movement.objects.exists()


def test_a_delivery_that_a_ticket_tells_is_not_told_twice(
    shipment: Shipment, chat: Conversation, customer: Customer
) -> None:
    open_ticket(kind=Kind.DELAY, actor=Actor.scan(), now=NOON, customer=customer, shipment=shipment)
    record(scan(TrackingStatus.DELIVERED))
    tell(now=NOON)
    assert outcomes() == {"delivered": (NoticeState.DROPPED, "in_ticket")}


def test_without_a_way_to_reach_them_the_notice_says_so(shipment: Shipment, chat: Conversation) -> None:
    ChannelIdentity.objects.update(has_consent=False)
    record(scan(TrackingStatus.PICKED_UP))
    assert tell(now=NOON) == 0
    assert outcomes() == {"picked_up": (NoticeState.DROPPED, "unreachable")}


def test_a_template_switched_off_tells_nobody(shipment: Shipment, chat: Conversation) -> None:
    MessageTemplate.objects.get(key="notice_picked_up").texts.all().delete()
    record(scan(TrackingStatus.PICKED_UP))
    assert tell(now=NOON) == 0
    assert outcomes() == {"picked_up": (NoticeState.DROPPED, "not_written")}


def test_by_mail_a_parcel_has_one_thread(shipment: Shipment, customer: Customer) -> None:
    account = Connection.objects.create(
        provider="email", slug="mail", name="Mail", credentials={"address": "a@b.example"}
    )
    ChannelIdentity.objects.create(
        connection=account, external_id="anna@example.com", customer=customer, created_at=NOON
    )
    for minutes, status in enumerate((TrackingStatus.PICKED_UP, TrackingStatus.CUSTOMS)):
        now = NOON + timedelta(minutes=minutes)
        record(scan(status, at=now), now=now)
        tell(now=now)

    first, second = Message.objects.order_by("id")
    assert first.conversation == second.conversation
    assert first.subject == f"Ihr Paket {NUMBER} ist unterwegs"
    claim = claim_next(now=NOON)
    assert claim is not None
    outgoing = to_outgoing(claim.message)
    assert (outgoing.recipient, outgoing.subject, outgoing.ticket_reference) == ("anna@example.com", first.subject, "")


def test_the_channel_is_the_one_they_used_last(shipment: Shipment, chat: Conversation, customer: Customer) -> None:
    old = Connection.objects.create(provider="telegram", slug="old", name="Old bot")
    identity = ChannelIdentity.objects.create(
        connection=old, external_id="78", customer=customer, is_verified=True, created_at=NOON
    )
    before: dict[str, Any] = {"started_at": NOON - timedelta(days=9), "last_message_at": NOON - timedelta(days=9)}
    Conversation.objects.create(connection=old, identity=identity, thread="78", **before)
    record(scan(TrackingStatus.PICKED_UP))
    tell(now=NOON)
    assert Message.objects.get().conversation == chat
