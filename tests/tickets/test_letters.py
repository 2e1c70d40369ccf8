"""Letters about a ticket: filled by what it knows, refused by name, and never half written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from common.models import Connection
from knowledge_base.errors import ValuesMissing
from knowledge_base.models import MessageTemplate, TemplateText
from knowledge_base.policies.placeholders import Money
from knowledge_base.services import templates
from logistics.models import Carrier, Customer, Partner, Shipment
from tickets.choices import Kind, Target
from tickets.models import (
    ChannelIdentity,
    Clock,
    Conversation,
    CustomerLink,
    Message,
    PromisePolicy,
    Ticket,
    TicketEvent,
)
from tickets.policies.actor import Actor
from tickets.services.journal import changing
from tickets.services.letters import letter, preview, send_letter
from tickets.services.linking import open_ticket

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    customer = Customer.objects.create(name="Wei", language="zh-Hant", time_zone="Asia/Taipei")
    parcel = Shipment.objects.create(
        tracking_number="LX738201945CN",
        customer=customer,
        carrier=Carrier.objects.create(code="dhl", name="DHL"),
        estimated_to=NOW + timedelta(days=4),
    )
    return open_ticket(kind=Kind.DELAY, actor=Actor.system("test"), now=NOW, customer=customer, shipment=parcel)


@pytest.fixture
def chat(ticket: Ticket) -> Conversation:
    bot = Connection.objects.create(provider="telegram", slug="bot", name="Bot")
    identity = ChannelIdentity.objects.create(
        connection=bot, external_id="77", customer=ticket.customer, created_at=NOW
    )
    return Conversation.objects.create(
        connection=bot, identity=identity, ticket=ticket, started_at=NOW, last_message_at=NOW
    )


def write_template(text: str, *, language: str = "en", audience: str = "customer") -> None:
    made = MessageTemplate.objects.create(key="ours", name="Ours", audience=audience, fallback_language=language)
    TemplateText.objects.create(template=made, language=language, text=text)


def test_the_customer_reads_their_language_day_and_zone(ticket: Ticket) -> None:
    at = NOW + timedelta(hours=5)
    rendered = letter(key="out_of_hours", ticket=ticket, values={"opens_at": at, "promise_at": at}, now=NOW)

    assert rendered.language == "zh-Hans"
    assert rendered.text.startswith("Wei，您好：")
    assert "2026年11月25日星期三, 01:00 (台北)" in rendered.text
    assert f"您的工单编号是 {ticket.reference}。" in rendered.text


def test_the_ticket_fills_what_it_knows(ticket: Ticket) -> None:
    write_template("{tracking_number} {carrier} {eta} {reference}[ {team}][ {agent_name}]")
    assert letter(key="ours", ticket=ticket).text == (
        f"LX738201945CN DHL Saturday, November 28, 2026 {ticket.reference}"
    )


def test_what_the_occasion_gives_wins(ticket: Ticket) -> None:
    write_template("{carrier} {amount}")
    values = {"carrier": "Correos", "amount": Money(Decimal("9.90"), "EUR")}
    assert letter(key="ours", ticket=ticket, values=values).text == "Correos €9.90"


def test_the_running_promise_says_when_they_hear_again_and_one_that_is_over_does_not(ticket: Ticket) -> None:
    write_template("[By {next_update_at}.] Bye.")
    Clock.objects.filter(ticket=ticket).delete()
    clock = Clock.objects.create(
        ticket=ticket,
        target=Target.NEXT_UPDATE,
        policy=PromisePolicy.objects.filter(target=Target.NEXT_UPDATE)[0],
        duration=timedelta(hours=24),
        started_at=NOW,
        due_at=NOW + timedelta(hours=24),
    )
    assert letter(key="ours", ticket=ticket, now=NOW).text.startswith("By Wednesday, November 25, 2026")
    assert letter(key="ours", ticket=ticket, now=clock.due_at).text == "Bye."


def test_a_link_is_made_only_for_a_letter_that_holds_one(ticket: Ticket) -> None:
    letter(key="update_due", ticket=ticket, now=NOW)
    assert not CustomerLink.objects.exists()
    write_template("See {link}")
    assert "/t/" in letter(key="ours", ticket=ticket, now=NOW).text
    assert CustomerLink.objects.filter(ticket=ticket).count() == 1


def test_a_partner_reads_theirs(ticket: Ticket) -> None:
    partner = Partner.objects.create(kind="broker", name="Meyer", language="de", time_zone="Europe/Berlin")
    partner.contacts.create(name="Jana", is_primary=True)
    due = NOW + timedelta(hours=2)
    rendered = letter(key="partner_reminder", ticket=ticket, partner=partner, values={"due_at": due}, now=NOW)
    assert rendered.text.startswith("Guten Tag Jana,")
    assert "Bitte antworten Sie bis Dienstag, 24. November 2026, 15:00 (Berlin)." in rendered.text
    assert "Wei" not in rendered.text


def test_what_is_not_known_is_refused_by_name(ticket: Ticket) -> None:
    with pytest.raises(ValuesMissing) as refused:
        letter(key="next_word", ticket=Ticket.objects.get(pk=ticket.pk), now=NOW + timedelta(days=90))
    assert refused.value.data["missing"] == ["next_update_at"]


def test_our_own_letter_that_cannot_be_filled_is_an_event_and_no_message(ticket: Ticket, chat: Conversation) -> None:
    late = NOW + timedelta(days=90)
    with changing(ticket.pk, actor=Actor.system("test"), now=late) as change:
        assert send_letter(change, key="next_word") is None

    event = TicketEvent.objects.get(ticket=ticket, type="letter_not_written")
    assert event.data == {"template": "next_word", "code": "values_missing", "missing": ["next_update_at"]}
    assert not Message.objects.filter(ticket=ticket).exists()


def test_our_own_letter_is_queued_in_their_chat(ticket: Ticket, chat: Conversation) -> None:
    with changing(ticket.pk, actor=Actor.system("test"), now=NOW) as change:
        message = send_letter(change, key="no_scan")
    assert message is not None
    assert (message.conversation, message.is_automatic) == (chat, True)
    assert message.text.startswith("Wei，您好：")


def test_a_preview_shows_examples_for_its_occasion_and_stores_nothing(ticket: Ticket) -> None:
    draft = templates.draft(language="en", subject="", text="{opens_at} {link} {carrier}[ {team}]", audience="customer")
    text = preview(template=draft, ticket=ticket, now=NOW).text
    assert text == "Tuesday, November 24, 2026, 10:30\u202fPM (Taipei) https://desk.example.com/t/… DHL"
    assert not CustomerLink.objects.exists()
