"""A message comes where it belongs, and never into a stranger's ticket."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.models import Connection
from logistics.models import Customer, Shipment
from tests.tickets.intake.conftest import NOW, Receive, chat
from tickets.choices import LinkType, Phase
from tickets.models import ChannelIdentity, Conversation, Message, Ticket, TicketEvent, TicketLink
from tickets.policies.actor import Actor
from tickets.policies.inbound import AutomaticKind
from tickets.services import conversations
from tickets.services.intake import Received, receive_message
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def resolve(received: Received, staff: Actor) -> Ticket:
    assert received.ticket is not None
    return take_way(
        ticket_id=received.ticket.pk, way="dismiss", data={"resolution": "false_alarm"}, actor=staff, now=NOW + DAY
    )


def test_stranger_who_guesses_a_message_id_gets_a_ticket_of_their_own(by_mail: Receive) -> None:
    victim = by_mail("My parcel is lost", external_id="secret@mail.example")

    stranger = by_mail("What is new?", sender_id="eve@example.com", thread_keys=("secret@mail.example",))

    assert stranger.ticket != victim.ticket
    assert Message.objects.filter(ticket=victim.ticket).count() == 1
    assert ChannelIdentity.objects.get(external_id="eve@example.com").customer != victim.ticket.customer  # type: ignore[union-attr]


def test_stranger_who_names_a_reference_gets_a_ticket_of_their_own(by_mail: Receive) -> None:
    victim = by_mail("My parcel is held at customs")
    assert victim.ticket is not None

    stranger = by_mail("Tell me", sender_id="eve@example.com", subject=f"Re: [{victim.ticket.reference}]")

    assert stranger.ticket != victim.ticket


def test_customer_who_names_their_reference_in_a_new_mail_joins_their_ticket(by_mail: Receive) -> None:
    first = by_mail("My parcel is held at customs")
    assert first.ticket is not None

    later = by_mail("The invoice", subject=f"Papers [{first.ticket.reference}]", now=NOW + 5 * DAY)

    assert later.ticket == first.ticket


def test_reference_with_another_kinds_prefix_names_nothing(by_mail: Receive) -> None:
    first = by_mail("My parcel is held at customs")
    assert first.ticket is not None

    later = by_mail("The invoice", subject=f"Papers [DLY-{first.ticket.pk}]", now=NOW + 5 * DAY)

    assert later.ticket != first.ticket


def test_the_customers_other_address_joins_by_the_thread(by_mail: Receive, mailbox: Connection) -> None:
    first = by_mail("My parcel is lost", external_id="one@mail.example")
    assert first.ticket is not None
    ChannelIdentity.objects.create(
        connection=mailbox, external_id="maria@work.example", customer=first.ticket.customer, created_at=NOW
    )

    second = by_mail("From work", sender_id="maria@work.example", thread_keys=("one@mail.example",), now=NOW + DAY)

    assert second.ticket == first.ticket
    assert Conversation.objects.filter(ticket=first.ticket).count() == 2


def test_thread_of_another_connection_means_nothing(by_mail: Receive) -> None:
    first = by_mail("My parcel is lost", external_id="one@mail.example")
    other = Connection.objects.create(provider="email", slug="sales")

    from tests.tickets.intake.conftest import mail

    second = receive_message(connection=other, message=mail("hello", thread_keys=("one@mail.example",)), now=NOW + DAY)

    assert second.ticket != first.ticket


def test_reply_within_fourteen_days_reopens(by_chat: Receive, staff: Actor) -> None:
    first = by_chat("my parcel is late")
    resolve(first, staff)

    again = by_chat("it is still not here", now=NOW + 14 * DAY)

    ticket = Ticket.objects.get()
    assert again.ticket == ticket
    assert (ticket.phase, ticket.reopened_count, ticket.unanswered_since) == (Phase.ACTIVE, 1, NOW + 14 * DAY)


def test_reply_after_fourteen_days_opens_a_linked_ticket(by_chat: Receive, staff: Actor) -> None:
    first = by_chat("my parcel is late")
    resolve(first, staff)

    again = by_chat("it is still not here", now=NOW + 16 * DAY)
    and_more = by_chat("hello?", now=NOW + 16 * DAY)

    assert again.ticket is not None
    assert again.ticket != first.ticket
    assert again.ticket == and_more.ticket
    link = TicketLink.objects.get()
    assert (link.type, {link.from_ticket, link.to_ticket}) == (LinkType.FOLLOWS, {first.ticket, again.ticket})
    assert Conversation.objects.get().ticket == again.ticket


def test_thanks_stay_with_the_ended_ticket_and_reopen_nothing(by_chat: Receive, staff: Actor) -> None:
    first = by_chat("my parcel is late")
    resolve(first, staff)

    thanks = by_chat("Thank you very much!", now=NOW + 2 * DAY)

    ticket = Ticket.objects.get()
    assert thanks.ticket == ticket
    assert thanks.message is not None
    assert thanks.message.ticket == ticket
    assert (ticket.phase, ticket.unanswered_since, ticket.reopened_count) == (Phase.RESOLVED, None, 0)


def test_thanks_with_a_question_reopen(by_chat: Receive, staff: Actor) -> None:
    first = by_chat("my parcel is late")
    resolve(first, staff)

    by_chat("Thank you, but where is it?", now=NOW + 2 * DAY)

    assert Ticket.objects.get().phase == Phase.ACTIVE


def test_thanks_after_our_answer_leave_an_open_ticket_answered(by_chat: Receive, staff: Actor) -> None:
    first = by_chat("my parcel is late")
    assert first.ticket is not None
    conversations.reply(ticket_id=first.ticket.pk, text="It comes tomorrow.", actor=staff, now=NOW + DAY)

    by_chat("thank you", now=NOW + 2 * DAY)

    ticket = Ticket.objects.get()
    assert (ticket.unanswered_since, ticket.last_message_preview) == (None, "thank you")


def test_another_parcel_in_an_old_chat_is_a_new_matter(by_chat: Receive, staff: Actor) -> None:
    Shipment.objects.create(tracking_number="RR123456785CN")
    Shipment.objects.create(tracking_number="LZ123456785US")
    first = by_chat("RR123456785CN is late")
    resolve(first, staff)

    second = by_chat("LZ123456785US is late", now=NOW + 2 * DAY)

    assert second.ticket is not None
    assert second.ticket.shipment is not None
    assert (second.ticket.shipment.tracking_number, Ticket.objects.get(pk=first.ticket.pk).phase) == (  # type: ignore[union-attr]
        "LZ123456785US",
        Phase.RESOLVED,
    )


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (AutomaticKind.AUTO_REPLY, "auto_reply"),
        (AutomaticKind.BOUNCE, "bounce"),
        (AutomaticKind.LIST, "ignored"),
        (AutomaticKind.OWN, "ignored"),
    ],
)
def test_automatic_mail_opens_nothing(by_mail: Receive, kind: AutomaticKind, outcome: str) -> None:
    received = by_mail("I am on holiday until Monday", automatic=kind)

    assert (received.outcome, received.message, received.ticket) == (outcome, None, None)
    assert Ticket.objects.count() == Customer.objects.count() == Message.objects.count() == 0


def test_vacation_note_lies_in_the_thread_and_wakes_nobody(by_mail: Receive, staff: Actor) -> None:
    first = by_mail("My parcel is lost", external_id="one@mail.example")
    assert first.ticket is not None
    conversations.reply(ticket_id=first.ticket.pk, text="We look for it.", actor=staff, now=NOW + DAY)
    resolve(first, staff)

    note = by_mail(
        "I am on holiday", automatic=AutomaticKind.AUTO_REPLY, thread_keys=("one@mail.example",), now=NOW + 2 * DAY
    )

    ticket = Ticket.objects.get()
    assert note.outcome == "auto_reply"
    assert note.message is not None
    assert (note.message.ticket, note.message.is_automatic) == (ticket, True)
    assert (ticket.phase, ticket.unanswered_since, ticket.last_message_preview) == (
        Phase.RESOLVED, None, "We look for it.",
    )  # fmt: skip


def test_forged_bounce_cannot_come_into_a_strangers_ticket(by_mail: Receive) -> None:
    by_mail("My parcel is lost", external_id="one@mail.example")

    forged = by_mail(
        "undeliverable",
        automatic=AutomaticKind.BOUNCE,
        sender_id="mailer-daemon@evil.example",
        thread_keys=("one@mail.example",),
    )

    assert (forged.message, Message.objects.count()) == (None, 1)


def test_edit_replaces_the_text_and_keeps_the_words_before_in_the_history(by_chat: Receive) -> None:
    first = by_chat("my parcel is delayd", external_id="77:900")

    edited = by_chat(
        "my parcel is delayed, card 4111 1111 1111 1111", external_id="77:900", edits_external_id="77:900",
        now=NOW + timedelta(minutes=1),
    )  # fmt: skip
    again = by_chat(
        "my parcel is delayed, card 4111 1111 1111 1111", external_id="77:900", edits_external_id="77:900",
        now=NOW + timedelta(minutes=2),
    )  # fmt: skip

    message = Message.objects.get()
    assert (edited.outcome, again.outcome, message.pk) == ("message", "duplicate", first.message.pk)  # type: ignore[union-attr]
    assert message.text == "my parcel is delayed, card **** **** **** 1111"
    assert message.edited_at == NOW + timedelta(minutes=1)
    event = TicketEvent.objects.get(type="message_edited")
    assert event.content.content == {"before": "my parcel is delayd", "after": message.text}
    assert Ticket.objects.get().last_message_preview == message.text


def test_edit_by_somebody_else_changes_nothing(by_chat: Receive) -> None:
    by_chat("my parcel is delayed", external_id="77:900")

    forged = by_chat("give it to me", sender_id="66", external_id="66:1", edits_external_id="77:900")

    assert (forged.outcome, Message.objects.get().text) == ("ignored", "my parcel is delayed")


def test_edit_of_what_we_never_had_is_a_message(bot: Connection) -> None:
    received = receive_message(
        connection=bot, message=chat("late", external_id="77:5", edits_external_id="77:5"), now=NOW
    )

    assert (received.outcome, Message.objects.get().edited_at) == ("message", None)


def test_location_is_kept(by_chat: Receive) -> None:
    from tickets.policies.inbound import InboundLocation

    by_chat("", location=InboundLocation(48.137, 11.575, "Marienplatz\x00"))

    message = Message.objects.get()
    assert (message.latitude, message.longitude, message.place) == (48.137, 11.575, "Marienplatz")
