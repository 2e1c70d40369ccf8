"""Allergy, injury, counterfeit, threat of suit: few may see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from common.inputs import Text
from tickets.choices import Kind
from tickets.models import Ticket
from tickets.workflows.common import Workflow
from tickets.workflows.way import Way, way

SAFETY = "tickets.decide_safety"


class SafetyTicket(Workflow, Ticket):
    """From the report to the answer. Every way, the common ones too, asks for the permission of safety."""

    workflow_kind = Kind.SAFETY
    strip: ClassVar[tuple[str, ...]] = ("reported", "with_legal", "information_requested", "answered")

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("safety matter")
        verbose_name_plural = _("safety matters")

    @classmethod
    def ways(cls) -> dict[str, Way]:
        return {name: replace(one, permission=SAFETY) for name, one in super().ways().items()}

    @way(
        _("Hand to legal"),
        source="reported",
        target="with_legal",
        inputs=[Text(name="assessment", label=_("Assessment"), long=True, stores="assessment")],
    )
    def hand_to_legal(self, **inputs: Any) -> None:
        """It is serious; legal decide what is said."""

    @way(
        _("Request information"),
        source=("reported", "with_legal"),
        target="information_requested",
        inputs=[Text(name="question", label=_("Question to the customer"), long=True, stores="question")],
    )
    def request_information(self, **inputs: Any) -> None:
        """The customer has to tell more."""

    @way(
        _("Receive information"),
        source="information_requested",
        target="with_legal",
        inputs=[Text(name="information", label=_("What the customer told"), long=True, stores="information")],
    )
    def receive_information(self, **inputs: Any) -> None:
        """Legal can go on."""

    @way(
        _("Answer"),
        source="with_legal",
        target="answered",
        inputs=[
            Text(
                name="answer",
                label=_("Answer to the customer"),
                help=_("Is sent as you write it."),
                long=True,
                stores="answer",
            )
        ],
    )
    def answer(self, **inputs: Any) -> None:
        """The customer has our answer."""
