"""A lane that is held up: its tickets hear of it, its customers once each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from common.models import Connection
from logistics.choices import TrackingReason, TrackingStatus
from logistics.models import AdvisoryCause, Customer, LaneAdvisory, Shipment
from logistics.policies.tracking import NormalisedTrack
from logistics.services.tracking import record_track
from tickets.choices import Kind
from tickets.models import ChannelIdentity, Conversation, Message, Notice, NoticeState, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services import advisories, notices
from tickets.services.letters import letter
from tickets.services.linking import open_ticket

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def bot() -> Connection:
    return Connection.objects.create(provider="telegram", slug="bot", name="Bot")


@pytest.fixture
def storm() -> LaneAdvisory:
    return LaneAdvisory.objects.create(
        origin_country="CN",
        destination_country="DE",
        cause=AdvisoryCause.WEATHER,
        starts_at=BEFORE,
        ends_at=NOW + timedelta(days=4),
    )


def somebody(bot: Connection, name: str, **fields: Any) -> Customer:
    customer = Customer.objects.create(**{"name": name, "language": "de", "time_zone": "Europe/Berlin", **fields})
    identity = ChannelIdentity.objects.create(connection=bot, external_id=name, customer=customer, created_at=BEFORE)
    Conversation.objects.create(
        connection=bot, identity=identity, thread=name, started_at=BEFORE, last_message_at=BEFORE
    )
    return customer


def parcel(number: str, customer: Customer | None, **fields: Any) -> Shipment:
    values = {
        "origin_country": "CN",
        "destination_country": "DE",
        "status": TrackingStatus.IN_TRANSIT,
        "last_event_at": BEFORE,
        "created_at": BEFORE,
        **fields,
    }
    return Shipment.objects.create(tracking_number=number, customer=customer, **values)


def ticket(customer: Customer | None, **fields: Any) -> Ticket:
    values = {"kind": Kind.DELAY, "origin": "CN", "destination": "DE", **fields}
    return open_ticket(actor=Actor.system("test"), now=BEFORE, customer=customer, **values)


def tell(now: datetime = NOW) -> int:
    advisories.tell_lanes(now=now)
    return notices.tell_due(now=now)


def heard(one: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=one, type__startswith="advisory").values_list("type", flat=True))


def test_who_has_parcels_under_way_there_is_told_once(bot: Connection, storm: LaneAdvisory) -> None:
    anna = somebody(bot, "Anna")
    parcel("LX1", anna)
    parcel("LX2", anna)
    parcel("LX3", somebody(bot, "Bo", language="en"))

    assert tell() == 2
    assert tell() == 0
    assert tell(NOW + timedelta(hours=1)) == 0
    texts = dict(Message.objects.values_list("identity__external_id", "text"))
    assert "Ihr Paket LX1 nimmt (China → Deutschland)" in texts["Anna"]
    assert "Die Ursache: schlechtes Wetter. Wir rechnen damit bis Samstag, 28. November 2026." in texts["Anna"]
    assert "your parcel LX3 takes (China → Germany)" in texts["Bo"]
    assert not advisories.work_to_do(now=NOW + timedelta(hours=1))


def test_other_lanes_and_parcels_that_are_there_hear_nothing(bot: Connection, storm: LaneAdvisory) -> None:
    anna = somebody(bot, "Anna")
    parcel("LX1", anna, destination_country="FR")
    parcel("LX2", anna, status=TrackingStatus.DELIVERED)
    parcel("LX3", anna, status=TrackingStatus.OUT_FOR_DELIVERY)
    parcel("LX4", anna, last_event_at=NOW - timedelta(days=90))
    parcel("LX5", None)
    assert tell() == 0


def test_a_lane_without_origin_is_everything_that_goes_there(bot: Connection, storm: LaneAdvisory) -> None:
    LaneAdvisory.objects.update(origin_country="")
    parcel("LX1", somebody(bot, "Anna"), origin_country="US")
    assert tell() == 1


def test_what_is_sent_while_it_lasts_is_told_too(bot: Connection, storm: LaneAdvisory) -> None:
    tell()
    later = NOW + timedelta(days=1)
    parcel("LX9", somebody(bot, "Anna"), created_at=later, last_event_at=later)
    assert not advisories.work_to_do(now=later)
    assert tell(later + timedelta(minutes=2)) == 1
    parcel("LX10", somebody(bot, "Bo"), created_at=later, last_event_at=later)
    assert tell(storm.ends_at) == 0


def test_a_parcel_whose_lane_becomes_known_while_it_lasts_is_told_too(bot: Connection, storm: LaneAdvisory) -> None:
    late = parcel("LX1", somebody(bot, "Anna"), origin_country="")
    parcel("LX2", somebody(bot, "Bo"))
    assert tell() == 1
    later = NOW + timedelta(hours=1)

    with time_machine.travel(later, tick=False):
        track = NormalisedTrack(
            tracking_number="LX1",
            carrier_code="",
            status=TrackingStatus.UNKNOWN,
            reason=TrackingReason.NONE,
            origin_country="CN",
        )
        record_track(source="test", track=track, now=later)
        record_track(source="test", track=track, now=later)

    assert tell(later) == 1
    assert set(Notice.objects.values_list("shipment", "state")) >= {(late.pk, NoticeState.QUEUED)}
    assert tell(later) == 0


def test_by_night_they_hear_in_the_morning_unless_it_was_withdrawn(bot: Connection, storm: LaneAdvisory) -> None:
    parcel("LX1", somebody(bot, "Anna"))
    night = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert tell(night) == 0
    LaneAdvisory.objects.update(withdrawn_at=night)
    assert tell(datetime(2026, 11, 25, 7, 0, tzinfo=UTC)) == 0
    assert Notice.objects.get().reason == "ended"


def test_open_tickets_hear_of_it_and_each_customer_in_one_of_them(bot: Connection, storm: LaneAdvisory) -> None:
    anna = somebody(bot, "Anna")
    first, second, nobodys = ticket(anna), ticket(anna, kind=Kind.CLEARANCE), ticket(None)
    elsewhere = ticket(anna, destination="US")
    parcel("LX1", anna)

    assert tell() == 0
    assert (heard(first), heard(second), heard(nobodys), heard(elsewhere)) == (
        ["advisory"],
        ["advisory_known"],
        ["advisory"],
        [],
    )
    assert TicketEvent.objects.get(ticket=first, type="advisory").data["cause"] == "weather"
    assert (Notice.objects.get().state, Notice.objects.get().reason) == (NoticeState.DROPPED, "in_ticket")
    tell()
    assert heard(first) == ["advisory"]


def test_an_advisory_for_staff_alone_writes_to_nobody(bot: Connection, storm: LaneAdvisory) -> None:
    LaneAdvisory.objects.update(tells_customers=False)
    anna = somebody(bot, "Anna")
    parcel("LX1", anna)
    one = ticket(anna)
    assert tell() == 0
    assert heard(one) == ["advisory_known"]
    assert not Notice.objects.exists()
    assert not advisories.work_to_do(now=NOW)


def test_many_are_told_in_batches(bot: Connection, storm: LaneAdvisory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advisories, "BATCH", 2)
    for number in range(5):
        parcel(f"LX{number}", somebody(bot, f"c{number}"))
    assert advisories.tell_lanes(now=NOW, limit=2) == 2
    assert advisories.tell_lanes(now=NOW) == 3
    assert notices.tell_due(now=NOW) == 5


def test_a_letter_of_a_ticket_knows_what_holds_its_lane_up(bot: Connection, storm: LaneAdvisory) -> None:
    rendered = letter(key="storm_on_lane", ticket=ticket(somebody(bot, "Anna")), now=NOW)
    assert "Die Ursache: schlechtes Wetter. Wir rechnen damit bis Samstag, 28. November 2026." in rendered.text
