"""The longest real path of each kind of exception, with what customers and partners get to read on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.errors import InvalidInput
from common.models import Connection
from logistics.choices import PartnerKind
from logistics.models import Partner, PartnerContact
from tests.tickets.workflows import people
from tests.tickets.workflows.history import assert_history_is_whole
from tickets.choices import Audience, MessageStatus, Via
from tickets.errors import CannotWrite, TransitionRefused
from tickets.models import ChannelIdentity, Conversation, CustomerLink, Message, Ticket, TicketLink
from tickets.policies.actor import Actor
from tickets.services.conversations import reply
from tickets.services.drafts import suggested_reply
from tickets.services.effects import wording
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Case:
    """A ticket of a customer who writes by e-mail, worked by one person, an hour a step."""

    def __init__(self, kind: str, **customer: Any) -> None:
        self.now: datetime = people.NOW
        self.desk = people.staff()
        self.customer = people.customer(**customer)
        self.parcel = people.shipment(customer=self.customer)
        self.mailbox = Connection.objects.create(provider="email", slug="desk", name="Desk")
        identity = ChannelIdentity.objects.create(
            connection=self.mailbox, external_id="marta@example.com", customer=self.customer, created_at=self.now
        )
        self.ticket = people.ticket(kind, customer=self.customer, shipment=self.parcel)
        Conversation.objects.create(
            connection=self.mailbox,
            identity=identity,
            thread="first@example.com",
            ticket=self.ticket,
            subject="Mi paquete",
            started_at=self.now,
            last_message_at=self.now,
        )

    def take(self, way: str, data: dict[str, Any] | None = None, *, by: Actor | None = None, **files: Any) -> Ticket:
        self.now += timedelta(hours=1)
        self.ticket = take_way(
            ticket_id=self.ticket.pk, way=way, data=data, files=files, actor=by or self.desk, now=self.now
        )
        return self.ticket

    def by_link(self) -> Actor:
        return Actor.customer(self.customer.pk, via=Via.LINK)

    def written(self, audience: str = Audience.CUSTOMER) -> list[Message]:
        return list(Message.objects.filter(ticket=self.ticket, audience=audience).order_by("id"))

    def last(self, audience: str = Audience.CUSTOMER) -> str:
        return self.written(audience)[-1].text


def partner(kind: str, name: str, **fields: Any) -> Partner:
    one = Partner.objects.create(kind=kind, name=name, **fields)
    PartnerContact.objects.create(partner=one, name="Desk", email=f"desk@{kind}.example", is_primary=True)
    return one


def upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def test_clearance_with_papers_in_parts_duties_inspection_and_release() -> None:
    case = Case("clearance")
    broker = partner(PartnerKind.BROKER, "Aduanas SL")
    case.take("triage")

    case.take(
        "request_documents",
        {"papers": ["commercial_invoice", "identity"], "asked_of": "customer", "due_at": "2026-11-27T12:00"},
    )
    assert (case.ticket.state, case.ticket.waiting_on) == ("documents_requested", "customer")
    assert "• Factura comercial\n• Documento de identidad" in case.last()
    assert "viernes, 27 de noviembre de 2026, 13:00 (Madrid)" in case.last()
    assert re.search(r"/t/[\w-]{43}/", case.last())
    assert CustomerLink.objects.get(ticket=case.ticket).purpose == "documents"

    case.take("receive_documents", {"papers": ["identity"]}, by=case.by_link(), files=[upload("dni.pdf")])
    assert case.ticket.state == "documents_requested"
    assert list(case.ticket.papers.values_list("type", "state")) == [
        ("commercial_invoice", "missing"),
        ("identity", "received"),
    ]
    assert case.ticket.papers.get(type="identity").attachments.get().name == "dni.pdf"

    case.take("receive_documents", {"papers": ["commercial_invoice"]}, by=case.by_link(), files=[upload("factura.pdf")])
    assert (case.ticket.state, case.ticket.waiting_on) == ("documents_received", "us")

    case.take(
        "request_documents",
        {
            "papers": ["commercial_invoice"],
            "asked_of": "customer",
            "due_at": "2026-11-28T12:00",
            "message": "Ilegible.",
        },
    )
    assert case.ticket.papers.count() == 2
    assert "Ilegible" in case.last()
    case.take("receive_documents", {"papers": ["commercial_invoice"]}, files=[upload("factura-2.pdf")])

    case.take("submit_to_broker", {"broker": str(broker.pk), "message": "Please hurry."})
    assert (case.ticket.state, case.ticket.waiting_on) == ("with_broker", "broker")
    (to_broker,) = case.written(Audience.PARTNER)
    assert "RB123456785CN" in to_broker.text
    assert sorted(file.name for file in to_broker.attachments.all()) == ["dni.pdf", "factura-2.pdf", "factura.pdf"]

    case.take("start_inspection", by=Actor.scan("17track"))
    case.take("assess_duties", {"duties_duty": "12.50", "duties_vat": "21", "duties_currency": "EUR", "terms": "DAP"})
    case.take("request_duties", {"payment_link": "https://pay.example/1", "last_day": "2026-12-01"})
    assert (case.ticket.state, case.ticket.waiting_on) == ("duties_requested", "customer")
    assert "Arancel: 12,50\xa0€" in case.last()
    assert "Total: 33,50\xa0€" in case.last()

    case.take("confirm_payment", {"receipt": "R-77", "paid": "33.50", "paid_currency": "EUR"})
    case.take("release", by=Actor.scan("17track"))
    assert (case.ticket.state, case.ticket.phase, case.ticket.resolution) == ("released", "resolved", "solved")
    assert "la aduana ha liberado su paquete RB123456785CN" in case.last()
    assert {message.status for message in case.written()} == {MessageStatus.QUEUED}
    assert all(message.is_automatic for message in case.written() if "Ilegible" not in message.text)
    assert_history_is_whole(case.ticket.pk)


def test_duties_assessed_again_stand_in_place_of_the_former_and_ddp_asks_finance() -> None:
    case = Case("clearance")
    broker = partner(PartnerKind.BROKER, "Aduanas SL")
    case.take("triage")
    case.take("assess_duties", {"duties_duty": "12.50", "duties_currency": "EUR", "terms": "DAP"})
    case.take("submit_to_broker", {"broker": str(broker.pk)})

    case.take("assess_duties", {"duties_vat": "21", "duties_currency": "EUR", "terms": "DDP"})
    before = len(case.written())
    case.take("request_duties", {"last_day": "2026-12-01"})

    assert list(case.ticket.duties.values_list("type", "amount")) == [("vat", Decimal(21))]
    assert case.ticket.waiting_on == "finance"
    assert len(case.written()) == before


def test_delay_is_told_once_a_channel_took_the_date_and_is_then_declared_lost() -> None:
    case = Case("delay")
    correos = partner(PartnerKind.CARRIER, "Correos, exceptions desk")
    assert case.parcel.carrier is not None
    case.parcel.carrier.partner = correos
    case.parcel.carrier.save()
    case.take("ask_carrier", {"question": "Where is it?", "answer_due": "2026-11-26T12:00"})
    assert "Where is it?" in case.last(Audience.PARTNER)
    case.take("carrier_answers", {"answer": "Storm."}, by=Actor.partner(correos.pk, correos.name, via=Via.API))
    case.take("revise_date", {"new_from": "2026-11-30", "new_to": "2026-12-02", "cause": "weather"})

    with pytest.raises(TransitionRefused, match="no message names the new date"):
        case.take("inform_customer")

    wrong = reply(ticket_id=case.ticket.pk, text="Llega el 1 de diciembre.", actor=case.desk, now=case.now)
    Message.objects.filter(pk=wrong.pk).update(status=MessageStatus.SENT)
    with pytest.raises(TransitionRefused, match="no message names the new date"):
        case.take("inform_customer")

    told = reply(ticket_id=case.ticket.pk, text=wording.new_date(case.ticket).text, actor=case.desk, now=case.now)
    with pytest.raises(TransitionRefused, match="still on its way"):
        case.take("inform_customer")
    Message.objects.filter(pk=told.pk).update(status=MessageStatus.DEAD)
    with pytest.raises(TransitionRefused, match="could not be delivered"):
        case.take("inform_customer")
    Message.objects.filter(pk=told.pk).update(status=MessageStatus.DELIVERED)
    case.take("inform_customer")
    assert (case.ticket.state, case.ticket.waiting_on) == ("informed", "carrier")
    assert case.ticket.delay_detail.informed_at == case.now

    case.take("revise_date", {"new_from": "2026-12-04", "cause": "customs_queue"})
    with pytest.raises(TransitionRefused):
        case.take("inform_customer")
    again = reply(ticket_id=case.ticket.pk, text="Llega el 4 de diciembre.", actor=case.desk, now=case.now)
    Message.objects.filter(pk=again.pk).update(status=MessageStatus.SENT)
    case.take("inform_customer")

    case.take("declare_lost", {"grounds": "No scan for two weeks."})
    loss = Ticket.objects.get(kind="loss")
    assert (case.ticket.state, case.ticket.phase) == ("declared_lost", "resolved")
    assert (loss.shipment, loss.customer, loss.state) == (case.parcel, case.customer, "reported")
    assert TicketLink.objects.get().type == "opened_by"
    assert loss.reference in case.last()
    assert_history_is_whole(case.ticket.pk)
    assert_history_is_whole(loss.pk)


def test_loss_with_evidence_settled_and_then_found() -> None:
    case = Case("loss", language="de", time_zone="Europe/Berlin")
    case.take("open_trace", {"reference": "T-1", "due": "2026-11-30T12:00"})
    (by_hand,) = case.written(Audience.INTERNAL)
    assert "To be told by hand to: Correos" in by_hand.text

    case.take("request_evidence", {"papers": ["photos", "purchase_invoice"], "due_at": "2026-12-01T12:00"})
    assert "• Fotos der Ware" in case.last()
    assert CustomerLink.objects.get(ticket=case.ticket).purpose == "evidence"

    with pytest.raises(InvalidInput):
        case.take("receive_evidence", by=case.by_link())
    case.take(
        "receive_evidence",
        {"papers": ["photos", "purchase_invoice"]},
        by=case.by_link(),
        files=[upload("foto.pdf"), upload("beleg.pdf")],
    )
    filed = {paper.type: [file.name for file in paper.attachments.all()] for paper in case.ticket.papers.all()}
    assert filed == {"photos": ["foto.pdf"], "purchase_invoice": ["beleg.pdf"]}

    case.take("confirm", {"what": "lost", "grounds": "Trace ended.", "value": "80", "value_currency": "EUR"})
    with pytest.raises(InvalidInput):
        case.take("settle", {"how": "refund"})
    case.take("settle", {"how": "refund", "amount": "80", "amount_currency": "EUR"})
    assert (case.ticket.state, case.ticket.phase) == ("settled", "resolved")
    assert "erstatten wir 80,00\xa0€" in case.last()

    with pytest.raises(InvalidInput) as refusal:
        case.take("find", {"where": "Depot Leipzig"})
    assert set(refusal.value.data) == {"recover"}
    case.take("find", {"where": "Depot Leipzig", "recover": "80 EUR or the parcel"})
    assert (case.ticket.state, case.ticket.phase, case.ticket.resolved_at) == ("found", "active", None)

    case.take("deliver", by=Actor.scan("17track"))
    assert (case.ticket.state, case.ticket.resolution) == ("delivered", "solved")
    assert_history_is_whole(case.ticket.pk)


def test_failed_delivery_with_two_redeliveries_that_fail_too_and_a_pickup() -> None:
    case = Case("failed_delivery", language="ja", time_zone="Asia/Tokyo", name="佐藤")
    case.take("request_instructions", {"problem": "absent"})
    assert "ご不在" in case.last()
    with pytest.raises(InvalidInput):
        case.take("receive_instructions", {"instruction": "new_address"}, by=case.by_link())
    case.take("receive_instructions", {"instruction": "redeliver", "wished_date": "2026-11-26"}, by=case.by_link())

    case.take("book_redelivery", {"date": "2026-11-26", "window": "14:00–18:00"})
    assert "2026年11月26日木曜日, 14:00–18:00" in case.last()
    case.take("fail_again", by=Actor.scan("17track"))
    assert (case.ticket.state, case.ticket.failed_delivery_detail.attempts) == ("attempted", 2)

    case.take("book_redelivery", {"date": "2026-11-27"})
    case.take("fail_again", {"problem": "access"})
    assert case.ticket.failed_delivery_detail.attempts == 3
    failed = [(booking.date, booking.problem, bool(booking.failed_at)) for booking in case.ticket.bookings.all()]
    assert failed == [(date(2026, 11, 26), "", True), (date(2026, 11, 27), "access", True)]

    with pytest.raises(TransitionRefused, match="at most 3 times"):
        case.take("book_redelivery", {"date": "2026-11-28"})
    case.take("hold_for_pickup", {"place": "Shibuya post office", "last_day": "2026-12-05"})
    assert (case.ticket.state, case.ticket.waiting_on) == ("held_for_pickup", "customer")
    assert "Shibuya post office" in case.last()
    case.take("deliver", by=Actor.scan("17track"))
    assert case.ticket.resolution == "solved"
    assert_history_is_whole(case.ticket.pk)


def test_return_out_of_the_european_union_needs_its_declaration_before_it_is_approved() -> None:
    case = Case("return")
    warehouse = partner(PartnerKind.WAREHOUSE, "Almacén Norte")
    with pytest.raises(TransitionRefused, match="customs declaration"):
        case.take("approve", {"reason": "Too small"})

    case.take("request_papers", {"papers": ["return_declaration", "purchase_invoice"]})
    case.take("receive_papers", {"papers": ["purchase_invoice"]}, by=case.by_link(), files=[upload("a.pdf")])
    assert case.ticket.state == "papers_requested"
    case.take("receive_papers", {"papers": ["return_declaration"]}, by=case.by_link(), files=[upload("b.pdf")])
    assert case.ticket.state == "requested"
    case.take("approve", {"reason": "Too small"})
    case.take("send_label", {"label": "L-1", "tracking_number": "RT1", "warehouse": str(warehouse.pk)})
    case.take("hand_in", by=case.by_link())
    case.take("arrive", by=Actor.partner(warehouse.pk, warehouse.name, via=Via.API))
    case.take("inspect", {"condition": "As new"})
    case.take("refund", {"amount": "19.90", "amount_currency": "EUR"})

    assert (case.ticket.state, case.ticket.return_detail.return_tracking_number) == ("refunded", "RT1")
    assert "19,90\xa0€" in case.last()


def test_words_with_a_card_number_refuse_the_way_and_nothing_is_asked() -> None:
    case = Case("clearance")
    case.take("triage")

    with pytest.raises(CannotWrite):
        case.take(
            "request_documents",
            {
                "papers": ["identity"],
                "asked_of": "customer",
                "due_at": "2026-11-27T12:00",
                "message": "4111 1111 1111 1111",
            },
        )

    assert Ticket.objects.get(pk=case.ticket.pk).state == "under_review"
    assert (case.ticket.papers.count(), case.written(), CustomerLink.objects.count()) == (0, [], 0)


@pytest.mark.parametrize(("of", "whom"), [("shipper", "Shipper"), ("broker", "Broker")], ids=["shipper", "broker"])
def test_papers_asked_of_somebody_without_an_address_become_a_note(of: str, whom: str) -> None:
    case = Case("clearance")
    case.take("triage")

    case.take("request_documents", {"papers": ["eori"], "asked_of": of, "due_at": "2026-11-27T12:00"})

    assert case.ticket.waiting_on == of
    assert f"To be told by hand to: {whom}" in case.last(Audience.INTERNAL)
    assert "• EORI number" in case.last(Audience.INTERNAL)


def test_inquiry_asks_a_partner_and_the_customer() -> None:
    case = Case("inquiry")
    correos = partner(PartnerKind.CARRIER, "Correos", language="es")
    steps: list[tuple[str, Callable[[], Ticket]]] = [
        ("waiting_partner", lambda: case.take("ask_partner", {"partner": str(correos.pk), "question": "¿Dónde está?"})),
        ("open", lambda: case.take("receive_answer")),
        ("waiting_customer", lambda: case.take("ask_customer", {"question": "¿Cuál es su dirección?"})),
        ("resolved", lambda: case.take("resolve")),
    ]

    for state, step in steps:
        assert step().state == state

    assert "Se trata del envío RB123456785CN." in case.last(Audience.PARTNER)
    assert "¿Cuál es su dirección?" in case.last()


def test_customer_brings_only_what_was_asked_and_not_without_a_file() -> None:
    case = Case("clearance")
    case.take("triage")
    case.take("request_documents", {"papers": ["identity"], "asked_of": "customer", "due_at": "2026-11-27T12:00"})

    with pytest.raises(InvalidInput) as refusal:
        case.take("receive_documents", {"papers": ["eori"]}, by=case.by_link())

    assert set(refusal.value.data) == {"files", "papers"}
    assert list(Ticket.objects.get(pk=case.ticket.pk).papers.values_list("type", "state")) == [("identity", "missing")]


def test_one_scan_that_ends_two_tickets_of_a_parcel_is_told_once() -> None:
    case = Case("delay")
    other = people.ticket("failed_delivery", customer=case.customer, shipment=case.parcel)

    case.take("deliver", by=Actor.scan("17track"))
    take_way(ticket_id=other.pk, way="deliver", actor=Actor.scan("17track"), now=case.now)

    assert Message.objects.count() == 1


def test_amount_that_is_known_stays_when_the_next_step_leaves_it_out() -> None:
    case = Case("payment")
    case.take("hand_to_finance", {"failure": "Card refused", "amount": "12.5", "amount_currency": "EUR"})

    case.take("request_retry", {"link": "https://pay.example/1"})

    assert (case.ticket.payment_detail.amount, case.ticket.payment_detail.currency) == (Decimal("12.5"), "EUR")


def test_amount_without_a_currency_is_refused() -> None:
    case = Case("payment")

    with pytest.raises(InvalidInput) as refusal:
        case.take("hand_to_finance", {"failure": "Card refused", "amount": "12.5"})

    assert refusal.value.data == {"amount_currency": ["Say in which currency."]}


def test_composer_offers_the_message_that_a_revised_date_waits_for() -> None:
    case = Case("delay")
    assert suggested_reply(case.ticket) == ""

    case.take("revise_date", {"new_from": "2026-11-30", "cause": "strike"})
    offered = suggested_reply(case.ticket)
    told = reply(ticket_id=case.ticket.pk, text=offered, actor=case.desk, now=case.now)
    Message.objects.filter(pk=told.pk).update(status=MessageStatus.SENT)

    assert "La nueva fecha es el lunes, 30 de noviembre de 2026." in offered
    assert case.take("inform_customer").state == "informed"
