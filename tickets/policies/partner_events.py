"""What partners are told of a ticket's events, and under which names: those that their systems rely on.

An event that is not named here is ours alone. ``Seen`` says which of the ticket's partners may know of one; the
statement in ``tickets.services.partner_events`` holds it against the rows that ``partner_scope`` shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.choices import Audience, Target


class Seen(TextChoices):
    """Which partners of the ticket an event is for."""

    ALL = "all", _("Every partner of the ticket")
    MESSAGE = "message", _("The partner who wrote the message or was written to")
    FILES = "files", _("The partner whose file it is")
    PROMISE = "promise", _("The partner who owes the answer")
    NAMED = "named", _("The partner that the event names")


@dataclass(frozen=True, slots=True)
class Told:
    """An event as partners know it: its public name, and for whom it is."""

    name: str
    seen: Seen


ADDRESSED: Final = "ticket.addressed"
"""Comes first, as number 1, when a partner hears of a ticket for the first time; no event of the ticket's own."""

TOLD: Final[dict[str, Told]] = {
    "opened": Told("ticket.opened", Seen.ALL),
    "transition": Told("ticket.transitioned", Seen.ALL),
    "priority_changed": Told("ticket.priority_changed", Seen.ALL),
    "shipment_known": Told("ticket.shipment_known", Seen.ALL),
    "partner_called": Told("ticket.escalated", Seen.NAMED),
    "acknowledged": Told("ticket.acknowledged", Seen.NAMED),
    "message_received": Told("message.created", Seen.MESSAGE),
    "message_queued": Told("message.created", Seen.MESSAGE),
    "automatic_message": Told("message.created", Seen.MESSAGE),
    "message_edited": Told("message.updated", Seen.MESSAGE),
    "files_added": Told("document.added", Seen.FILES),
    "promise_warned": Told("promise.due_soon", Seen.PROMISE),
    "promise_breached": Told("promise.breached", Seen.PROMISE),
}
"""Type of a ticket's event → what partners are told."""

LABELS: Final[dict[str, str | Promise]] = {
    ADDRESSED: _("A ticket is addressed to the partner"),
    "ticket.opened": _("A ticket was opened"),
    "ticket.transitioned": _("The ticket took a step"),
    "ticket.priority_changed": _("The priority changed"),
    "ticket.shipment_known": _("The shipment became known"),
    "ticket.escalated": _("The partner was called because of the ticket"),
    "ticket.acknowledged": _("The partner said that they have it"),
    "message.created": _("A message between the partner and us"),
    "message.updated": _("The partner changed a message"),
    "document.added": _("A file of the partner was added"),
    "promise.due_soon": _("The partner's answer is soon due"),
    "promise.breached": _("The partner's answer is overdue"),
}
"""Public name → what it means. Every name a partner can subscribe to that is about tickets."""

PUBLIC_DATA: Final[dict[str, tuple[str, ...]]] = {
    "ticket.transitioned": ("way", "from", "to", "waiting_on"),
    "ticket.priority_changed": ("from", "to"),
    "message.created": ("message",),
    "message.updated": ("message",),
    "document.added": ("attachments",),
    "promise.due_soon": ("target", "due_at"),
    "promise.breached": ("target", "due_at"),
}
"""Which of an event's data partners are told. What is not named stays with us."""


_PARTNERS_PROMISES: Final = frozenset({Target.PARTNER_ANSWER.value, Target.CARRIER_ANSWER.value})


def may_be_told(what: str, data: Mapping[str, Any]) -> bool:
    """Whether an event can be one for partners, as far as it says itself. Most are seen not to be without a query."""
    told = TOLD.get(what)
    if told is None:
        return False
    if told.seen == Seen.PROMISE:
        return data.get("target") in _PARTNERS_PROMISES
    if told.seen == Seen.NAMED:
        return data.get("partner") is not None
    if told.seen == Seen.MESSAGE:
        return bool(data.get("audience", Audience.PARTNER) == Audience.PARTNER)
    return True


def public_data(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Of an event's data what its partner may know."""
    return {key: data[key] for key in PUBLIC_DATA.get(name, ()) if key in data}
