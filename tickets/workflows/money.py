"""The machines of money: what a customer gets, and what we claim back. The end of a ticket ends neither."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import steps
from common.errors import InvalidInput
from common.inputs import Day, Moment, Money, Text
from tickets.choices import ActorKind, ClaimState, CompensationState
from tickets.errors import TransitionRefused
from tickets.models import Claim, Compensation
from tickets.policies.actor import Actor

MONEY = "tickets.decide_money"
STAFF = (ActorKind.STAFF,)
C, L = CompensationState, ClaimState

step = partial(steps.step, by=STAFF)
"""A step of staff, unless it says otherwise. Its guard is given the row, the inputs, the actor and the moment."""


def _another_person(row: Compensation, inputs: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Nobody approves what they asked for themselves."""
    if row.created_by_id is not None and row.created_by_id == actor.id:
        raise TransitionRefused(_now("Somebody else has to approve what you asked for."))


def _not_more_than_claimed(row: Claim, inputs: dict[str, Any], actor: Actor, now: datetime) -> None:
    amount = inputs.get("amount")
    if amount is not None and amount > row.amount:
        raise InvalidInput(
            _now("Some of what you sent cannot be used."),
            data={"amount": [_now("That is more than was claimed.")]},
        )


def _same_currency(row: Claim, inputs: dict[str, Any], actor: Actor, now: datetime) -> None:
    if inputs.get("amount_currency") not in (None, "", row.currency):
        raise InvalidInput(
            _now("Some of what you sent cannot be used."),
            data={"amount": [_now("The claim is in %(currency)s.") % {"currency": row.currency}]},
        )
    _not_more_than_claimed(row, inputs, actor, now)


class CompensationFlow(Compensation):
    """From the wish to the money: approved by a second person, offered, accepted, paid."""

    class Meta:
        proxy = True
        default_permissions = ()

    @step(_("Ask for approval"), source=C.DRAFT, target=C.AWAITING_APPROVAL)
    def submit(self, *, now: datetime) -> None:
        """A second person has to look at it."""

    @step(
        pgettext_lazy("compensation", "Approve and offer"),
        source=C.AWAITING_APPROVAL,
        target=C.OFFERED,
        inputs=[Moment(name="until", label=_("Offer ends"), required=False, stores="expires_at")],
        guard=_another_person,
    )
    def offer(self, *, now: datetime, **inputs: Any) -> None:
        self.offered_at = now

    @step(pgettext_lazy("compensation", "Send back"), source=C.AWAITING_APPROVAL, target=C.DRAFT)
    def send_back(self, *, now: datetime) -> None:
        """Not like this."""

    @step(pgettext_lazy("compensation", "Accepted by the customer"), source=C.OFFERED, target=C.ACCEPTED)
    def accept(self, *, now: datetime) -> None:
        self.decided_at = now

    @step(pgettext_lazy("compensation", "Declined by the customer"), source=C.OFFERED, target=C.DECLINED)
    def decline(self, *, now: datetime) -> None:
        self.decided_at = now

    @step(_("Offer has ended"), source=C.OFFERED, target=C.EXPIRED, by=(ActorKind.CLOCK,))
    def expire(self, *, now: datetime) -> None:
        """Nobody answered in time."""

    @step(pgettext_lazy("compensation", "Start payment"), source=(C.ACCEPTED, C.FAILED), target=C.PAYING)
    def start_payment(self, *, now: datetime) -> None:
        self.failure = ""

    @step(
        pgettext_lazy("compensation", "Paid"),
        source=(C.ACCEPTED, C.PAYING),
        target=C.PAID,
        inputs=[Text(name="reference", label=_("Payment reference"), max_length=120, stores="reference")],
    )
    def pay(self, *, now: datetime, **inputs: Any) -> None:
        self.paid_at = now

    @step(
        pgettext_lazy("compensation", "Payment failed"),
        source=C.PAYING,
        target=C.FAILED,
        inputs=[Text(name="why", label=_("Why it failed"), max_length=300, stores="failure")],
    )
    def fail(self, *, now: datetime, **inputs: Any) -> None:
        """To be tried again, or cancelled."""

    @step(
        pgettext_lazy("compensation", "Cancel"),
        source=(C.DRAFT, C.AWAITING_APPROVAL, C.OFFERED, C.ACCEPTED, C.FAILED),
        target=C.CANCELLED,
        inputs=[Text(name="why", label=_("Why"), max_length=300, stores="reason")],
    )
    def cancel(self, *, now: datetime, **inputs: Any) -> None:
        """Nothing is paid: the parcel was found, or it was a mistake."""


