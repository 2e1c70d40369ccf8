"""What can happen to a ticket, in words: the types of its events that rules may listen to."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENT_LABELS: dict[str, str | Promise] = {
    "opened": _("A ticket was opened"),
    "transition": _("The ticket took a step"),
    "message_received": _("A message came in"),
    "message_queued": _("A message was written"),
    "note": _("A note was written"),
    "message_edited": _("The sender changed a message"),
    "automatic_message": _("An automatic mail came in"),
    "delivery_failed": _("A message could not be delivered"),
    "delivery_in_doubt": _("A message may not have arrived"),
    "customer_unreachable": _("The customer could not be written to"),
    "partner_unreachable": _("The partner could not be written to"),
    "incident": _("Logistics noticed something"),
    "scan": _("A scan arrived"),
    "advisory": _("A lane was warned of"),
    "assigned": _("The owner changed"),
    "handed_over": _("The ticket was handed over"),
    "routed": _("An owner was looked for"),
    "out_of_hours": _("A customer wrote while nobody was at work"),
    "priority_changed": _("The priority changed"),
    "tags_changed": _("The tags changed"),
    "snoozed": _("The ticket was snoozed"),
    "woken": _("The ticket was woken"),
    "customer_known": _("The customer became known"),
    "shipment_known": _("The shipment became known"),
    "tier_changed": _("The customer's tier changed"),
    "files_added": _("Files were added"),
    "linked": _("The ticket was linked with another one"),
    "merged": _("Another ticket was merged into it"),
    "no_answer_needed": _("Somebody said that no answer is needed"),
    "promise_warned": _("A promise is soon due"),
    "promise_breached": _("A promise was missed"),
    "escalated": _("The ticket was escalated"),
    "paged": _("Somebody was called"),
    "acknowledged": _("A call was answered"),
    "call_not_delivered": _("A call did not arrive"),
    "escalation_ended": _("The escalation ended"),
    "reminded": _("A reminder was due"),
    "survey_asked": _("The customer was asked how it went"),
    "survey_answered": _("The customer gave a mark"),
    "survey_commented": _("The customer said why they gave their mark"),
    "compensation": _("A compensation moved"),
    "claim": _("A claim moved"),
}
"""Type of event → what happened. A rule listens to some of these."""
