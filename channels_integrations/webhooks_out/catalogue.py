"""Every event a partner can subscribe to, by its public name."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels_integrations.choices import WorkKind
from logistics.choices import BookingState, CountState, InstructionState
from tickets.policies.partner_events import LABELS

TEST: Final = "webhook.test"
"""What the test button sends; nobody subscribes to it."""
_OVERDUE: Final = "overdue"
_STATES: Final[dict[WorkKind, type[TextChoices]]] = {
    WorkKind.BOOKING: BookingState,
    WorkKind.COUNT: CountState,
    WorkKind.INSTRUCTION: InstructionState,
}


def _work_events() -> dict[str, str | Promise]:
    found: dict[str, str | Promise] = {}
    for kind, states in _STATES.items():
        for state in states:
            found[f"{kind}.{state}"] = state.label
        found[f"{kind}.{_OVERDUE}"] = _("The partner should have acted")
    return found


EVENTS: Final[dict[str, str | Promise]] = {**LABELS, **_work_events()}
"""Public name → what it means."""


def work_event_name(kind: str, *, what: str, before: str, after: str) -> str:
    """The public name of an event of warehouse work: the state it led to, or what happened without moving it."""
    return f"{kind}.{after if before != after else what}"
