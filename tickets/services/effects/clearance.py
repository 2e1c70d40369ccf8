"""What the ways of a customs hold do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from logistics.choices import DeliveryTerms
from tickets.choices import Kind, LinkPurpose, PaperState, WaitingOn
from tickets.models import Attachment, Duty
from tickets.services.effects import papers, wording
from tickets.services.effects.registry import effect
from tickets.services.effects.telling import link_for, tell_customer, tell_partner
from tickets.services.journal import Change
from tickets.services.knowledge_use import note_checklist


@effect(Kind.CLEARANCE, "request_documents")
def request_documents(change: Change, inputs: dict[str, Any]) -> None:
    of, due_at, words = inputs["asked_of"], inputs["due_at"], inputs["message"]
    asked = papers.ask_for(change, inputs["papers"], of=of, due_at=due_at)
    note_checklist(change, inputs["papers"])
    if of == WaitingOn.CUSTOMER:
        link = link_for(change, LinkPurpose.DOCUMENTS)
        letter = wording.documents_asked(change.ticket, asked, due_at=due_at, link=link, words=words)
        tell_customer(change, letter, typed=bool(words))
        return
    broker = change.ticket.clearance_detail.broker if of == WaitingOn.BROKER else None
    letter = wording.papers_asked_of_partner(change.ticket, broker, asked, due_at=due_at, words=words)
    tell_partner(change, broker, letter, whom=_("Broker") if of == WaitingOn.BROKER else _("Shipper"))


@effect(Kind.CLEARANCE, "receive_documents")
def receive_documents(change: Change, inputs: dict[str, Any]) -> None:
    papers.check_off(change, inputs["papers"], inputs["files"])


@effect(Kind.CLEARANCE, "submit_to_broker")
def submit_to_broker(change: Change, inputs: dict[str, Any]) -> None:
    letter = wording.clearance_handed_over(change.ticket, inputs["broker"], words=inputs["message"])
    received = Attachment.objects.filter(paper__ticket_id=change.ticket.pk, paper__state=PaperState.RECEIVED)
    tell_partner(change, inputs["broker"], letter, files=received)


@effect(Kind.CLEARANCE, "assess_duties")
def assess_duties(change: Change, inputs: dict[str, Any]) -> None:
    """A new assessment stands in place of the former."""
    Duty.objects.filter(ticket_id=change.ticket.pk).delete()
    Duty.objects.bulk_create(
        Duty(
            ticket_id=change.ticket.pk,
            type=type_,
            amount=amount,
            currency=inputs["duties_currency"],
            assessed_at=change.now,
        )
        for type_, amount in inputs["duties"].items()
    )


@effect(Kind.CLEARANCE, "request_duties")
def request_duties(change: Change, inputs: dict[str, Any]) -> None:
    if change.ticket.clearance_detail.terms == DeliveryTerms.DDP:
        return
    duties = list(Duty.objects.filter(ticket_id=change.ticket.pk))
    tell_customer(
        change,
        wording.duties_asked(change.ticket, duties, last_day=inputs["last_day"], payment_link=inputs["payment_link"]),
    )


@effect(Kind.CLEARANCE, "release")
def release(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.released(change.ticket))


@effect(Kind.CLEARANCE, "return_to_origin")
def return_to_origin(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.going_back(change.ticket))


@effect(Kind.CLEARANCE, "arrive_back")
def arrive_back(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.arrived_back(change.ticket))
