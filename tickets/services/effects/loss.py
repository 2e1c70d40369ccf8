"""What the ways of a loss do."""

from __future__ import annotations

from typing import Any

from tickets.choices import Kind, LinkPurpose, WaitingOn
from tickets.services.effects import papers, wording
from tickets.services.effects.registry import effect
from tickets.services.effects.telling import (
    carrier_name,
    carrier_partner,
    link_for,
    tell_customer,
    tell_delivered,
    tell_partner,
)
from tickets.services.journal import Change
from tickets.services.money import claim_back, compensate


@effect(Kind.LOSS, "open_trace")
def open_trace(change: Change, inputs: dict[str, Any]) -> None:
    partner = carrier_partner(change)
    letter = wording.trace_asked(change.ticket, partner, reference=inputs["reference"], due_at=inputs["due"])
    tell_partner(change, partner, letter, whom=carrier_name(change))


@effect(Kind.LOSS, "request_evidence")
def request_evidence(change: Change, inputs: dict[str, Any]) -> None:
    words, due_at = inputs["message"], inputs["due_at"]
    asked = papers.ask_for(change, inputs["papers"], of=WaitingOn.CUSTOMER, due_at=due_at)
    link = link_for(change, LinkPurpose.EVIDENCE)
    letter = wording.evidence_asked(change.ticket, asked, due_at=due_at, link=link, words=words)
    tell_customer(change, letter, typed=bool(words))


@effect(Kind.LOSS, "receive_evidence")
def receive_evidence(change: Change, inputs: dict[str, Any]) -> None:
    papers.check_off(change, inputs["papers"], inputs["files"])


@effect(Kind.LOSS, "settle")
def settle(change: Change, inputs: dict[str, Any]) -> None:
    amount, currency = inputs["amount"], inputs["amount_currency"]
    if compensate(change, method=inputs["how"], amount=amount, currency=currency, decided=True):
        detail = change.ticket.loss_detail
        # What it was worth, where it was said; else what it cost us.
        lost = (detail.value, detail.value_currency) if detail.value else (amount, currency)
        claim_back(change, amount=lost[0], currency=lost[1])
    letter = wording.settled(change.ticket, method=inputs["how"], amount=amount, currency=currency)
    if letter:
        tell_customer(change, letter)


@effect(Kind.LOSS, "find")
def find(change: Change, inputs: dict[str, Any]) -> None:
    """With something to recover from the customer a person has to write."""
    if not inputs["recover"]:
        tell_customer(change, wording.found(change.ticket))


@effect(Kind.LOSS, "deliver")
def deliver(change: Change, inputs: dict[str, Any]) -> None:
    tell_delivered(change)
