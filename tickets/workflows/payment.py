"""A payment went wrong."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.inputs import Link, Money, Text
from tickets.choices import Kind
from tickets.models import Ticket
from tickets.workflows.common import Workflow
from tickets.workflows.way import OPEN, way

MONEY = "tickets.decide_money"


class PaymentTicket(Workflow, Ticket):
    """From the failed payment to paid, refunded or cancelled."""

    workflow_kind = Kind.PAYMENT
    strip: ClassVar[tuple[str, ...]] = ("failed", "with_finance", "retry_requested", "paid")

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = pgettext_lazy("ticket kind", "payment")
        verbose_name_plural = _("payments")

    @way(
        _("Hand to finance"),
        source="failed",
        target="with_finance",
        inputs=[
            Text(name="failure", label=_("What failed"), stores="failure"),
            Text(
                name="reference",
                label=_("Payment reference"),
                required=False,
                keeps=True,
                max_length=120,
                stores="provider_reference",
            ),
            Money(
                name="amount",
                label=_("Amount"),
                required=False,
                keeps=True,
                stores="amount",
                stores_currency="currency",
            ),
        ],
    )
    def hand_to_finance(self, **inputs: Any) -> None:
        """Finance have to look at it."""

    @way(
        _("Finance answers"),
        source="with_finance",
        target="failed",
        inputs=[Text(name="answer", label=_("Answer"), long=True, stores="finance_answer")],
    )
    def finance_answers(self, **inputs: Any) -> None:
        """Finance have said what is wrong; what next is ours."""

    @way(
        _("Request another try"),
        source=("failed", "with_finance"),
        target="retry_requested",
        inputs=[
            Link(name="link", label=_("Payment link"), stores="retry_link"),
            Money(
                name="amount",
                label=_("Amount"),
                required=False,
                keeps=True,
                stores="amount",
                stores_currency="currency",
            ),
        ],
    )
    def request_retry(self, **inputs: Any) -> None:
        """The customer has to pay once more."""

    @way(
        _("Failed again"),
        source="retry_requested",
        target="failed",
        inputs=[Text(name="failure", label=_("What failed"), stores="failure")],
    )
    def fail_again(self, **inputs: Any) -> None:
        """The second try did not help either."""

    @way(
        _("Confirm payment"),
        source=("failed", "with_finance", "retry_requested"),
        target="paid",
        permission=MONEY,
        inputs=[
            Text(name="reference", label=_("Payment reference"), max_length=120, stores="provider_reference"),
            Money(name="amount", label=_("Amount paid"), stores="amount", stores_currency="currency"),
        ],
    )
    def confirm_payment(self, **inputs: Any) -> None:
        """The money is here."""

    @way(
        _("Refund"),
        source=("failed", "with_finance", "retry_requested"),
        target="refunded",
        permission=MONEY,
        inputs=[
            Text(
                name="reference",
                label=_("Payment reference"),
                required=False,
                keeps=True,
                max_length=120,
                stores="provider_reference",
            ),
            Money(name="amount", label=_("Amount"), stores="amount", stores_currency="currency"),
        ],
    )
    def refund(self, **inputs: Any) -> None:
        """The money goes back."""

    @way(
        pgettext_lazy("a payment", "Cancel"),
        source=OPEN,
        target="cancelled",
        inputs=[Text(name="why", label=_("Why"), stores="cancelled_reason")],
    )
    def cancel(self, **inputs: Any) -> None:
        """Nothing is to be paid any more."""
