"""The customer sends something back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.inputs import Files, Moment, Money, Several, Text
from knowledge_base.models.checklist import PaperType
from logistics.choices import IncidentType, PartnerKind
from logistics.workflows.inputs import PartnerChoice
from tickets.choices import ActorKind, Kind, PaperState
from tickets.errors import TransitionRefused
from tickets.models import Ticket
from tickets.policies.customs_area import leaves_european_union
from tickets.workflows.common import Workflow
from tickets.workflows.guards import not_past
from tickets.workflows.way import STAFF, way

MONEY = "tickets.decide_money"
PAPERS = (
    PaperType.RETURN_DECLARATION,
    PaperType.COMMERCIAL_INVOICE,
    PaperType.PURCHASE_INVOICE,
    PaperType.PROOF_OF_PAYMENT,
    PaperType.PHOTOS,
    PaperType.OTHER,
)


def _papers_are_there(ticket: Ticket, inputs: dict[str, Any], now: datetime) -> None:
    """What was asked for is there; and goods that leave the European Union have their customs declaration."""
    papers = dict(ticket.papers.values_list("type", "state"))
    if PaperState.MISSING in papers.values():
        raise TransitionRefused(_now("Papers are still missing."))
    if leaves_european_union(ticket.destination, ticket.origin) and PaperType.RETURN_DECLARATION not in papers:
        raise TransitionRefused(
            _now("A return out of the European Union needs its customs declaration first: request it.")
        )


class ReturnTicket(Workflow, Ticket):
    """From the wish to send back to refund, exchange or refusal."""

    workflow_kind = Kind.RETURN
    strip: ClassVar[tuple[str, ...]] = (
        "requested",
        "papers_requested",
        "approved",
        "label_sent",
        "in_transit",
        "received",
        "inspected",
        "refunded",
    )

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("return")
        verbose_name_plural = _("returns")

    @way(
        _("Request papers"),
        source="requested",
        target="papers_requested",
        inputs=[
            Several(name="papers", label=_("Which papers"), choices=PaperType, only=PAPERS),
            Moment(name="due_at", label=_("By when"), required=False),
            Text(name="message", label=_("Words to add"), required=False, long=True),
        ],
        guard=not_past("due_at"),
    )
    def request_papers(self, **inputs: Any) -> None:
        """A return out of the European Union asks for customs papers first."""

    @way(
        _("Receive papers"),
        source="papers_requested",
        target=("papers_requested", "requested"),
        by=(*STAFF, ActorKind.CUSTOMER),
        inputs=[
            Several(name="papers", label=_("Which papers"), choices=PaperType, only=PAPERS),
            Files(name="files", label=_("Files"), required=False),
        ],
    )
    def receive_papers(self, **inputs: Any) -> str:
        """Stays while some are missing; with all of them there it can be approved."""
        return "papers_requested" if self.papers.filter(state=PaperState.MISSING).exists() else "requested"

    @way(
        _("Approve"),
        source="requested",
        target="approved",
        inputs=[Text(name="reason", label=_("Reason of the return"), stores="reason")],
        guard=_papers_are_there,
    )
    def approve(self, **inputs: Any) -> None:
        """It may come back."""

    @way(
        _("Send label"),
        source="approved",
        target="label_sent",
        inputs=[
            Text(name="label", label=_("Return label"), max_length=120, stores="label_reference"),
            Text(
                name="tracking_number",
                label=_("Tracking number of the return"),
                required=False,
                max_length=64,
                stores="return_tracking_number",
            ),
            PartnerChoice(name="warehouse", label=_("Warehouse"), kind=PartnerKind.WAREHOUSE, stores="warehouse"),
        ],
    )
    def send_label(self, **inputs: Any) -> None:
        """The customer can hand the parcel in."""

    @way(
        _("Handed in"),
        source="label_sent",
        target="in_transit",
        by=(*STAFF, ActorKind.CUSTOMER, ActorKind.PARTNER),
        inputs=[
            Text(
                name="tracking_number",
                label=_("Tracking number of the return"),
                required=False,
                max_length=64,
            )
        ],
    )
    def hand_in(self, **inputs: Any) -> None:
        """The return is on its way."""

    @way(
        _("Arrived"),
        source=("label_sent", "in_transit"),
        target="received",
        by=(*STAFF, ActorKind.PARTNER),
        scan=[IncidentType.ARRIVED_BACK],
    )
    def arrive(self) -> None:
        """The warehouse has it and has to look at it."""

    @way(
        _("Inspect"),
        source="received",
        target="inspected",
        by=(*STAFF, ActorKind.PARTNER),
        inputs=[Text(name="condition", label=_("Condition"), long=True, stores="condition")],
    )
    def inspect(self, **inputs: Any) -> None:
        """What came back is known."""

    @way(
        _("Refund"),
        source=("approved", "inspected"),
        target="refunded",
        permission=MONEY,
        inputs=[Money(name="amount", label=_("Amount"), stores="refunded_amount", stores_currency="refunded_currency")],
    )
    def refund(self, **inputs: Any) -> None:
        """The money goes back; from an approved return also without the goods."""

    @way(
        _("Exchange"),
        source="inspected",
        target="exchanged",
        inputs=[
            Text(
                name="tracking_number",
                label=_("Tracking number of the exchange"),
                max_length=64,
                stores="exchange_tracking_number",
            )
        ],
    )
    def exchange(self, **inputs: Any) -> None:
        """Something else is on its way to the customer."""

    @way(
        _("Decline"),
        source=("requested", "papers_requested", "approved", "label_sent", "inspected"),
        target="declined",
        permission=MONEY,
        inputs=[Text(name="grounds", label=_("Grounds"), long=True, stores="decline_grounds")],
    )
    def decline(self, **inputs: Any) -> None:
        """Nothing is paid or exchanged."""
