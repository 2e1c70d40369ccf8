"""The parcel is lost, damaged, short, or shown delivered but not received."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.inputs import Choice, Files, Moment, Money, Several, Text
from knowledge_base.models.checklist import PaperType
from logistics.choices import IncidentType
from tickets.choices import ActorKind, Kind, LossWhat, SettlementMethod
from tickets.models import Ticket
from tickets.workflows.common import Workflow
from tickets.workflows.guards import at_least_one, needed_when, not_past
from tickets.workflows.way import STAFF, way

MONEY = "tickets.decide_money"
EVIDENCE = (PaperType.PHOTOS, PaperType.PACKING_PHOTOS, PaperType.PURCHASE_INVOICE, PaperType.DECLARATION)


def _says_what_to_recover(ticket: Ticket, inputs: dict[str, Any], now: datetime) -> None:
    """Found after something was paid or sent: what of it comes back must be said."""
    compensated = ticket.loss_detail.settlement not in ("", SettlementMethod.NONE)
    if ticket.state == "settled" and compensated and not inputs.get("recover"):
        raise InvalidInput(
            _now("Some of what you sent cannot be used."),
            data={"recover": [_now("The customer was compensated already: say what is to be recovered.")]},
        )


class LossTicket(Workflow, Ticket):
    """From the report to compensation or to the parcel found."""

    workflow_kind = Kind.LOSS
    strip: ClassVar[tuple[str, ...]] = (
        "reported",
        "tracing",
        "evidence_requested",
        "evidence_received",
        "confirmed",
        "settled",
    )

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("loss or damage")
        verbose_name_plural = _("losses and damages")

    @way(
        _("Open trace"),
        source=("reported", "evidence_received"),
        target="tracing",
        inputs=[
            Text(name="reference", label=_("Carrier's reference"), max_length=120, stores="carrier_reference"),
            Moment(name="due", label=_("Answer due"), stores="trace_due_at"),
        ],
        guard=not_past("due"),
    )
    def open_trace(self, **inputs: Any) -> None:
        """The carrier searches."""

    @way(
        _("Request evidence"),
        source=("reported", "tracing", "confirmed"),
        target="evidence_requested",
        inputs=[
            Several(name="papers", label=_("Which evidence"), choices=PaperType, only=EVIDENCE),
            Moment(name="due_at", label=_("By when"), required=False),
            Text(name="message", label=_("Words to add"), required=False, long=True),
        ],
        guard=not_past("due_at"),
    )
    def request_evidence(self, **inputs: Any) -> None:
        """The customer has to show what happened."""

    @way(
        _("Receive evidence"),
        source="evidence_requested",
        target="evidence_received",
        by=(*STAFF, ActorKind.CUSTOMER),
        inputs=[
            Several(name="papers", label=_("Which evidence"), choices=PaperType, only=EVIDENCE, required=False),
            Files(name="files", label=_("Files"), required=False),
        ],
        check=at_least_one("papers", "files", sentence=_("Say which evidence this is, or add files.")),
    )
    def receive_evidence(self, **inputs: Any) -> None:
        """It is here, to be looked at."""

    @way(
        _("Confirm"),
        source=("reported", "tracing", "evidence_received"),
        target="confirmed",
        inputs=[
            Choice(name="what", label=_("What happened"), choices=LossWhat, stores="what"),
            Text(name="grounds", label=_("Grounds"), long=True, stores="grounds"),
            Money(name="value", label=_("Value"), stores="value", stores_currency="value_currency"),
        ],
    )
    def confirm(self, **inputs: Any) -> None:
        """The loss stands; what we do about it is ours to decide."""

    @way(
        _("Settle"),
        source="confirmed",
        target="settled",
        permission=MONEY,
        inputs=[
            Choice(name="how", label=_("How"), choices=SettlementMethod, stores="settlement"),
            Money(
                name="amount",
                label=_("Amount"),
                required=False,
                stores="settled_amount",
                stores_currency="settled_currency",
            ),
        ],
        check=needed_when(
            "amount",
            where="how",
            is_one_of=(SettlementMethod.REFUND, SettlementMethod.COUPON),
            sentence=_("Say how much."),
        ),
    )
    def settle(self, **inputs: Any) -> None:
        """The customer is compensated first; the claim against the carrier comes after."""

    @way(
        _("Reject"),
        source=("tracing", "evidence_received", "confirmed"),
        target="not_compensable",
        permission=MONEY,
        inputs=[Text(name="grounds", label=_("Grounds"), long=True, stores="rejection_grounds")],
    )
    def reject(self, **inputs: Any) -> None:
        """Nothing can be compensated."""

    @way(
        _("Find"),
        source=("tracing", "confirmed", "settled"),
        target="found",
        by=(*STAFF, ActorKind.PARTNER),
        inputs=[
            Text(name="where", label=_("Where"), stores="found_where"),
            Text(
                name="recover",
                label=_("What to recover"),
                help=_("After a settlement: what the customer got that comes back."),
                required=False,
                stores="recover",
            ),
        ],
        guard=_says_what_to_recover,
    )
    def find(self, **inputs: Any) -> None:
        """The parcel is there after all."""

    @way(_("Deliver"), source="found", target="delivered", scan=[IncidentType.DELIVERED])
    def deliver(self) -> None:
        """It has arrived."""