class ClaimFlow(Claim):
    """From the draft to the carrier's money, or to giving up."""

    class Meta:
        proxy = True
        default_permissions = ()

    @step(
        pgettext_lazy("claim", "File"),
        source=L.DRAFT,
        target=L.FILED,
        inputs=[
            Text(name="grounds", label=_("Grounds"), long=True, stores="grounds"),
            Text(
                name="reference", label=_("Their reference"), required=False, max_length=120, stores="their_reference"
            ),
        ],
    )
    def file(self, *, now: datetime, **inputs: Any) -> None:
        self.filed_at = now

    @step(
        pgettext_lazy("claim", "Acknowledged by them"),
        source=(L.FILED, L.MORE_EVIDENCE_WANTED),
        target=L.ACKNOWLEDGED,
        inputs=[Text(name="reference", label=_("Their reference"), max_length=120, stores="their_reference")],
    )
    def acknowledge(self, *, now: datetime, **inputs: Any) -> None:
        """They have it."""

    @step(
        _("They want more evidence"),
        source=(L.FILED, L.ACKNOWLEDGED, L.APPEALED),
        target=L.MORE_EVIDENCE_WANTED,
        inputs=[
            Text(name="answer", label=_("What they want"), long=True, stores="answer"),
            Day(name="answer_by", label=_("By when"), required=False, stores="answer_by"),
        ],
    )
    def want_more(self, *, now: datetime, **inputs: Any) -> None:
        """The ball is ours."""

    @step(
        pgettext_lazy("claim", "Approved by them"),
        source=(L.FILED, L.ACKNOWLEDGED, L.MORE_EVIDENCE_WANTED, L.APPEALED),
        target=(L.APPROVED, L.PARTLY_APPROVED),
        inputs=[Money(name="amount", label=_("Amount"))],
        guard=_same_currency,
    )
    def approve(self, *, now: datetime, amount: Decimal, **inputs: Any) -> str:
        self.decided_at, self.approved_amount = now, amount
        return L.APPROVED if amount >= self.amount else L.PARTLY_APPROVED

    @step(
        pgettext_lazy("claim", "Denied by them"),
        source=(L.FILED, L.ACKNOWLEDGED, L.MORE_EVIDENCE_WANTED, L.APPEALED),
        target=L.DENIED,
        inputs=[Text(name="answer", label=_("Their answer"), long=True, stores="answer")],
    )
    def deny(self, *, now: datetime, **inputs: Any) -> None:
        self.decided_at = now

    @step(
        pgettext_lazy("claim", "Appeal"),
        source=(L.DENIED, L.PARTLY_APPROVED),
        target=L.APPEALED,
        inputs=[Text(name="grounds", label=_("Grounds"), long=True, stores="grounds")],
    )
    def appeal(self, *, now: datetime, **inputs: Any) -> None:
        self.decided_at = None

    @step(
        pgettext_lazy("claim", "Money received"),
        source=(L.APPROVED, L.PARTLY_APPROVED),
        target=L.PAID,
        inputs=[Money(name="amount", label=_("Amount"))],
        guard=_same_currency,
    )
    def receive(self, *, now: datetime, amount: Decimal, **inputs: Any) -> None:
        self.paid_at, self.paid_amount = now, amount

    @step(
        pgettext_lazy("claim", "Write off"),
        source=[state for state in L if state not in (L.PAID, L.WRITTEN_OFF)],
        target=L.WRITTEN_OFF,
        inputs=[Text(name="answer", label=_("Why"), long=True, stores="answer")],
    )
    def write_off(self, *, now: datetime, **inputs: Any) -> None:
        """Nothing will come of it."""
