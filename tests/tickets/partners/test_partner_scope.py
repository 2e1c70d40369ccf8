"""Which tickets, messages and files a partner sees: those they were addressed in, and nothing beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from common.models import Connection
from logistics.models import Carrier, Partner, PartnerContact
from tests.tickets.workflows import people
from tests.tickets.workflows.people import NOW
from tickets.choices import Via
from tickets.models import Attachment, Message, Participant, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage
from tickets.services import conversations, partner_scope
from tickets.services.intake import receive_message
from tickets.services.journal import changing
from tickets.services.relations import split_ticket
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def broker() -> Partner:
    return Partner.objects.create(kind="broker", name="Puerta")


@pytest.fixture
def other() -> Partner:
    return Partner.objects.create(kind="broker", name="Somebody else")


@pytest.fixture
def mailbox() -> Connection:
    return Connection.objects.create(
        provider="email", slug="support", name="Support", credentials={"address": "support@clearway.example"}
    )


def _sees(partner: Partner, ticket: Ticket) -> bool:
    return partner_scope.tickets_of(partner.pk).filter(pk=ticket.pk).exists()


def test_whoever_is_written_to_sees_the_ticket_also_without_an_address(broker: Partner, other: Partner) -> None:
    ticket = people.ticket("inquiry")

    with changing(ticket.pk, actor=Actor.system(), now=LATER) as change:
        assert conversations.write_to_partner(change, partner=broker, text="What is missing?") is None

    assert _sees(broker, ticket)
    assert not _sees(other, ticket)


def test_a_way_that_names_a_partner_lets_them_see_the_ticket(broker: Partner, other: Partner) -> None:
    ticket = people.ticket("clearance")
    alice = people.staff()
    take_way(ticket_id=ticket.pk, way="triage", actor=alice, now=NOW)
    assert not _sees(broker, ticket)

    take_way(ticket_id=ticket.pk, way="submit_to_broker", data={"broker": broker.pk}, actor=alice, now=LATER)

    assert _sees(broker, ticket)
    assert not _sees(other, ticket)


def test_the_carrier_of_the_parcel_sees_it_once_asked_and_not_before() -> None:
    speaks = Partner.objects.create(kind="carrier", name="Correos")
    parcel = people.shipment()
    Carrier.objects.update(partner=speaks)
    ticket = people.ticket("delay", shipment=parcel)
    assert not _sees(speaks, ticket)

    asked = {"question": "Where is it?", "answer_due": LATER.strftime("%Y-%m-%dT%H:%M")}
    take_way(ticket_id=ticket.pk, way="ask_carrier", data=asked, actor=people.staff(), now=NOW)

    assert _sees(speaks, ticket)


def test_a_partner_who_writes_to_us_sees_the_ticket_it_came_into(broker: Partner, mailbox: Connection) -> None:
    PartnerContact.objects.create(partner=broker, name="Ana", email="ana@puerta.example")
    first = people.ticket("inquiry")
    with changing(first.pk, actor=Actor.system(), now=NOW) as change:
        conversations.write_to_partner(change, partner=broker, text="What is missing?")
    Participant.objects.all().delete()

    received = receive_message(
        connection=mailbox,
        message=InboundMessage(
            external_id="a@puerta.example",
            sender_id="ana@puerta.example",
            sender_name="Ana",
            sent_at=NOW,
            text="The duty was paid twice.",
        ),
        now=LATER,
    )

    assert received.ticket is not None
    assert _sees(broker, received.ticket)


def test_messages_split_off_take_their_partner_along(broker: Partner, mailbox: Connection) -> None:
    PartnerContact.objects.create(partner=broker, name="Ana", email="ana@puerta.example")
    ticket = people.ticket("inquiry")
    with changing(ticket.pk, actor=Actor.system(), now=NOW) as change:
        asked = conversations.write_to_partner(change, partner=broker, text="What is missing?")
    assert asked is not None

    new = split_ticket(ticket_id=ticket.pk, message_ids=[asked.pk], kind="delay", actor=people.staff(), now=LATER)

    assert _sees(broker, new)
    assert list(partner_scope.messages_of(broker.pk).filter(ticket=new)) == [asked]


@dataclass
class Talk:
    """One ticket in which customer, two partners and we have spoken."""

    ticket: Ticket
    to_broker: Message
    file_of_broker: Attachment


@pytest.fixture
def talk(broker: Partner, other: Partner, mailbox: Connection) -> Talk:
    for partner in (broker, other):
        PartnerContact.objects.create(partner=partner, name="Desk", email=f"desk{partner.pk}@partner.example")
    alice = people.staff()
    ticket = people.ticket("clearance", customer=people.customer())
    take_way(ticket_id=ticket.pk, way="triage", actor=alice, now=NOW)
    with changing(ticket.pk, actor=alice, now=NOW) as change:
        to_broker = conversations.write_to_partner(change, partner=broker, text="To you")
        conversations.write_to_partner(change, partner=other, text="To them")
        conversations.add_note(change, text="Between us")
    asked = {"papers": ["commercial_invoice"], "asked_of": "broker", "due_at": LATER.strftime("%Y-%m-%dT%H:%M")}
    take_way(ticket_id=ticket.pk, way="request_documents", data=asked, actor=alice, now=NOW)
    take_way(
        ticket_id=ticket.pk,
        way="receive_documents",
        data={"papers": ["commercial_invoice"]},
        files={"files": [SimpleUploadedFile("invoice.pdf", b"%PDF-1 invoice", "application/pdf")]},
        actor=Actor.partner(broker.pk, broker.name, via=Via.API),
        now=LATER,
    )
    assert to_broker is not None
    return Talk(ticket, to_broker, Attachment.objects.get(name="invoice.pdf"))


def test_of_a_ticket_each_partner_sees_their_own_messages_and_files_alone(
    talk: Talk, broker: Partner, other: Partner
) -> None:
    Message.objects.create(
        ticket=talk.ticket,
        direction="in",
        audience="customer",
        status="received",
        text="I",
        sent_at=NOW,
        created_at=NOW,
    )
    Attachment.objects.create(
        ticket=talk.ticket, name="passport.jpg", content_type="image/jpeg", sha256="0" * 64, created_at=NOW
    )

    assert list(partner_scope.messages_of(broker.pk)) == [talk.to_broker]
    assert [message.text for message in partner_scope.messages_of(other.pk)] == ["To them"]
    assert list(partner_scope.attachments_of(broker.pk)) == [talk.file_of_broker]
    assert not partner_scope.attachments_of(other.pk).exists()
    assert partner_scope.partners_in(talk.ticket.pk) == [broker.pk, other.pk]


def test_of_ours_everybody_sees_what_the_desk_shows_them(broker: Partner) -> None:
    @dataclass
    class Asks:
        user: Any = None
        partner_id: int | None = None

    plain, safety = people.ticket("inquiry"), people.ticket("safety")
    reads, may_see = people.person("Rita", "view_ticket"), people.person("Sam", "view_ticket", "view_safety")

    assert list(partner_scope.visible_to(Asks(reads))) == [plain]
    assert set(partner_scope.visible_to(Asks(may_see))) == {plain, safety}
    assert not partner_scope.visible_to(Asks(people.person("Nobody"))).exists()
    assert not partner_scope.visible_to(Asks(reads, broker.pk)).exists()
    assert not partner_scope.visible_to(Asks()).exists()


def test_partners_of_before_are_let_in_once_by_what_is_known(talk: Talk, broker: Partner, other: Partner) -> None:
    Participant.objects.filter(partner__isnull=False).delete()
    assert not _sees(broker, talk.ticket)

    call_command("admit_partners")

    assert _sees(broker, talk.ticket)
    assert _sees(other, talk.ticket)
    assert partner_scope.admit_known() == 0


def test_a_partners_newest_tickets_are_read_along_their_index(broker: Partner) -> None:
    tickets = [people.ticket("inquiry") for _ in range(3)]
    for ticket in tickets:
        partner_scope.admit(ticket.pk, [broker.pk, broker.pk, None], now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_hashjoin = off")
    page = partner_scope.tickets_of(broker.pk).filter(**{f"{partner_scope.KEY}__lt": tickets[2].pk})
    page = page.order_by(f"-{partner_scope.KEY}")[:50]

    plan = page.explain()

    assert list(page) == [tickets[1], tickets[0]]
    assert str(page.query).count("JOIN") == 1
    assert "Index Scan Backward using participant_partner" in plan or (
        "Index Only Scan Backward using participant_partner" in plan
    )
    assert "ticket_id <" in plan.split("participant_partner", 1)[1].split("->")[0]
