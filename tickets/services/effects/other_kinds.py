"""What the ways of payment, safety, warehouse and inquiry tickets do: they write to somebody."""

from __future__ import annotations

from typing import Any

from tickets.choices import Kind
from tickets.services.effects import wording
from tickets.services.effects.registry import effect
from tickets.services.effects.telling import tell_customer, tell_partner
from tickets.services.journal import Change
from tickets.services.money import claim_back


@effect(Kind.PAYMENT, "request_retry")
def request_retry(change: Change, inputs: dict[str, Any]) -> None:
    letter = wording.payment_retry(
        change.ticket, link=inputs["link"], amount=inputs["amount"], currency=inputs["amount_currency"]
    )
    tell_customer(change, letter)


@effect(Kind.PAYMENT, "confirm_payment")
def confirm_payment(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(
        change, wording.payment_arrived(change.ticket, amount=inputs["amount"], currency=inputs["amount_currency"])
    )


@effect(Kind.PAYMENT, "refund")
def refund_payment(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.refunded(change.ticket, amount=inputs["amount"], currency=inputs["amount_currency"]))


@effect(Kind.SAFETY, "request_information")
@effect(Kind.INQUIRY, "ask_customer")
def ask_customer(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.typed_to_customer(change.ticket, inputs["question"]), typed=True)


@effect(Kind.SAFETY, "answer")
def answer(change: Change, inputs: dict[str, Any]) -> None:
    tell_customer(change, wording.typed_to_customer(change.ticket, inputs["answer"]), typed=True)


@effect(Kind.WAREHOUSE, "ask_warehouse", "request_recount")
def ask_warehouse(change: Change, inputs: dict[str, Any]) -> None:
    letter = wording.typed_to_partner(change.ticket, inputs["warehouse"], inputs["question"])
    tell_partner(change, inputs["warehouse"], letter)


@effect(Kind.INQUIRY, "ask_partner")
def ask_partner(change: Change, inputs: dict[str, Any]) -> None:
    letter = wording.typed_to_partner(change.ticket, inputs["partner"], inputs["question"])
    tell_partner(change, inputs["partner"], letter)


@effect(Kind.WAREHOUSE, "claim")
def claim(change: Change, inputs: dict[str, Any]) -> None:
    """The warehouse has to pay for it: a claim of its own goes on after the ticket."""
    warehouse_id = change.ticket.warehouse_detail.warehouse_id
    claim_back(change, amount=inputs["amount"], currency=inputs["amount_currency"], partner_id=warehouse_id)
