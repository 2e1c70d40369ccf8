"""A partner's word by API or portal: it does what their mail does, and lies where their next one will."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from channels_integrations.services.delivery import deliver_due
from common.models import Connection
from logistics.models import Agreement, ApiKey, Partner, PartnerContact
from tests.tickets.workflows import people
from tests.tickets.workflows.people import NOW
from tickets.choices import Audience, EscalationEnd, MessageStatus, PageState, Via
from tickets.errors import AttachmentRefused, CannotWrite
from tickets.models import Attachment, Clock, Escalation, EscalationPolicy, Message, Page, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services import partner_desk, partner_scope
from tickets.services.conversations import write_to_partner
from tickets.services.journal import changing
from tickets.services.partner_answers import acknowledge, receive_answer
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def partner() -> Partner:
    partner = Partner.objects.create(kind="warehouse", name="Bremen Hub", language="en")
    Agreement.objects.create(partner=partner, channel="desk")
    return partner


@pytest.fixture
def asked(partner: Partner) -> Ticket:
    ticket = people.ticket("warehouse")
    data = {"warehouse": partner.pk, "question": "Where are the two missing boxes?"}
    return take_way(ticket_id=ticket.pk, way="ask_warehouse", data=data, actor=people.staff(), now=NOW)


def _called(ticket: Ticket, partner: Partner) -> Page:
    ladder = EscalationPolicy.objects.create(name="Partners")
    running = Escalation.objects.create(
        ticket=ticket, policy=ladder, partner=partner, reason="silent", started_at=NOW, next_at=LATER
    )
    return Page.objects.create(
        ticket=ticket, escalation=running, partner=partner, whom="partner_contact", reason="silent", created_at=NOW
    )


def test_answer_ends_the_calls_and_puts_the_ball_to_us(asked: Ticket, partner: Partner) -> None:
    call = _called(asked, partner)

    message = receive_answer(
        ticket_id=asked.pk, partner_id=partner.pk, text="Row 7. Card 4111 1111 1111 1111", via=Via.API, now=LATER
    )

    ticket, event = Ticket.objects.get(), TicketEvent.objects.get(type="message_received")
    assert (message.text, message.audience, message.partner_id) == (
        "Row 7. Card **** **** **** 1111", Audience.PARTNER, partner.pk,
    )  # fmt: skip
    assert (ticket.unanswered_since, ticket.last_message_preview) == (LATER, message.text)
    assert (event.actor_kind, event.actor_id, event.via) == ("partner", partner.pk, "api")
    assert Page.objects.get(pk=call.pk).state == PageState.ACKNOWLEDGED
    assert Escalation.objects.get().end == EscalationEnd.ANSWERED
    assert Clock.objects.filter(ticket=ticket, target="partner_answer", ended_at=None).count() in (0, 1)


def test_answers_and_our_words_stay_in_one_conversation_at_the_desk(asked: Ticket, partner: Partner) -> None:
    first = receive_answer(ticket_id=asked.pk, partner_id=partner.pk, text="One", via=Via.API, now=LATER)
    with changing(asked.pk, actor=Actor.system(), now=LATER) as change:
        ours = write_to_partner(change, partner=partner, text="Two?")
    second = receive_answer(ticket_id=asked.pk, partner_id=partner.pk, text="Three", via=Via.API, now=LATER)

    assert ours is not None
    conversations = {first.conversation_id, ours.conversation_id, second.conversation_id}
    assert len(conversations) == 1


def test_what_is_written_to_the_desk_is_sent_when_it_lies_there_and_read_when_fetched(
    asked: Ticket, partner: Partner
) -> None:
    message = Message.objects.get(partner=partner)
    assert (message.status, message.connection) == (MessageStatus.QUEUED, Connection.objects.get(slug="partner-desk"))

    assert deliver_due(seconds=5, clock=lambda: LATER) == 1
    message.refresh_from_db()
    assert (message.status, message.external_id) == (MessageStatus.SENT, f"desk-{message.key}")

    assert partner_desk.note_fetched(partner_scope.messages_of(partner.pk), now=LATER) == 1
    message.refresh_from_db()
    assert (message.status, message.read_at) == (MessageStatus.READ, LATER)
    assert partner_desk.note_fetched(partner_scope.messages_of(partner.pk), now=LATER) == 0


@pytest.mark.parametrize(
    ("channel", "address", "key", "goes_by"),
    [
        ("", "hub@partner.example", True, "email"),
        ("", "", True, "partner_desk"),
        ("", "", False, None),
        ("email", "", True, None),
        ("desk", "hub@partner.example", False, "partner_desk"),
    ],
)
def test_partners_are_written_to_as_agreed_else_by_mail_else_where_they_come(
    channel: str, address: str, key: bool, goes_by: str | None
) -> None:
    partner = Partner.objects.create(kind="broker", name="Puerta")
    Agreement.objects.create(partner=partner, channel=channel)
    PartnerContact.objects.create(partner=partner, name="Ana", email=address)
    Connection.objects.create(provider="email", slug="support", credentials={"address": "support@clearway.example"})
    if key:
        ApiKey.objects.create(partner=partner, name="k", prefix="p", hash=b"h", scopes=["read"], created_at=NOW)
    ticket = people.ticket("inquiry")

    with changing(ticket.pk, actor=Actor.system(), now=LATER) as change:
        message = write_to_partner(change, partner=partner, text="hello")

    assert (message.connection.provider if message and message.connection else None) == goes_by


def test_answer_into_an_ended_ticket_is_kept_and_wakes_nobody(asked: Ticket, partner: Partner) -> None:
    take_way(ticket_id=asked.pk, way="dismiss", data={"resolution": "false_alarm"}, actor=people.staff("Bo"), now=NOW)

    message = receive_answer(ticket_id=asked.pk, partner_id=partner.pk, text="Found", via=Via.API, now=LATER)

    ticket = Ticket.objects.get()
    assert (message.ticket_id, ticket.phase, ticket.unanswered_since) == (asked.pk, "resolved", None)


def test_files_come_with_the_message_and_are_the_partners(asked: Ticket, partner: Partner) -> None:
    photo = SimpleUploadedFile("shelf.png", b"\x89PNG\r\n\x1a\n shelf", "image/png")

    message = receive_answer(ticket_id=asked.pk, partner_id=partner.pk, text="", files=[photo], via=Via.API, now=LATER)

    file = Attachment.objects.get()
    assert (file.message, file.partner, file.ticket, file.name) == (message, partner, asked, "shelf.png")


@pytest.mark.parametrize(
    ("text", "files", "refusal"),
    [
        (" \n", [], CannotWrite),
        ("x" * 100_001, [], CannotWrite),
        ("see", [SimpleUploadedFile("run.exe", b"MZ\x90", "application/x-msdownload")], AttachmentRefused),
        ("see", [SimpleUploadedFile("page.html", b"<html><script>", "text/html")], AttachmentRefused),
    ],
)
def test_nothing_too_much_and_programs_are_refused_and_nothing_happens(
    asked: Ticket, partner: Partner, text: str, files: list[SimpleUploadedFile], refusal: type[Exception]
) -> None:
    before = TicketEvent.objects.count()

    with pytest.raises(refusal):
        receive_answer(ticket_id=asked.pk, partner_id=partner.pk, text=text, files=files, via=Via.API, now=LATER)

    assert (TicketEvent.objects.count(), Attachment.objects.count()) == (before, 0)


def test_a_partner_answers_and_acknowledges_only_what_is_theirs(asked: Ticket) -> None:
    other = Partner.objects.create(kind="warehouse", name="Elsewhere")
    before = TicketEvent.objects.count()

    with pytest.raises(Ticket.DoesNotExist):
        receive_answer(ticket_id=asked.pk, partner_id=other.pk, text="hello", via=Via.API, now=LATER)
    with pytest.raises(Ticket.DoesNotExist):
        acknowledge(ticket_id=asked.pk, partner_id=other.pk, via=Via.API, now=LATER)

    assert TicketEvent.objects.count() == before


def test_acknowledging_ends_the_calls_and_leaves_the_promise_running(asked: Ticket, partner: Partner) -> None:
    call = _called(asked, partner)
    running = Clock.objects.filter(ticket=asked, ended_at=None).count()

    acknowledge(ticket_id=asked.pk, partner_id=partner.pk, via=Via.API, now=LATER)

    assert Page.objects.get(pk=call.pk).state == PageState.ACKNOWLEDGED
    assert Escalation.objects.get().ended_at == LATER
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.unanswered_since) == ("asked", None)
    assert Clock.objects.filter(ticket=asked, ended_at=None).count() == running


def test_acknowledging_twice_says_it_once_until_we_write_again(asked: Ticket, partner: Partner) -> None:
    def said() -> int:
        acknowledge(ticket_id=asked.pk, partner_id=partner.pk, via=Via.API, now=LATER)
        return TicketEvent.objects.filter(type="acknowledged").count()

    assert (said(), said()) == (1, 1)
    with changing(asked.pk, actor=Actor.system(), now=LATER) as change:
        write_to_partner(change, partner=partner, text="And the third box?")

    assert (said(), said()) == (2, 2)
