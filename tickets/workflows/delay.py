"""The parcel is late."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.inputs import Choice, Day, Moment, Text
from logistics.choices import IncidentType
from tickets.choices import ActorKind, Audience, DelayCause, Direction, Kind, MessageStatus
from tickets.errors import TransitionRefused
from tickets.models import Ticket
from tickets.policies.named_dates import names_dates
from tickets.workflows.common import Workflow
from tickets.workflows.guards import not_past
from tickets.workflows.way import OPEN, STAFF, way

ACCEPTED = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)


def _dates_in_order(cleaned: dict[str, Any]) -> None:
    if cleaned.get("new_to") and cleaned["new_to"] < cleaned["new_from"]:
        raise ValidationError({"new_to": _("The range ends before it begins.")})


def _customer_knows_the_date(ticket: Ticket, inputs: dict[str, Any], now: datetime) -> None:
    """A channel has accepted a message to the customer that names the new date, written after the date was revised."""
    detail = ticket.delay_detail
    if detail.new_from is None or detail.revised_at is None:
        raise TransitionRefused(_now("There is no new date yet to tell the customer."))
    written = ticket.messages.filter(
        direction=Direction.OUT, audience=Audience.CUSTOMER, created_at__gte=detail.revised_at
    ).order_by("-id")
    naming = [
        status
        for text, status in written.values_list("text", "status")
        if names_dates(text, detail.new_from, detail.new_to)
    ]
    if any(status in ACCEPTED for status in naming):
        return
    if MessageStatus.QUEUED in naming or MessageStatus.SENDING in naming:
        raise TransitionRefused(
            _now("The message with the new date is still on its way. Wait until it is shown as sent.")
        )
    if naming:
        raise TransitionRefused(_now("The message with the new date could not be delivered. Send it another way."))
    raise TransitionRefused(_now("Write to the customer first: no message names the new date."))


class DelayTicket(Workflow, Ticket):
    """From the first sign of lateness to delivery, with the customer told each new date."""

    workflow_kind = Kind.DELAY
    strip: ClassVar[tuple[str, ...]] = (
        "detected",
        "investigating",
        "carrier_answered",
        "to_inform",
        "informed",
        "delivered",
    )

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("delay")
        verbose_name_plural = _("delays")

    @way(
        _("Ask carrier"),
        source=("detected", "carrier_answered", "informed"),
        target="investigating",
        inputs=[
            Text(name="question", label=_("Question"), long=True, stores="question"),
            Moment(name="answer_due", label=_("Answer due"), stores="answer_due_at"),
        ],
        guard=not_past("answer_due"),
    )
    def ask_carrier(self, **inputs: Any) -> None:
        """The carrier has to say where the parcel is and when it arrives."""

    @way(
        _("Carrier answers"),
        source="investigating",
        target="carrier_answered",
        by=(*STAFF, ActorKind.PARTNER),
        inputs=[Text(name="answer", label=_("Answer"), long=True, stores="answer")],
    )
    def carrier_answers(self, **inputs: Any) -> None:
        """What the carrier says is ours to act on."""

    @way(
        _("Revise date"),
        source=("detected", "investigating", "carrier_answered", "informed"),
        target="to_inform",
        inputs=[
            Day(name="new_from", label=_("New date"), help=_("Of a range its first day."), stores="new_from"),
            Day(name="new_to", label=_("Last day of the range"), required=False, stores="new_to"),
            Choice(name="cause", label=_("Cause"), choices=DelayCause, stores="cause"),
        ],
        check=_dates_in_order,
        guard=not_past("new_from"),
    )
    def revise_date(self, **inputs: Any) -> None:
        """A new date is known; the customer must hear it."""

    @way(_("Inform customer"), source="to_inform", target="informed", guard=_customer_knows_the_date)
    def inform_customer(self) -> None:
        """Only once a channel has accepted a message that names the new date."""

    @way(
        _("Declare lost"),
        source=("investigating", "carrier_answered", "informed"),
        target="declared_lost",
        inputs=[Text(name="grounds", label=_("Grounds"), long=True, stores="lost_grounds")],
    )
    def declare_lost(self, **inputs: Any) -> None:
        """A linked loss ticket takes it up."""

    @way(
        pgettext_lazy("an order", "Cancel"),
        source=OPEN,
        target="cancelled",
        inputs=[Text(name="by", label=_("Order cancelled by"), max_length=120, stores="cancelled_by")],
    )
    def cancel(self, **inputs: Any) -> None:
        """The order was cancelled; nobody waits for the parcel any more."""

    @way(_("Deliver"), source=OPEN, target="delivered", scan=[IncidentType.DELIVERED])
    def deliver(self) -> None:
        """It has arrived."""
