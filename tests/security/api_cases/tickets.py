"""Tickets, and what hangs on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from logistics.models import Agreement, Customer, Partner
from tests.security.api_walking import Case, World, case
from tickets.choices import Via
from tickets.models import Attachment, Ticket
from tickets.policies.actor import Actor
from tickets.services.linking import open_ticket
from tickets.services.partner_answers import receive_answer
from tickets.services.transitions import take_way


@dataclass(frozen=True, slots=True)
class Asked:
    """A partner's ticket with a question and a file of theirs."""

    ticket: Ticket
    file: Attachment
    marks: tuple[str, ...]


def _asked(world: World, partner: Partner) -> Asked:
    name = f"tickets {partner.pk}"
    if name not in world.shared:
        now = timezone.now() - timedelta(hours=1)
        Agreement.objects.update_or_create(partner=partner, defaults={"channel": "desk"})
        question = f"What of {partner.name}'s row seven?"
        customer = Customer.objects.create(name=f"Customer at {partner.name}")
        ticket = open_ticket(
            kind="warehouse", actor=Actor.system(), now=now, customer=customer, summary=f"Summary at {partner.name}"
        )
        data = {"warehouse": partner.pk, "question": question}
        take_way(ticket_id=ticket.pk, way="ask_warehouse", data=data, actor=Actor.staff(world.staff), now=now)
        file = SimpleUploadedFile(f"paper-of-{partner.name}.pdf", b"%PDF-1.4 paper", "application/pdf")
        message = receive_answer(
            ticket_id=ticket.pk, partner_id=partner.pk, text=question, files=[file], via=Via.API, now=now
        )
        stored = message.attachments.get()
        world.shared[name] = Asked(ticket, stored, (ticket.reference, question, stored.name, customer.name))
    found: Asked = world.shared[name]
    return found


def _of(world: World, partner: Partner, **bodies: object) -> Case:
    asked = _asked(world, partner)
    return Case({"ticket_id": asked.ticket.pk}, bodies=bodies, marks=asked.marks)


@case("tickets/")
def tickets(world: World, partner: Partner) -> Case:
    asked = _asked(world, partner)
    return Case(
        bodies={"POST": {"kind": "inquiry", "summary": "Walked"}},
        marks=asked.marks,
        feelers=(
            f"reference={asked.ticket.reference}",
            f"kind=warehouse&opened_before={asked.ticket.opened_at:%Y}-01-01T00:00:00Z",
        ),
    )


@case("tickets/<int:ticket_id>/")
def ticket(world: World, partner: Partner) -> Case:
    return _of(world, partner)


@case("tickets/<int:ticket_id>/messages/")
def messages(world: World, partner: Partner) -> Case:
    return _of(world, partner, POST={"text": "Walked"})


@case("tickets/<int:ticket_id>/acknowledge/")
def acknowledgement(world: World, partner: Partner) -> Case:
    return _of(world, partner, POST={})


@case("tickets/<int:ticket_id>/documents/")
def documents(world: World, partner: Partner) -> Case:
    return _of(world, partner, POST={"files": b"%PDF-1.4 walked"})


@case("tickets/<int:ticket_id>/documents/<int:document_id>/content/")
def document(world: World, partner: Partner) -> Case:
    asked = _asked(world, partner)
    return Case({"ticket_id": asked.ticket.pk, "document_id": asked.file.pk}, marks=asked.marks)


@case("tickets/<int:ticket_id>/transitions/")
def transitions(world: World, partner: Partner) -> Case:
    return _of(world, partner)


@case("tickets/<int:ticket_id>/transitions/<slug:step>/")
def transition(world: World, partner: Partner) -> Case:
    asked = _asked(world, partner)
    return Case(
        {"ticket_id": asked.ticket.pk, "step": "explain"},
        bodies={"POST": {"explanation": "Walked"}},
        marks=asked.marks,
        missing={"ticket_id": 987_654_321, "step": "explain"},
    )


@case("tickets/<int:ticket_id>/events/")
def events(world: World, partner: Partner) -> Case:
    return _of(world, partner)


@case("tickets/<int:ticket_id>/links/")
def links(world: World, partner: Partner) -> Case:
    return _of(world, partner, POST={"purpose": "status"})


@case("search/tickets/")
def search(world: World, partner: Partner) -> Case:
    return Case(marks=_asked(world, partner).marks, feelers=(f"q={_asked(world, partner).ticket.reference}",))


@case("export/tickets/")
def export(world: World, partner: Partner) -> Case:
    return Case(marks=_asked(world, partner).marks)
