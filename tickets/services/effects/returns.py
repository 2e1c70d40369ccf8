"""What the ways of a return do."""

from __future__ import annotations

from typing import Any

from tickets.choices import Kind, LinkPurpose, WaitingOn
from tickets.services.effects import papers, wording
from tickets.services.effects.registry import effect
from tickets.services.effects.telling import link_for, tell_customer
from tickets.services.journal import Change


@effect(Kind.RETURN, "request_papers")
def request_papers(change: Change, inputs: dict[str, Any]) -> None:
    words, due_at = inputs["message"], inputs["due_at"]
    asked = papers.ask_for(change, inputs["papers"], of=WaitingOn.CUSTOMER, due_at=due_at)
    link = link_for(change, LinkPurpose.DOCUMENTS)
    letter = wording.return_papers_asked(change.ticket, asked, due_at=due_at, link=link, words=words)
    tell_customer(change, letter, typed=bool(words))


@effect(Kind.RETURN, "receive_papers")
def receive_papers(change: Change, inputs: dict[str, Any]) -> None:
    papers.check_off(change, inputs["papers"], inputs["files"])


@effect(Kind.RETURN, "send_label")
def send_label(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.return_label(change.ticket, label=inputs["label"]))


@effect(Kind.RETURN, "hand_in")
def hand_in(change: Change, inputs: dict[str, Any]) -> None:
    """A number given now replaces the one of the label; without one that stays."""
    if inputs["tracking_number"]:
        detail = change.ticket.return_detail
        detail.return_tracking_number = inputs["tracking_number"]
        detail.save(update_fields=["return_tracking_number"])


@effect(Kind.RETURN, "refund")
def refund(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.refunded(change.ticket, amount=inputs["amount"], currency=inputs["amount_currency"]))


@effect(Kind.RETURN, "exchange")
def exchange(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.exchange_sent(change.ticket, number=inputs["tracking_number"]))
