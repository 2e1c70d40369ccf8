"""What the log says: each type of event as a sentence."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tickets.admin.workflow import workflow_of
from tickets.choices import ActorKind, Via
from tickets.models import TicketEvent, TicketEventContent
from tickets.policies.events import EVENT_LABELS
from tickets.policies.states import STATES

_SENTENCES: dict[str, Any] = {
    "opened": gettext_lazy("Opened"),
    "transition": gettext_lazy("Moved"),
    "note": gettext_lazy("Wrote an internal note"),
    "message_received": gettext_lazy("A message came in"),
    "message_queued": gettext_lazy("Wrote a message"),
    "message_resent": gettext_lazy("Sent a message again"),
    "delivery_failed": gettext_lazy("A message could not be delivered"),
    "delivery_in_doubt": gettext_lazy("A message may not have arrived"),
    "sent_elsewhere": gettext_lazy("The message goes to the customer's next address"),
    "shipment_unlinked": gettext_lazy("The shipment belongs to another customer's ticket by now"),
    "automatic_message": gettext_lazy("An automatic mail came in"),
    "incident": gettext_lazy("Logistics noticed something"),
    "customer_known": gettext_lazy("The customer became known"),
    "customer_not_told": gettext_lazy("The customer was not told"),
    "letter_not_written": gettext_lazy("A letter to the customer could not be written"),
    "advisory": gettext_lazy("A lane was warned of"),
    "advisory_known": gettext_lazy("A lane was warned of; the customer hears of it in another ticket"),
    "shipment_known": gettext_lazy("The shipment became known"),
    "message_edited": gettext_lazy("The sender changed a message"),
    "files_added": gettext_lazy("Added files"),
    "priority_changed": gettext_lazy("Changed the priority"),
    "assigned": gettext_lazy("Changed the owner"),
    "handed_over": gettext_lazy("Handed over"),
    "routed": gettext_lazy("Looked for an owner"),
    "out_of_hours": gettext_lazy("The customer wrote while nobody was at work"),
    "snoozed": gettext_lazy("Snoozed"),
    "woken": gettext_lazy("Woken"),
    "tags_changed": gettext_lazy("Changed the tags"),
    "linked": gettext_lazy("Linked with another ticket"),
    "merged": gettext_lazy("Merged"),
    "converted": gettext_lazy("Converted"),
    "split": gettext_lazy("Split"),
    "scan": gettext_lazy("A scan arrived"),
    "no_answer_needed": gettext_lazy("No answer is needed"),
    "customer_erased": gettext_lazy("The customer's personal content was erased"),
    "customer_unreachable": gettext_lazy("The customer could not be written to"),
    "partner_unreachable": gettext_lazy("The partner could not be written to"),
    "escalated": gettext_lazy("Escalated"),
    "escalation_ended": gettext_lazy("The escalation ended"),
    "paged": gettext_lazy("Somebody was called"),
    "acknowledged": gettext_lazy("A call was answered"),
    "partner_called": gettext_lazy("A partner's contact is called"),
    "call_released": gettext_lazy("A message to somebody outside was released"),
    "call_dismissed": gettext_lazy("A message to somebody outside was not sent"),
    "call_not_delivered": gettext_lazy("A call did not arrive"),
    "participant_added": gettext_lazy("Somebody joined the thread"),
    "rule_stopped": gettext_lazy("A rule was stopped"),
    "reminder_set": gettext_lazy("Set a reminder"),
}

_NOBODY = (ActorKind.CLOCK, ActorKind.SYSTEM)
_OURSELVES: dict[str, Any] = {
    "advisory": gettext_lazy("Lane advisories"),
    "automatic mail": gettext_lazy("Automatic mail"),
    "escalation": gettext_lazy("Escalations"),
    "close": gettext_lazy("Closing"),
    "delivery": gettext_lazy("Delivery"),
    "handover": gettext_lazy("Handovers"),
    "promises": gettext_lazy("Promises"),
    "reminders": gettext_lazy("Reminders"),
    "routing": gettext_lazy("Routing"),
    "tier": gettext_lazy("Customer tiers"),
    "wake": gettext_lazy("Waking"),
}
"""What acts by itself, by the name it has in the log."""


def event_title(event: TicketEvent, kind: str) -> str:
    """What happened, in a few words."""
    if event.type == "transition":
        way = workflow_of(kind).ways().get(str(event.data.get("way", "")))
        label = way.label if way else event.data.get("way", "")
        return f"{label} → {state_label(kind, event.data.get('to'))}"
    said = _SENTENCES.get(event.type) or EVENT_LABELS.get(event.type)
    return str(said or event.type.replace("_", " ").capitalize())


def event_line(event: TicketEvent, kind: str) -> str:
    """What happened, by whom and through what, and the word that went with a handover: a line in the thread."""
    parts = [event_title(event, kind), event_who(event)]
    if event.type == "handed_over" and (note := personal_content(event).get("note")):
        parts.append(f"“{note}”")
    return " · ".join(parts)


def personal_content(event: TicketEvent) -> dict[str, Any]:
    """An event's personal content; empty when it has none or it was erased."""
    try:
        content: dict[str, Any] = event.content.content
    except TicketEventContent.DoesNotExist:
        return {}
    return content


def event_who(event: TicketEvent) -> str:
    """Who did it and through what."""
    who = str(_OURSELVES.get(event.actor_name, event.actor_name)) if event.actor_kind in _NOBODY else event.actor_name
    who = who or str(ActorKind(event.actor_kind).label)
    via = str(Via(event.via).label)
    said = via if event.via == Via.API else via.lower()
    return who if via == who else _("%(who)s through %(via)s") % {"who": who, "via": said}


def state_label(kind: str, name: Any) -> str:
    """A state's label; the name itself when this kind has no such state (a ticket that was converted)."""
    state = STATES.get(kind, {}).get(str(name))
    return str(state.label) if state else str(name)


def masked_label(kind: str) -> str:
    """What kind of number was hidden in a message."""
    if kind == "card":
        return _("card number")
    if kind == "iban":
        return _("bank account")
    return _("identity number")


def people_text(count: int) -> str:
    """How many are in a thread."""
    return ngettext("%(count)d person in this thread", "%(count)d people in this thread", count) % {"count": count}
