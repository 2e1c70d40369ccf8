"""What we write: to whom, what of it is refused, what it does to the ticket; and how far it came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.errors import PermissionRefused
from common.models import Connection, User
from logistics.models import Customer, Partner, PartnerContact
from tests.tickets.intake.conftest import NOW, Receive
from tickets.choices import Audience, Direction, MessageStatus, Phase
from tickets.errors import AttachmentRefused, CannotWrite
from tickets.models import Attachment, ChannelIdentity, Conversation, Message, Participant, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundAttachment, InboundReceipt, ReceiptStatus
from tickets.services import conversations
from tickets.services.chain import verify_chain
from tickets.services.intake import open_by_hand, receive_receipt
from tickets.services.journal import changing
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def asked(by_mail: Receive) -> Ticket:
    received = by_mail("My parcel is held at customs", subject="Parcel", external_id="one@mail.example")
    assert received.ticket is not None
    return received.ticket


def test_reply_is_queued_in_the_thread_and_ends_unanswered(asked: Ticket, staff: Actor, alice: User) -> None:
    message = conversations.reply(ticket_id=asked.pk, text="We need the invoice.", actor=staff, now=LATER)

    ticket = Ticket.objects.get()
    assert (message.direction, message.status, message.author) == (Direction.OUT, MessageStatus.QUEUED, alice)
    assert message.subject == f"Re: Parcel [{ticket.reference}]"
    assert (message.reply_to_external_id, message.next_attempt_at) == ("one@mail.example", LATER)
    assert (ticket.unanswered_since, ticket.last_message_preview) == (None, "We need the invoice.")
    event = TicketEvent.objects.order_by("-sequence")[0]
    assert (event.type, event.data) == (
        "message_queued", {"message": message.pk, "audience": "customer", "channel": "email"},
    )  # fmt: skip
    assert event.content.content == {"text": "We need the invoice."}
    assert Participant.objects.filter(ticket=ticket, user=alice).count() == 1
    assert Message.objects.to_send(now=LATER).get() == message
    assert verify_chain().broken is None


def test_automatic_message_does_not_count_as_an_answer_unless_it_answers(asked: Ticket) -> None:
    with changing(asked.pk, actor=Actor.clock(), now=LATER) as change:
        conversations.write_to_customer(change, text="We have your message.")
    assert Ticket.objects.get().unanswered_since == NOW

    with changing(asked.pk, actor=Actor.clock(), now=LATER) as change:
        message = conversations.write_to_customer(change, text="It was released.", answers=True)
    assert Ticket.objects.get().unanswered_since is None
    assert message is not None
    assert message.is_automatic


@pytest.mark.parametrize(
    "text", ["Your card 4111 1111 1111 1111", "身份证号 11010519491231002X", "", "  \n", "x" * 100_001]
)
def test_what_must_not_leave_is_refused_and_nothing_happens(asked: Ticket, staff: Actor, text: str) -> None:
    before = TicketEvent.objects.count()

    with pytest.raises(CannotWrite):
        conversations.reply(ticket_id=asked.pk, text=text, actor=staff, now=LATER)

    assert (Message.objects.count(), TicketEvent.objects.count()) == (1, before)


def test_whoever_may_not_work_tickets_may_not_write(asked: Ticket) -> None:
    auditor = Actor.staff(User.objects.create_user("a@clearway.example", "x", full_name="Auditor", is_staff=True))

    for act in (conversations.reply, conversations.note):
        with pytest.raises(PermissionRefused):
            act(ticket_id=asked.pk, text="hello", actor=auditor, now=LATER)

    assert Message.objects.count() == 1


def test_note_is_internal_and_answers_nobody(asked: Ticket, staff: Actor) -> None:
    note = conversations.note(ticket_id=asked.pk, text="Card 4111 1111 1111 1111?", actor=staff, now=LATER)

    assert (note.audience, note.text) == (Audience.INTERNAL, "Card **** **** **** 1111?")
    ticket = Ticket.objects.get()
    assert (ticket.unanswered_since, ticket.last_message_direction) == (NOW, Direction.IN)


def test_blocked_and_unwilling_addresses_are_not_written_to(asked: Ticket, staff: Actor) -> None:
    for field in ({"is_blocked": True}, {"is_blocked": False, "has_consent": False}):
        ChannelIdentity.objects.update(**field)
        with pytest.raises(CannotWrite):
            conversations.reply(ticket_id=asked.pk, text="hello", actor=staff, now=LATER)
        with changing(asked.pk, actor=Actor.clock(), now=LATER) as change:
            assert conversations.write_to_customer(change, text="hello") is None

    assert Message.objects.count() == 1
    assert TicketEvent.objects.filter(type="customer_unreachable").count() == 2


def test_customer_is_reached_by_another_channel_they_have(asked: Ticket, bot: Connection, staff: Actor) -> None:
    ChannelIdentity.objects.update(is_blocked=True)
    other = ChannelIdentity.objects.create(connection=bot, external_id="99", customer=asked.customer, created_at=NOW)
    Conversation.objects.create(connection=bot, identity=other, thread="99", started_at=NOW, last_message_at=NOW)

    message = conversations.reply(ticket_id=asked.pk, text="hello", actor=staff, now=LATER)

    assert (message.identity, message.subject) == (other, "")
    assert Conversation.objects.get(identity=other).ticket == asked


def test_ticket_opened_by_hand_writes_a_new_mail(mailbox: Connection, staff: Actor) -> None:
    customer = Customer.objects.create(name="María", language="es")
    ChannelIdentity.objects.create(
        connection=mailbox, external_id="maria@example.com", customer=customer, created_at=NOW
    )
    ticket = open_by_hand(kind="delay", customer_id=customer.pk, summary="Tormenta", text="", actor=staff, now=NOW)

    first = conversations.reply(ticket_id=ticket.pk, text="Su paquete llega tarde.", actor=staff, now=LATER)
    Message.objects.filter(pk=first.pk).update(external_id="ours@clearway.example")
    second = conversations.reply(ticket_id=ticket.pk, text="Ya está en camino.", actor=staff, now=LATER)

    assert (first.subject, first.reply_to_external_id, first.language) == (f"Tormenta [{ticket.reference}]", "", "es")
    assert (second.subject, second.reply_to_external_id) == (f"Re: {first.subject}", "ours@clearway.example")
    assert second.conversation == first.conversation


def test_partner_is_written_to_in_a_conversation_of_their_own(asked: Ticket) -> None:
    partner = Partner.objects.create(kind="broker", name="Puerta")
    with changing(asked.pk, actor=Actor.system(), now=LATER) as change:
        assert conversations.write_to_partner(change, partner=partner, text="hello") is None
    PartnerContact.objects.create(partner=partner, name="Ana", email="Ana@Puerta.example")

    with changing(asked.pk, actor=Actor.system(), now=LATER) as change:
        first = conversations.write_to_partner(change, partner=partner, text="What is missing?", subject="Papers")
        second = conversations.write_to_partner(change, partner=partner, text="And the fee?")

    assert first is not None
    assert second is not None
    assert (first.audience, first.identity.external_id, first.subject) == (  # type: ignore[union-attr]
        Audience.PARTNER, "ana@puerta.example", f"Papers [{asked.reference}]",
    )  # fmt: skip
    assert second.conversation == first.conversation
    assert Ticket.objects.get().unanswered_since == NOW
    assert TicketEvent.objects.filter(type="partner_unreachable").count() == 1


def test_files_go_out_with_a_reply(asked: Ticket, staff: Actor, by_mail: Receive) -> None:
    by_mail(
        "file",
        attachments=(InboundAttachment("in.pdf", "application/pdf", b"%PDF-1 in"),),
        thread_keys=("one@mail.example",),
    )
    theirs = Attachment.objects.get()

    message = conversations.reply(
        ticket_id=asked.pk,
        text="",
        attachments=[SimpleUploadedFile("label.pdf", b"%PDF-1 label", "application/pdf"), theirs],
        actor=staff,
        now=LATER,
    )

    assert sorted(message.attachments.values_list("name", flat=True)) == ["in.pdf", "label.pdf"]
    assert theirs.message != message


def test_file_that_is_too_large_stops_the_reply(asked: Ticket, staff: Actor, settings: Any) -> None:
    settings.MAX_ATTACHMENT_BYTES = 1_024
    with pytest.raises(AttachmentRefused):
        conversations.reply(
            ticket_id=asked.pk,
            text="here",
            attachments=[SimpleUploadedFile("a.bin", b"x" * 2_000)],
            actor=staff,
            now=LATER,
        )

    assert (Message.objects.count(), Attachment.objects.count()) == (1, 0)


def receipt(message: Message, status: ReceiptStatus, **fields: Any) -> InboundReceipt:
    return InboundReceipt(external_id=message.external_id, status=status, at=LATER, **fields)


@pytest.fixture
def on_its_way(asked: Ticket, staff: Actor) -> Message:
    message = conversations.reply(ticket_id=asked.pk, text="hello", actor=staff, now=LATER)
    Message.objects.filter(pk=message.pk).update(status=MessageStatus.SENT, external_id="ours@clearway.example")
    message.refresh_from_db()
    return message


def test_receipts_only_move_forward(on_its_way: Message, mailbox: Connection) -> None:
    seen = []
    for status in (ReceiptStatus.READ, ReceiptStatus.DELIVERED, ReceiptStatus.SENT, ReceiptStatus.FAILED):
        noted = receive_receipt(connection=mailbox, receipt=receipt(on_its_way, status), now=LATER)
        assert noted is not None
        seen.append(noted.status)

    assert seen == [MessageStatus.READ] * 4
    assert not ChannelIdentity.objects.get().is_blocked


def test_bounce_makes_the_message_dead_blocks_the_address_and_comes_to_us(
    on_its_way: Message, mailbox: Connection
) -> None:
    for _ in range(2):
        receive_receipt(
            connection=mailbox,
            receipt=receipt(on_its_way, ReceiptStatus.FAILED, detail="550 no such user", recipient="maria@example.com"),
            now=LATER + timedelta(hours=1),
        )

    on_its_way.refresh_from_db()
    assert (on_its_way.status, on_its_way.failure) == (MessageStatus.DEAD, "550 no such user")
    assert ChannelIdentity.objects.get().is_blocked
    ticket = Ticket.objects.get()
    assert (ticket.unanswered_since, ticket.phase) == (LATER + timedelta(hours=1), Phase.NEW)
    assert TicketEvent.objects.filter(type="delivery_failed").count() == 1


def test_bounce_of_another_address_blocks_nobody_of_ours(on_its_way: Message, mailbox: Connection) -> None:
    receive_receipt(
        connection=mailbox,
        receipt=receipt(on_its_way, ReceiptStatus.FAILED, recipient="copy@example.com"),
        now=LATER,
    )

    assert not ChannelIdentity.objects.get().is_blocked


def test_receipt_for_what_we_never_sent_is_nothing(mailbox: Connection, on_its_way: Message) -> None:
    unknown = InboundReceipt(external_id="one@mail.example", status=ReceiptStatus.FAILED, at=LATER)

    assert receive_receipt(connection=mailbox, receipt=unknown, now=LATER) is None


@pytest.mark.parametrize("status", [MessageStatus.DEAD, MessageStatus.IN_DOUBT])
def test_what_was_given_up_is_sent_again_under_the_same_key(
    on_its_way: Message, staff: Actor, status: MessageStatus
) -> None:
    Message.objects.filter(pk=on_its_way.pk).update(status=status, attempts=7, failure="gone")

    again = conversations.resend(message_id=on_its_way.pk, actor=staff, now=LATER)

    assert (again.key, again.status, again.attempts, again.failure) == (on_its_way.key, MessageStatus.QUEUED, 0, "")
    with pytest.raises(CannotWrite):
        conversations.resend(message_id=on_its_way.pk, actor=staff, now=LATER)
    assert TicketEvent.objects.filter(type="message_resent").count() == 1


def test_no_answer_needed_takes_it_from_the_queue(asked: Ticket, staff: Actor) -> None:
    conversations.mark_answered(ticket_id=asked.pk, actor=staff, now=LATER)

    assert Ticket.objects.get().unanswered_since is None


def test_reply_to_a_partner_does_not_end_a_customers_wait(asked: Ticket, staff: Actor) -> None:
    partner = Partner.objects.create(kind="broker", name="Puerta")
    PartnerContact.objects.create(partner=partner, name="Ana", email="ana@puerta.example")
    with changing(asked.pk, actor=Actor.system(), now=LATER) as change:
        first = conversations.write_to_partner(change, partner=partner, text="hello")
    assert first is not None

    conversations.reply(ticket_id=asked.pk, text="more", actor=staff, now=LATER, conversation_id=first.conversation_id)

    assert Ticket.objects.get().unanswered_since == NOW


def test_closed_ticket_cannot_be_left_by_a_foreign_conversation(asked: Ticket, by_mail: Receive, staff: Actor) -> None:
    other = by_mail("hello", sender_id="paul@example.com")
    assert other.message is not None

    with pytest.raises(CannotWrite):
        conversations.reply(
            ticket_id=asked.pk, text="x", actor=staff, now=LATER, conversation_id=other.message.conversation_id
        )


def test_answer_to_a_resolved_ticket_is_possible(asked: Ticket, staff: Actor) -> None:
    take_way(ticket_id=asked.pk, way="dismiss", data={"resolution": "duplicate"}, actor=staff, now=LATER)

    message = conversations.reply(ticket_id=asked.pk, text="goodbye", actor=staff, now=LATER)

    assert message.status == MessageStatus.QUEUED
