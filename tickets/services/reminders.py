"""Being reminded of a ticket at a moment that a rule or a person chose."""

from __future__ import annotations

from datetime import datetime

from common.models import User
from tickets.choices import CallBy
from tickets.models import Reminder
from tickets.policies.actor import Actor
from tickets.services.escalation import page
from tickets.services.journal import Change, changing

BATCH = 200


def add_reminder(change: Change, *, due_at: datetime, text: str, user: User | None) -> Reminder:
    """Set a reminder inside a change; without ``user`` whoever owns the ticket then is reminded."""
    reminder = Reminder.objects.create(
        ticket_id=change.ticket.pk, due_at=due_at, text=text.strip()[:300], user=user, created_at=change.now
    )
    change.record("reminder_set", {"until": due_at, "user": user.pk if user else None}, personal={"text": text})
    return reminder


def remind_due(now: datetime) -> int:
    """Remind of what is due, at most a batch; reminders of ended tickets are dropped. Returns how many were due."""
    due = Reminder.objects.filter(done_at__isnull=True, due_at__lte=now).order_by("due_at")
    count = 0
    for reminder in list(due[:BATCH]):
        with changing(reminder.ticket_id, actor=Actor.clock("reminders"), now=now) as change:
            taken = Reminder.objects.filter(pk=reminder.pk, done_at__isnull=True).update(done_at=now)
            if not taken or not change.ticket.is_open:
                continue
            user = reminder.user or change.ticket.assignee
            change.record("reminded", {"user": user.pk if user else None}, personal={"text": reminder.text})
            if change.ticket.snoozed_until is not None:
                change.ticket.snoozed_until = None
            if user is not None:
                page(change, user=user, reason=reminder.text[:200], by=[CallBy.DESK])
        count += 1
    return count
