"""A customer who writes without a number, after a scan had opened their ticket: into it when nothing speaks against."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.models import Connection
from logistics.models import Customer, Incident, Partner, Shipment
from tests.tickets.intake.conftest import NOW, Receive
from tickets.choices import Kind
from tickets.models import ChannelIdentity, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services.incidents import handle_incidents
from tickets.services.linking import open_ticket
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOW + DAY


@pytest.fixture
def maria(mailbox: Connection, bot: Connection) -> Customer:
    """A customer whom the mailbox and the bot know."""
    customer = Customer.objects.create(name="María Pérez", language="es")
    for connection, address in ((mailbox, "maria@example.com"), (bot, "77")):
        ChannelIdentity.objects.create(
            connection=connection, external_id=address, customer=customer, created_at=NOW - 30 * DAY
        )
    return customer


def scan(customer: Customer | None, type_: str = "customs_hold", number: str = "RB123456785CN") -> Ticket:
    """The ticket that a scan of the customer's parcel opened."""
    parcel = Shipment.objects.create(tracking_number=number, customer=customer)
    Incident.objects.create(
        type=type_,
        shipment=parcel,
        subject="Documents required",
        dedupe_key=number,
        happened_at=NOW,
        noticed_at=NOW,
    )
    handle_incidents(now=NOW)
    return Ticket.objects.get(shipment=parcel)


@pytest.mark.parametrize("text", ["What is happening with my parcel?", "Why do customs keep it?", "¿Hay novedades?"])
def test_mail_of_the_same_kind_or_of_none_joins_the_only_open_ticket(
    by_mail: Receive, maria: Customer, text: str
) -> None:
    noticed = scan(maria)

    received = by_mail(text, now=LATER)

    assert received.ticket == noticed
    assert (Ticket.objects.count(), Ticket.objects.get().unanswered_since) == (1, LATER)
    assert TicketEvent.objects.filter(ticket=noticed, type="message_received").count() == 1


def test_chat_joins_too_and_goes_on_there(by_chat: Receive, maria: Customer) -> None:
    noticed = scan(maria)

    first = by_chat("hello, any news?", now=LATER)
    second = by_chat("my lawyer says hello", now=LATER + DAY)

    assert first.ticket == second.ticket == noticed


def test_second_new_mail_days_later_joins_again(by_mail: Receive, maria: Customer) -> None:
    noticed = scan(maria)
    by_mail("Any news?", now=LATER)

    assert by_mail("Still no news?", now=LATER + 5 * DAY).ticket == noticed


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("My parcel is lost", {}),
        ("I was injured by the box", {}),
        ("Where is LX123456785CN?", {}),
        ("Any news?", {"subject": "[CLR-999999] my parcel"}),
    ],
)
def test_other_kind_other_number_or_other_reference_opens_a_ticket_of_its_own(
    by_mail: Receive, maria: Customer, text: str, fields: dict[str, str]
) -> None:
    noticed = scan(maria)

    received = by_mail(text, now=LATER, **fields)

    assert received.ticket not in (None, noticed)
    assert not TicketEvent.objects.filter(ticket=noticed, type="message_received").exists()


def test_second_open_ticket_makes_it_unclear(by_mail: Receive, maria: Customer) -> None:
    noticed, other = scan(maria), scan(maria, number="LX123456785CN")

    assert by_mail("Any news?", now=LATER).ticket not in (None, noticed, other)


def test_ticket_that_no_scan_opened_is_not_joined(by_mail: Receive, maria: Customer) -> None:
    by_hand = open_ticket(kind=Kind.CLEARANCE, customer=maria, actor=Actor.system(), now=NOW)

    assert by_mail("Any news?", now=LATER).ticket not in (None, by_hand)


def test_ended_ticket_is_not_joined(by_mail: Receive, maria: Customer, staff: Actor) -> None:
    noticed = scan(maria)
    take_way(ticket_id=noticed.pk, way="dismiss", data={"resolution": "false_alarm"}, actor=staff, now=NOW)

    assert by_mail("Any news?", now=LATER).ticket not in (None, noticed)


def test_strangers_partners_and_tickets_of_nobody_are_not_joined(
    by_mail: Receive, maria: Customer, mailbox: Connection
) -> None:
    scan(maria)
    nobodys = scan(None, number="LX123456785CN")
    broker = Partner.objects.create(name="Broker", kind="broker")
    ChannelIdentity.objects.create(connection=mailbox, external_id="b@broker.example", partner=broker, created_at=NOW)

    for sender in ("eve@example.com", "b@broker.example"):
        received = by_mail("Any news?", sender_id=sender, now=LATER)
        assert received.ticket is not None
        assert received.ticket != nobodys
        assert received.ticket.customer != maria


def test_answer_to_an_ended_matter_reopens_that_one(by_mail: Receive, maria: Customer, staff: Actor) -> None:
    first = by_mail("What do you charge?", external_id="first@mail.example")
    assert first.ticket is not None
    take_way(ticket_id=first.ticket.pk, way="dismiss", data={"resolution": "false_alarm"}, actor=staff, now=NOW)
    scan(maria)

    again = by_mail("And for two?", thread_keys=("first@mail.example",), now=LATER)

    assert again.ticket == first.ticket
