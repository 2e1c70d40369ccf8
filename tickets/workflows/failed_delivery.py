"""The parcel could not be handed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.inputs import Choice, Day, Text
from logistics.choices import IncidentType
from tickets.choices import ActorKind, DeliveryProblem, InstructionChoice, Kind, Payer
from tickets.errors import TransitionRefused
from tickets.models import Ticket
from tickets.workflows.common import Workflow
from tickets.workflows.guards import all_of, needed_when, not_past
from tickets.workflows.way import OPEN, STAFF, way

USUAL_ATTEMPTS = 3
"""Attempts a carrier makes when we do not know which carrier it is."""


def max_attempts(ticket: Ticket) -> int:
    """How often this carrier tries to deliver."""
    carrier = ticket.shipment.carrier if ticket.shipment else None
    return carrier.max_delivery_attempts if carrier else USUAL_ATTEMPTS


def _attempts_left(ticket: Ticket, inputs: dict[str, Any], now: datetime) -> None:
    limit = max_attempts(ticket)
    made = ticket.failed_delivery_detail.attempts
    if made >= limit:
        raise TransitionRefused(
            _now("The carrier tries at most %(limit)d times and has tried %(made)d times: hold the parcel for pickup.")
            % {"limit": limit, "made": made}
        )


class FailedDeliveryTicket(Workflow, Ticket):
    """From the failed attempt to the parcel handed over, returned or disposed of."""

    workflow_kind = Kind.FAILED_DELIVERY
    strip: ClassVar[tuple[str, ...]] = (
        "attempted",
        "instructions_requested",
        "instructions_received",
        "redelivery_booked",
        "delivered",
    )

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("failed delivery")
        verbose_name_plural = _("failed deliveries")

    @way(
        _("Request instructions"),
        source=("attempted", "instructions_received"),
        target="instructions_requested",
        inputs=[
            Choice(name="problem", label=_("Reason"), choices=DeliveryProblem, stores="problem"),
            Text(name="message", label=_("Words to add"), required=False, long=True),
        ],
    )
    def request_instructions(self, **inputs: Any) -> None:
        """The customer has to say what to do."""

    @way(
        _("Receive instructions"),
        source=("attempted", "instructions_requested", "held_for_pickup"),
        target="instructions_received",
        by=(*STAFF, ActorKind.CUSTOMER),
        inputs=[
            Choice(name="instruction", label=_("Instruction"), choices=InstructionChoice, stores="instruction"),
            Text(name="new_address", label=_("New address"), required=False, long=True, stores="new_address"),
            Day(name="wished_date", label=_("Wished day"), required=False, stores="wished_date"),
        ],
        check=needed_when(
            "new_address",
            where="instruction",
            is_one_of=(InstructionChoice.NEW_ADDRESS,),
            sentence=_("Write the address to deliver to."),
        ),
        guard=not_past("wished_date"),
    )
    def receive_instructions(self, **inputs: Any) -> None:
        """The customer has said what to do."""

    @way(
        _("Book redelivery"),
        source=("attempted", "instructions_received"),
        target="redelivery_booked",
        inputs=[
            Day(name="date", label=_("Day")),
            Text(name="window", label=_("Window"), help=_("Like 14:00–18:00."), required=False, max_length=60),
        ],
        guard=all_of(_attempts_left, not_past("date")),
    )
    def book_redelivery(self, **inputs: Any) -> None:
        """The carrier tries again."""

    @way(
        _("Failed again"),
        source="redelivery_booked",
        target="attempted",
        scan=[IncidentType.ATTEMPT_FAILED],
        inputs=[Choice(name="problem", label=_("Reason"), choices=DeliveryProblem, required=False)],
    )
    def fail_again(self, **inputs: Any) -> None:
        """One more attempt is used up."""

    @way(
        _("Hold for pickup"),
        source=("attempted", "instructions_received", "redelivery_booked"),
        target="held_for_pickup",
        inputs=[
            Text(name="place", label=_("Place"), stores="pickup_place"),
            Day(name="last_day", label=_("Last day"), stores="pickup_last_day"),
        ],
        guard=not_past("last_day"),
    )
    def hold_for_pickup(self, **inputs: Any) -> None:
        """The customer fetches it."""

    @way(
        _("Return to sender"),
        source=("attempted", "instructions_requested", "instructions_received", "held_for_pickup"),
        target="returning",
        inputs=[Choice(name="payer", label=_("Who pays"), choices=Payer, stores="return_payer")],
    )
    def return_to_sender(self, **inputs: Any) -> None:
        """The parcel goes back."""

    @way(_("Deliver"), source=OPEN, target="delivered", scan=[IncidentType.DELIVERED])
    def deliver(self) -> None:
        """It was handed over."""

    @way(_("Arrived back"), source="returning", target="returned", scan=[IncidentType.ARRIVED_BACK])
    def arrive_back(self) -> None:
        """Back at the sender's."""

    @way(
        _("Dispose"),
        source=("held_for_pickup", "returning"),
        target="disposed",
        inputs=[Text(name="why", label=_("Why"), required=False, long=True)],
    )
    def dispose(self, **inputs: Any) -> None:
        """Nobody wants it and nobody takes it back."""
