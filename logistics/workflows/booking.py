"""Goods announced to a warehouse, until what came is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.inputs import Count, Moment, Text
from common.lines import Lines
from logistics.models import BookingEvent, BookingLine, InboundBooking
from logistics.policies.work_states import BOOKING
from logistics.workflows.common import (
    DESCRIPTION,
    ITEM,
    NOTE,
    OUR_NUMBER,
    PARTNER,
    REASON,
    SLOT_FROM,
    SLOT_TO,
    check_slot,
    refuse_ahead,
    refuse_missing,
)
from logistics.workflows.step import BOTH, Machine, step

USUAL_SLOT = timedelta(hours=2)
"""How long the slot is that a warehouse confirms without naming one; it begins when the goods are expected."""


def _arrived_before(booking: InboundBooking, inputs: dict[str, Any], now: datetime) -> None:
    refuse_ahead(inputs, "arrived_at", now)


def _says_all(booking: InboundBooking, inputs: dict[str, Any], now: datetime) -> None:
    refuse_ahead(inputs, "received_at", now)
    refuse_missing((line.item for line in booking.lines.all()), inputs["lines"])


class BookingFlow(InboundBooking):
    """From announced to closed."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("inbound booking")
        verbose_name_plural = _("inbound bookings")

    @step(
        pgettext_lazy("booking", "Confirm"),
        source="announced",
        target="confirmed",
        by=BOTH,
        inputs=[
            Moment(
                name="slot_from",
                label=_("Slot from"),
                required=False,
                help=_("Empty: from when the goods are expected, for two hours."),
            ),
            Moment(name="slot_to", label=_("Slot until"), required=False),
        ],
        check=check_slot,
    )
    def confirm(self, *, slot_from: datetime | None, slot_to: datetime | None) -> None:
        """The warehouse takes the goods in then."""
        self.slot_from = slot_from or self.expected_at
        self.slot_to = slot_to or self.expected_at + USUAL_SLOT

    @step(
        _("Offer another slot"),
        source=("announced", "confirmed"),
        target="countered",
        by=BOTH,
        inputs=[SLOT_FROM, SLOT_TO, REASON],
        check=check_slot,
    )
    def counter(self, *, slot_from: datetime, slot_to: datetime, reason: str) -> None:
        """The warehouse cannot then, but then."""
        self.slot_from, self.slot_to = slot_from, slot_to

    @step(_("Accept the slot"), source="countered", target="confirmed")
    def accept_slot(self) -> None:
        """The goods come when the warehouse can."""

    @step(
        _("Propose another time"),
        source="countered",
        target="announced",
        inputs=[Moment(name="expected_at", label=_("Expected to arrive")), NOTE],
    )
    def propose(self, *, expected_at: datetime, note: str) -> None:
        """The slot does not suit us: the warehouse has to say again."""
        self.expected_at = expected_at
        self.slot_from = self.slot_to = None

    @step(
        _("Goods arrived"),
        source=("announced", "countered", "confirmed"),
        target="arrived",
        by=BOTH,
        inputs=[
            Moment(name="arrived_at", label=pgettext_lazy("moment", "Arrived"), required=False, help=_("Empty: now."))
        ],
        guard=_arrived_before,
    )
    def arrive(self, *, arrived_at: datetime) -> None:
        """They stand at the gate; nobody has looked into them yet."""
        self.arrived_at = arrived_at

    @step(
        _("Goods received"),
        source="arrived",
        target=("received", "closed"),
        by=BOTH,
        inputs=[
            Lines(
                name="lines",
                label=_("What came"),
                columns=(
                    ITEM,
                    Count(name="received", label=_("Units received"), minimum=0),
                    Count(name="damaged", label=_("Of these damaged"), minimum=0, required=False),
                    Text(name="remark", label=_("Remark"), max_length=300, required=False),
                ),
                extra=2,
                help=_("Every item that was announced, with 0 when it did not come, and what came besides."),
            ),
            Moment(
                name="received_at", label=pgettext_lazy("moment", "Received"), required=False, help=_("Empty: now.")
            ),
        ],
        guard=_says_all,
    )
    def receive(self, *, lines: list[dict[str, Any]], received_at: datetime, differs: bool) -> str:
        """Counted in. With differences we have to look at it, without any it is done."""
        self.received_at = received_at
        return "received" if differs else "closed"

    @step(
        pgettext_lazy("booking", "Close"),
        source="received",
        target="closed",
        inputs=[Text(name="note", label=_("What became of the difference"), required=False, long=True)],
    )
    def close(self, *, note: str) -> None:
        """The difference is settled."""

    @step(
        pgettext_lazy("booking", "Cancel"),
        source=("announced", "countered", "confirmed"),
        target="cancelled",
        inputs=[REASON],
    )
    def cancel(self, *, reason: str) -> None:
        """The goods do not come."""


MACHINE = Machine(
    name="booking",
    flow=BookingFlow,
    line=BookingLine,
    event=BookingEvent,
    states=BOOKING,
    opening=(
        PARTNER,
        Moment(name="expected_at", label=_("Expected to arrive")),
        Count(name="packages", label=_("Packages"), minimum=1, required=False),
        Text(name="tracking_number", label=_("Tracking number"), max_length=64, required=False),
        OUR_NUMBER,
        NOTE,
        Lines(
            name="lines",
            label=_("Items"),
            columns=(ITEM, DESCRIPTION, Count(name="units", label=_("Units"), minimum=1)),
            extra=6,
        ),
    ),
)
