"""Calls that did not arrive: nobody waits for an answer to what nobody has read."""

from __future__ import annotations

from datetime import datetime

from tickets.choices import CallBy, PageState
from tickets.models import Escalation, Message, Page
from tickets.policies.actor import Actor
from tickets.services.escalation.contacts import call_of_thread
from tickets.services.journal import Change, changing


def staff_not_reached(message: Message, *, now: datetime) -> None:
    """Note that a call by mail or chat was given up. The call stands in the desk; without any other way that reached
    somebody, the ladder's next step is due at once. Messages that are no calls are left alone.
    """
    named = call_of_thread(message.conversation.thread) if message.conversation else None
    if named is None:
        return
    pk, way = named
    ticket_id = Page.objects.filter(pk=pk).values_list("ticket_id", flat=True).first()
    if ticket_id is None:
        return
    with changing(ticket_id, actor=Actor.system("delivery"), now=now) as change:
        call = Page.objects.get(pk=pk)
        if way not in call.by:
            return
        call.by = [one for one in call.by if one != way]
        call.save(update_fields=["by"])
        change.record("call_not_delivered", {"page": call.pk, "user": call.user_id, "by": way})
        _hurry(change, call)


def partner_not_reached(change: Change, message: Message) -> None:
    """Note, inside a change, that a message to a partner's contact was given up; the next one is called at once."""
    call = Page.objects.filter(message=message, ticket_id=change.ticket.pk, state=PageState.OPEN).first()
    if call is None:
        return
    call.state = PageState.FAILED
    call.save(update_fields=["state"])
    change.record("call_not_delivered", {"page": call.pk, "partner": call.partner_id})
    _hurry(change, call)


def _hurry(change: Change, call: Page) -> None:
    """Make the ladder's next step due, unless somebody else of the same level was reached."""
    if call.escalation_id is None:
        return
    level = Page.objects.filter(escalation_id=call.escalation_id, level=call.level, state=PageState.OPEN)
    if level.exclude(by=[CallBy.DESK]).exists():
        return
    Escalation.objects.filter(
        pk=call.escalation_id, level=call.level, ended_at__isnull=True, next_at__gt=change.now
    ).update(next_at=change.now)
