"""A question, or what no other kind fits."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.inputs import Text
from logistics.choices import PartnerKind
from logistics.models import Partner
from logistics.workflows.inputs import PartnerChoice
from tickets.choices import ActorKind, Kind, WaitingOn
from tickets.models import Ticket
from tickets.workflows.common import Workflow
from tickets.workflows.way import OPEN, STAFF, way

ASKED = (PartnerKind.CARRIER, PartnerKind.BROKER, PartnerKind.WAREHOUSE)


class InquiryTicket(Workflow, Ticket):
    """From the question to the answer."""

    workflow_kind = Kind.INQUIRY
    strip: ClassVar[tuple[str, ...]] = ("new", "open", "waiting_customer", "resolved")

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")

    @way(
        _("Take up"),
        source="new",
        target="open",
        inputs=[Text(name="topic", label=_("Topic"), required=False, max_length=120, stores="topic")],
    )
    def take_up(self, **inputs: Any) -> None:
        """Somebody works on it."""

    @way(
        _("Ask customer"),
        source=("new", "open"),
        target="waiting_customer",
        inputs=[
            Text(name="question", label=_("Question"), help=_("Is sent as you write it."), long=True, stores="question")
        ],
    )
    def ask_customer(self, **inputs: Any) -> None:
        """The customer has to tell more."""

    @way(_("Answered"), source=("new", "open"), target="waiting_customer")
    def await_customer(self) -> None:
        """We have answered; an answer sent from the ticket's page takes this way by itself."""

    @way(
        _("Ask partner"),
        source=("new", "open"),
        target="waiting_partner",
        inputs=[
            PartnerChoice(name="partner", label=_("Partner"), kind=ASKED, stores="partner"),
            Text(
                name="question", label=_("Question"), help=_("Is sent as you write it."), long=True, stores="question"
            ),
        ],
    )
    def ask_partner(self, *, partner: Partner, **inputs: Any) -> None:
        """A carrier, broker or warehouse has to tell more."""
        self.waiting_on = WaitingOn(partner.kind)

    @way(
        _("Answer received"),
        source=("waiting_customer", "waiting_partner"),
        target="open",
        by=(*STAFF, ActorKind.CUSTOMER, ActorKind.PARTNER),
    )
    def receive_answer(self) -> None:
        """The ball is ours again."""

    @way(
        _("Resolve"),
        source=OPEN,
        target="resolved",
        inputs=[Text(name="answer", label=_("Answer, for the record"), required=False, long=True, stores="answer")],
    )
    def resolve(self, **inputs: Any) -> None:
        """The question is answered."""
