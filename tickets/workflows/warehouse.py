"""Stock and system disagree, or a warehouse could not do what it was told."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.inputs import Count, Money, Text
from logistics.choices import PartnerKind
from logistics.workflows.inputs import PartnerChoice
from tickets.choices import ActorKind, Kind
from tickets.models import Ticket
from tickets.workflows.common import Workflow
from tickets.workflows.way import STAFF, way

WAREHOUSE = "tickets.work_warehouse"
MONEY = "tickets.decide_money"


class WarehouseTicket(Workflow, Ticket):
    """From the difference to stock adjusted or a claim against the warehouse."""

    workflow_kind = Kind.WAREHOUSE
    strip: ClassVar[tuple[str, ...]] = ("reported", "asked", "explained", "recount", "adjusted")

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("warehouse matter")
        verbose_name_plural = _("warehouse matters")

    @way(
        _("Ask warehouse"),
        source=("reported", "explained"),
        target="asked",
        permission=WAREHOUSE,
        inputs=[
            PartnerChoice(name="warehouse", label=_("Warehouse"), kind=PartnerKind.WAREHOUSE, stores="warehouse"),
            Text(name="question", label=_("Question"), long=True, stores="question"),
            Text(name="item", label=_("Item"), required=False, keeps=True, stores="item"),
            Count(
                name="expected",
                label=_("Units expected"),
                required=False,
                keeps=True,
                minimum=0,
                stores="expected_units",
            ),
            Count(
                name="counted", label=_("Units counted"), required=False, keeps=True, minimum=0, stores="counted_units"
            ),
        ],
    )
    def ask_warehouse(self, **inputs: Any) -> None:
        """The warehouse has to explain."""

    @way(
        _("Explain"),
        source=("asked", "recount"),
        target="explained",
        by=(*STAFF, ActorKind.PARTNER),
        permission=WAREHOUSE,
        inputs=[
            Text(name="explanation", label=_("Explanation"), long=True, stores="explanation"),
            Count(
                name="counted", label=_("Units counted"), required=False, keeps=True, minimum=0, stores="counted_units"
            ),
        ],
    )
    def explain(self, **inputs: Any) -> None:
        """What the warehouse says is ours to judge."""

    @way(
        _("Request recount"),
        source=("reported", "explained"),
        target="recount",
        permission=WAREHOUSE,
        inputs=[
            PartnerChoice(name="warehouse", label=_("Warehouse"), kind=PartnerKind.WAREHOUSE, stores="warehouse"),
            Text(name="question", label=_("What to count"), long=True, stores="question"),
        ],
    )
    def request_recount(self, **inputs: Any) -> None:
        """The warehouse counts once more."""

    @way(
        _("Adjust"),
        source="explained",
        target="adjusted",
        permission=WAREHOUSE,
        inputs=[
            Count(
                name="units",
                label=_("Units adjusted"),
                help=_("With a minus when stock goes down; 0 when it was right."),
                stores="adjusted_units",
            )
        ],
    )
    def adjust(self, **inputs: Any) -> None:
        """Stock says what lies there."""

    @way(
        _("Claim"),
        source="explained",
        target="claimed",
        permission=MONEY,
        inputs=[
            Money(name="amount", label=_("Amount claimed"), stores="claimed_amount", stores_currency="claimed_currency")
        ],
    )
    def claim(self, **inputs: Any) -> None:
        """The warehouse has to pay for it."""
