"""Customs holds the parcel."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.inputs import Amounts, Choice, Day, Files, Link, Moment, Money, Several, Text
from knowledge_base.models.checklist import PaperType
from logistics.choices import DeliveryTerms, IncidentType, PartnerKind
from logistics.workflows.inputs import PartnerChoice
from tickets.choices import ActorKind, DutyType, Kind, PaperState, Payer, RefusalReason, WaitingOn
from tickets.models import Ticket
from tickets.workflows.common import Workflow
from tickets.workflows.guards import not_past
from tickets.workflows.way import OPEN, STAFF, way

CUSTOMS = "tickets.decide_customs"
MONEY = "tickets.decide_money"


class ClearanceTicket(Workflow, Ticket):
    """From the first word of the hold to the parcel's release, return or end."""

    workflow_kind = Kind.CLEARANCE
    strip: ClassVar[tuple[str, ...]] = (
        "reported",
        "under_review",
        "documents_requested",
        "documents_received",
        "with_broker",
        "under_inspection",
        "duties_requested",
        "awaiting_release",
        "released",
    )

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("customs hold")
        verbose_name_plural = _("customs holds")

    @way(_("Triage"), source="reported", target="under_review")
    def triage(self) -> None:
        """Somebody looks at it."""

    @way(
        _("Request documents"),
        source=("under_review", "documents_received", "with_broker", "under_inspection"),
        target="documents_requested",
        inputs=[
            Several(name="papers", label=_("Which papers"), choices=PaperType),
            Choice(
                name="asked_of",
                label=_("Of whom"),
                choices=WaitingOn,
                only=[WaitingOn.CUSTOMER, WaitingOn.SHIPPER, WaitingOn.BROKER],
            ),
            Moment(name="due_at", label=_("By when"), stores="papers_due_at"),
            Text(name="message", label=_("Words to add"), required=False, long=True),
        ],
        guard=not_past("due_at"),
    )
    def request_documents(self, *, papers: list[str], asked_of: str, **inputs: Any) -> None:
        self.waiting_on = asked_of

    @way(
        _("Receive documents"),
        source="documents_requested",
        target=("documents_requested", "documents_received"),
        by=(*STAFF, ActorKind.CUSTOMER, ActorKind.PARTNER),
        inputs=[
            Several(name="papers", label=_("Which papers"), choices=PaperType),
            Files(name="files", label=_("Files"), required=False),
        ],
    )
    def receive_documents(self, **inputs: Any) -> str:
        """Stays while some are missing; moves on when all are checked off."""
        return "documents_requested" if self.papers.filter(state=PaperState.MISSING).exists() else "documents_received"

    @way(
        _("Submit to broker"),
        source=("under_review", "documents_received", "duties_assessed"),
        target="with_broker",
        permission=CUSTOMS,
        inputs=[
            PartnerChoice(name="broker", label=_("Broker"), kind=PartnerKind.BROKER, stores="broker"),
            Text(name="message", label=_("Words to the broker"), required=False, long=True),
        ],
    )
    def submit_to_broker(self, **inputs: Any) -> None:
        """The papers go to the broker."""

    @way(
        _("Inspection started"),
        source=("reported", "under_review", "documents_received", "with_broker", "awaiting_release"),
        target="under_inspection",
        permission=CUSTOMS,
        scan=[IncidentType.INSPECTION_STARTED],
        inputs=[
            Text(name="office", label=_("Customs office"), required=False, keeps=True, stores="inspection_office"),
            Text(
                name="inspection",
                label=_("Kind of inspection"),
                required=False,
                keeps=True,
                max_length=60,
                stores="inspection_kind",
            ),
        ],
    )
    def start_inspection(self, **inputs: Any) -> None:
        """Customs look at the goods."""

    @way(
        _("Assess duties"),
        source=("under_review", "with_broker", "under_inspection"),
        target="duties_assessed",
        permission=CUSTOMS,
        inputs=[
            Amounts(name="duties", label=_("Amounts"), choices=DutyType),
            Choice(name="terms", label=_("Delivery terms"), choices=DeliveryTerms, stores="terms"),
        ],
    )
    def assess_duties(self, **inputs: Any) -> None:
        """What is to be paid is known."""

    @way(
        _("Request duties"),
        source="duties_assessed",
        target="duties_requested",
        permission=CUSTOMS,
        inputs=[
            Link(name="payment_link", label=_("Payment link"), required=False, stores="payment_link"),
            Day(name="last_day", label=_("Last day to pay"), stores="duties_due_date"),
        ],
        guard=not_past("last_day"),
    )
    def request_duties(self, **inputs: Any) -> None:
        """Under DDP our finance pays, else the customer."""
        self.waiting_on = WaitingOn.FINANCE if self.clearance_detail.terms == DeliveryTerms.DDP else WaitingOn.CUSTOMER

    @way(
        _("Confirm payment"),
        source=("duties_assessed", "duties_requested"),
        target="awaiting_release",
        permission=MONEY,
        inputs=[
            Text(name="receipt", label=_("Receipt"), max_length=120, stores="receipt"),
            Money(name="paid", label=_("Amount paid"), stores="paid_amount", stores_currency="paid_currency"),
        ],
    )
    def confirm_payment(self, **inputs: Any) -> None:
        """Duties are paid; customs have to let go."""

    @way(_("Release"), source=OPEN, target="released", permission=CUSTOMS, scan=[IncidentType.RELEASED])
    def release(self) -> None:
        """Customs let the parcel go."""

    @way(
        _("Refuse"),
        source=("under_review", "with_broker", "under_inspection", "awaiting_release"),
        target="refused",
        permission=CUSTOMS,
        inputs=[
            Choice(name="reason", label=_("Reason"), choices=RefusalReason, stores="refusal_reason"),
            Text(name="note", label=_("Note"), required=False, long=True),
        ],
    )
    def refuse(self, **inputs: Any) -> None:
        """Customs refuse the goods; what next is ours to decide."""

    @way(
        _("Appeal"),
        source="refused",
        target="with_broker",
        permission=CUSTOMS,
        inputs=[Text(name="grounds", label=_("Grounds"), long=True, stores="appeal_grounds")],
    )
    def appeal(self, **inputs: Any) -> None:
        """The broker takes the case up again."""

    @way(
        _("Return to origin"),
        source=("refused", "documents_requested", "duties_requested"),
        target="returning",
        permission=CUSTOMS,
        inputs=[Choice(name="payer", label=_("Who pays"), choices=Payer, stores="return_payer")],
    )
    def return_to_origin(self, **inputs: Any) -> None:
        """The parcel goes back."""

    @way(
        _("Abandon"),
        source=("refused", "documents_requested", "duties_requested"),
        target="abandoned",
        permission=CUSTOMS,
        inputs=[Text(name="consent", label=_("Consent: whose, when, how"), long=True, stores="consent")],
    )
    def abandon(self, **inputs: Any) -> None:
        """Left to customs, with the owner's consent."""

    @way(
        _("Destroy"),
        source=("refused", "documents_requested", "duties_requested"),
        target="destroyed",
        permission=CUSTOMS,
        inputs=[Text(name="consent", label=_("Consent: whose, when, how"), long=True, stores="consent")],
    )
    def destroy(self, **inputs: Any) -> None:
        """Destroyed under customs' eyes, with the owner's consent."""

    @way(_("Arrived back"), source="returning", target="returned", scan=[IncidentType.ARRIVED_BACK])
    def arrive_back(self) -> None:
        """Back at its origin."""
