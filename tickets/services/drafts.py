"""Words that the composer offers for where a ticket stands; whoever answers may change them."""

from __future__ import annotations

from tickets.choices import Kind
from tickets.models import Ticket
from tickets.services.effects import wording


def suggested_reply(ticket: Ticket) -> str:
    """What the customer has to hear next, in their language; empty when nothing is due.

    A delay whose date was revised can only move on once the customer got this.
    """
    if ticket.kind == Kind.DELAY and ticket.state == "to_inform":
        return wording.new_date(ticket).text
    return ""
