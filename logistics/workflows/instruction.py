"""Something a warehouse has to send, until it is on its way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.errors import InvalidInput
from common.inputs import Choice, Count, Moment, Pick, Text
from common.lines import Lines
from logistics.choices import InstructionRefusal
from logistics.models import Carrier, InstructionEvent, InstructionLine, ShipmentInstruction
from logistics.policies.tracking_number import normalise_tracking_number as normalise
from logistics.policies.work_states import INSTRUCTION
from logistics.workflows.common import DESCRIPTION, ITEM, NOTE, OUR_NUMBER, PARTNER, REASON, refuse_ahead
from logistics.workflows.inputs import Country
from logistics.workflows.step import BOTH, Machine, step


def _carriers() -> list[tuple[str, str]]:
    return list(Carrier.objects.values_list("code", "name"))


_CARRIER = Pick(name="carrier", label=_("Carrier"), rows=_carriers, required=False)


def _dispatched_before(instruction: ShipmentInstruction, inputs: dict[str, Any], now: datetime) -> None:
    refuse_ahead(inputs, "dispatched_at", now)
    if not normalise(inputs["tracking_number"]):
        sentence = _now("This is no tracking number.")
        raise InvalidInput(sentence, data={"tracking_number": [sentence]})


def _check_refusal(cleaned: dict[str, Any]) -> None:
    if cleaned.get("refusal") == InstructionRefusal.OTHER and not cleaned.get("refusal_note"):
        raise ValidationError({"refusal_note": _now("Say in words why.")})


class InstructionFlow(ShipmentInstruction):
    """From sent to dispatched, or refused."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("shipment instruction")
        verbose_name_plural = _("shipment instructions")

    @step(pgettext_lazy("instruction", "Acknowledge"), source="sent", target="acknowledged", by=BOTH)
    def acknowledge(self) -> None:
        """The warehouse has read it and will do it."""

    @step(
        _("Goods picked"),
        source=("sent", "acknowledged"),
        target="picked",
        by=BOTH,
    )
    def pick(self) -> None:
        """The goods lie packed."""

    @step(
        pgettext_lazy("instruction", "Dispatch"),
        source=("sent", "acknowledged", "picked"),
        target="dispatched",
        by=BOTH,
        inputs=[
            Text(name="tracking_number", label=_("Tracking number"), max_length=64),
            _CARRIER,
            Moment(
                name="dispatched_at", label=pgettext_lazy("moment", "Dispatched"), required=False, help=_("Empty: now.")
            ),
        ],
        guard=_dispatched_before,
    )
    def dispatch(self, *, tracking_number: str, carrier: str, dispatched_at: datetime) -> None:
        """The carrier has it."""
        self.tracking_number = normalise(tracking_number)
        self.dispatched_at = dispatched_at

    @step(
        pgettext_lazy("instruction", "Refuse"),
        source=("sent", "acknowledged", "picked"),
        target="refused",
        by=BOTH,
        inputs=[
            Choice(name="refusal", label=_("Why"), choices=InstructionRefusal),
            Text(name="refusal_note", label=_("In words"), required=False, long=True),
        ],
        check=_check_refusal,
    )
    def refuse(self, *, refusal: str, refusal_note: str) -> None:
        """The warehouse cannot or may not."""
        self.refusal, self.refusal_note = refusal, refusal_note

    @step(
        _("Send again"),
        source="refused",
        target="sent",
        inputs=[
            Text(
                name="address",
                label=_("Address"),
                long=True,
                required=False,
                help=_("Empty: as it was."),
            ),
            NOTE,
        ],
    )
    def send_again(self, *, address: str, note: str) -> None:
        """What kept the warehouse from it is settled."""
        self.refusal = self.refusal_note = ""
        self.address = address[:1_000] or self.address

    @step(
        pgettext_lazy("instruction", "Cancel"),
        source=("sent", "acknowledged", "picked", "refused"),
        target="cancelled",
        inputs=[REASON],
    )
    def cancel(self, *, reason: str) -> None:
        """It is not to be sent any more."""


MACHINE = Machine(
    name="instruction",
    flow=InstructionFlow,
    line=InstructionLine,
    event=InstructionEvent,
    states=INSTRUCTION,
    opening=(
        PARTNER,
        Text(name="recipient", label=_("Recipient")),
        Text(name="address", label=_("Address"), long=True),
        Country(name="country", label=_("Country"), help=_("Two letters (ISO 3166), like DE.")),
        Moment(name="ship_by", label=_("Ship by"), required=False),
        _CARRIER,
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
