"""Answering a customer: the message, and the step that an answer means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from tickets.choices import Audience, Kind
from tickets.models import Message, Ticket
from tickets.policies.actor import Actor
from tickets.services.conversations import reply
from tickets.services.transitions import take_way


@transaction.atomic
def answer(*, ticket_id: int, actor: Actor, now: datetime, **content: Any) -> Message:
    """Queue an answer (``content`` and errors as in ``conversations.reply``).

    An inquiry is with the customer once they were answered; every other kind stands where its steps put it.
    """
    message = reply(ticket_id=ticket_id, actor=actor, now=now, **content)
    ticket = Ticket.objects.get_typed(ticket_id)
    if message.audience == Audience.CUSTOMER and ticket.kind == Kind.INQUIRY and ticket.state in ("new", "open"):
        take_way(ticket_id=ticket_id, way="await_customer", actor=actor, now=now)
    return message
