"""A customer's message becomes a ticket, or part of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchQuery

from common.models import Connection
from knowledge_base.models import WordList
from logistics.models import Customer, Incident, Shipment
from tests.tickets.intake.conftest import NOW, Receive, mail
from tickets.choices import Audience, Direction, MessageStatus, Phase, Priority
from tickets.errors import CannotWrite
from tickets.models import (
    ChannelIdentity,
    Conversation,
    Message,
    Participant,
    Ticket,
    TicketEvent,
    TicketEventContent,
    TicketFacts,
)
from tickets.policies.actor import Actor
from tickets.services import conversations, words
from tickets.services.chain import verify_chain
from tickets.services.incidents import handle_incidents
from tickets.services.intake import correct_kind, open_by_hand, receive_message

pytestmark = pytest.mark.django_db


def test_first_mail_opens_a_ticket_of_the_guessed_kind(by_mail: Receive) -> None:
    received = by_mail(
        "Hello,\n\nmy parcel RR123456785CN is held at customs. What do you need?", subject="Re: Parcel held at customs"
    )

    ticket = Ticket.objects.get()
    assert received.outcome == "message"
    assert received.ticket == ticket
    assert (ticket.kind, ticket.state, ticket.phase) == ("clearance", "reported", Phase.NEW)
    assert ticket.summary == "Parcel held at customs"
    assert ticket.customer is not None
    assert (ticket.customer.name, ticket.customer.language) == ("María Pérez", "en")
    assert (ticket.language, ticket.channel, ticket.unanswered_since) == ("en", "email", NOW)
    assert "held at customs" in ticket.word_hits
    assert (ticket.last_message_at, ticket.last_message_direction) == (NOW, Direction.IN)
    message = Message.objects.get()
    assert (message.direction, message.status, message.audience) == (
        Direction.IN, MessageStatus.RECEIVED, Audience.CUSTOMER,
    )  # fmt: skip
    assert message.tracking_numbers == ["RR123456785CN"]
    assert Message.objects.filter(search=SearchQuery("customs", config="simple")).exists()
    assert [event.type for event in ticket.events.all()] == ["opened", "message_received"]
    assert TicketEventContent.objects.get().content == {"text": message.text}
    assert TicketFacts.objects.get().is_unanswered
    assert Participant.objects.get(ticket=ticket).identity == received.message.identity  # type: ignore[union-attr]
    assert verify_chain().broken is None


def test_language_and_kind_come_from_the_text_in_chinese(by_chat: Receive) -> None:
    received = by_chat("你好，我的包裹被海关扣了，请问怎么清关？")

    assert received.ticket is not None
    assert (received.ticket.kind, received.ticket.language) == ("clearance", "zh-Hans")
    assert received.ticket.summary.startswith("你好，我的包裹")


def test_answer_in_a_thread_joins_its_ticket(by_mail: Receive) -> None:
    first = by_mail("My parcel is held at customs.", external_id="first@mail.example")

    second = by_mail(
        "Here is the invoice.", thread_keys=("first@mail.example",), now=NOW + timedelta(days=3), subject="Re: hello"
    )

    assert second.ticket == first.ticket
    assert Conversation.objects.count() == 1
    assert TicketEvent.objects.filter(ticket=first.ticket).count() == 3
    assert Ticket.objects.get().unanswered_since == NOW


def test_the_same_customers_other_mail_days_later_is_another_ticket(by_mail: Receive) -> None:
    first = by_mail("My parcel is held at customs.")

    second = by_mail("My other order is delayed.", now=NOW + timedelta(days=1))

    assert second.ticket != first.ticket
    assert ChannelIdentity.objects.count() == Customer.objects.count() == 1


def test_burst_of_mails_makes_one_ticket_in_order(by_mail: Receive) -> None:
    for number in range(5):
        by_mail(f"part {number}", now=NOW + timedelta(seconds=number))

    assert Ticket.objects.count() == 1
    assert list(Message.objects.order_by("id").values_list("text", flat=True)) == [f"part {n}" for n in range(5)]


def test_burst_about_two_parcels_makes_two_tickets(by_mail: Receive) -> None:
    by_mail("Where is my parcel RR123456785CN?")
    by_mail("Where is my parcel LZ123456785US?", now=NOW + timedelta(minutes=1))

    assert Ticket.objects.count() == 2


def test_burst_of_chat_messages_makes_one_ticket(by_chat: Receive) -> None:
    tickets = {by_chat(text).ticket for text in ("hi", "my parcel is lost", "RR123456785CN")}

    assert len(tickets) == Conversation.objects.count() == Participant.objects.count() == 1


def test_duplicate_changes_nothing(by_mail: Receive) -> None:
    first = by_mail("My parcel is lost", external_id="once@mail.example")
    before = TicketEvent.objects.count()

    again = by_mail("My parcel is lost", external_id="once@mail.example", now=NOW + timedelta(hours=1))

    assert (again.outcome, again.message, again.ticket) == ("duplicate", first.message, first.ticket)
    assert (Message.objects.count(), TicketEvent.objects.count()) == (1, before)


def test_two_senders_with_one_message_id_are_two_messages(by_mail: Receive) -> None:
    by_mail("My parcel is lost", external_id="<broken>")
    other = by_mail("Mine is lost too", external_id="<broken>", sender_id="paul@example.com")
    again = by_mail("Mine is lost too", external_id="<broken>", sender_id="paul@example.com")

    assert (other.outcome, again.outcome) == ("message", "duplicate")
    assert Message.objects.count() == Ticket.objects.count() == 2


def test_message_naming_a_parcel_joins_the_ticket_its_scan_opened(by_mail: Receive) -> None:
    shipment = Shipment.objects.create(tracking_number="RR123456785CN", origin_country="CN", destination_country="ES")
    Incident.objects.create(
        type="customs_hold",
        shipment=shipment,
        subject="Held by customs",
        dedupe_key="1",
        happened_at=NOW,
        noticed_at=NOW,
    )
    handle_incidents(now=NOW)

    received = by_mail("¿Dónde está mi paquete RR123456785CN?")

    ticket = Ticket.objects.get()
    assert received.ticket == ticket
    assert ticket.customer == Customer.objects.get()
    assert ticket.unanswered_since == NOW
    assert [event.type for event in ticket.events.all()][-2:] == ["customer_known", "message_received"]


def test_another_customers_parcel_is_named_in_a_ticket_of_its_own(by_mail: Receive) -> None:
    shipment = Shipment.objects.create(
        tracking_number="RR123456785CN", customer=Customer.objects.create(name="Somebody else")
    )
    theirs = open_by_hand(
        kind="delay", customer_id=shipment.customer_id, shipment_id=shipment.pk, actor=Actor.system(), now=NOW
    )

    received = by_mail("Where is my parcel RR123456785CN? It is late.")

    assert received.ticket is not None
    assert received.ticket != theirs
    assert received.ticket.shipment is None
    assert received.ticket.tags == ["names-another-customers-parcel"]


def test_second_customer_naming_an_unclaimed_parcel_does_not_see_the_firsts_ticket(by_mail: Receive) -> None:
    Shipment.objects.create(tracking_number="RR123456785CN")
    first = by_mail("Where is my parcel RR123456785CN? It is late.")

    second = by_mail("Where is my parcel RR123456785CN? It is late.", sender_id="eve@example.com")

    assert first.ticket is not None
    assert second.ticket is not None
    assert first.ticket.shipment is not None
    assert second.ticket != first.ticket
    assert second.ticket.shipment is None


def test_parcel_named_later_is_linked_to_the_ticket(by_chat: Receive) -> None:
    shipment = Shipment.objects.create(tracking_number="RR123456785CN", destination_country="DE")
    first = by_chat("my parcel is late")

    by_chat("it is RR123456785CN")

    ticket = Ticket.objects.get()
    assert (ticket, ticket.shipment, ticket.destination) == (first.ticket, shipment, "DE")


def test_vip_is_high_and_safety_is_urgent(by_mail: Receive) -> None:
    first = by_mail("My parcel is late")
    Customer.objects.update(tier="vip")

    second = by_mail("My other parcel is late", now=NOW + timedelta(days=1))
    third = by_mail("I had an allergic reaction to the cream", now=NOW + timedelta(days=2))

    assert [received.ticket.priority for received in (first, second, third) if received.ticket] == [
        Priority.NORMAL, Priority.HIGH, Priority.URGENT,
    ]  # fmt: skip


def test_safety_words_in_an_open_ticket_make_it_urgent(by_chat: Receive) -> None:
    by_chat("my parcel is late")
    by_chat("and my son was injured by the broken box")

    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.priority, ticket.tags) == ("delay", Priority.URGENT, ["mentions-safety"])


def test_message_wakes_a_snoozed_ticket(by_chat: Receive) -> None:
    by_chat("my parcel is late")
    Ticket.objects.update(snoozed_until=NOW + timedelta(days=1))

    by_chat("any news?")

    assert Ticket.objects.get().snoozed_until is None


def test_mail_without_a_sender_is_kept_and_cannot_be_answered(by_mail: Receive, staff: Actor) -> None:
    received = by_mail("help", sender_id="", sender_name="")

    assert received.ticket is not None
    assert ChannelIdentity.objects.get().is_blocked
    with pytest.raises(CannotWrite):
        conversations.reply(ticket_id=received.ticket.pk, text="Hello", actor=staff, now=NOW)


def test_kind_is_corrected_in_one_call(by_mail: Receive, staff: Actor) -> None:
    received = by_mail("My parcel is held at customs, it is late.")
    assert received.ticket is not None

    corrected = correct_kind(ticket_id=received.ticket.pk, kind="delay", actor=staff, now=NOW + timedelta(minutes=1))

    assert corrected.kind == "delay"
    assert Message.objects.get().ticket == corrected


def test_ticket_opened_by_hand_has_its_first_note_masked(staff: Actor) -> None:
    customer = Customer.objects.create(name="María")

    ticket = open_by_hand(
        kind="payment", customer_id=customer.pk, text="Card 4111 1111 1111 1111 refused", actor=staff, now=NOW
    )

    note = Message.objects.get()
    assert (note.direction, note.ticket, note.masked) == (Direction.NOTE, ticket, ["card"])
    assert note.text == "Card **** **** **** 1111 refused"
    assert "4111" not in ticket.summary
    assert ticket.unanswered_since is None


def test_partners_answer_is_theirs_alone_and_comes_to_us(mailbox: Connection, by_mail: Receive) -> None:
    from logistics.models import Partner, PartnerContact
    from tickets.services.journal import changing

    partner = Partner.objects.create(kind="broker", name="Puerta Aduanas")
    PartnerContact.objects.create(partner=partner, name="Ana", email="Ana@puerta.example", is_primary=True)
    first = by_mail("My parcel is held at customs")
    assert first.ticket is not None
    with changing(first.ticket.pk, actor=Actor.system(), now=NOW) as change:
        change.ticket.unanswered_since = None
        asked = conversations.write_to_partner(change, partner=partner, text="What is missing?", subject="Papers")
    assert asked is not None
    Message.objects.filter(pk=asked.pk).update(external_id="ours-1@clearway.example", status="sent")

    answer = receive_message(
        connection=mailbox,
        message=mail("The invoice.", sender_id="ana@puerta.example", thread_keys=("ours-1@clearway.example",)),
        now=NOW + timedelta(hours=1),
    )

    assert answer.ticket == first.ticket
    assert answer.message is not None
    assert (answer.message.audience, answer.message.partner) == (Audience.PARTNER, partner)
    assert Ticket.objects.get().unanswered_since == NOW + timedelta(hours=1)
    assert TicketEvent.objects.order_by("-sequence").first().actor_name == "Puerta Aduanas"  # type: ignore[union-attr]


def test_angry_words_are_shown_to_rules_behind_one_word(by_mail: Receive) -> None:
    WordList.objects.create(purpose="anger", language="en", words=["unacceptable", "scam"])
    words.look_again()

    message = by_mail("This is UNACCEPTABLE, my parcel never arrived. A scam!").message

    assert message is not None
    assert message.word_hits == ["anger", "anger:unacceptable", "anger:scam", "never arrived"]
    assert message.ticket is not None
    assert message.ticket.word_hits[0] == "anger"


def test_a_calm_message_shows_no_anger(by_mail: Receive) -> None:
    WordList.objects.create(purpose="anger", language="en", words=["unacceptable"])
    words.look_again()
    message = by_mail("My parcel never arrived.").message
    assert message is not None
    assert "anger" not in message.word_hits
