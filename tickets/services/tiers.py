"""A customer's tier is a fact of their tickets: when it changes, their open ones follow."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from logistics.models import Customer
from tickets.choices import OPEN_PHASES
from tickets.models import TicketFacts
from tickets.policies.actor import Actor
from tickets.services.journal import changing


def follow_tier(customer: Customer, *, now: datetime | None = None) -> int:
    """Let the open tickets of a customer whose tier changed have it in their facts and promises. Returns how many.

    ``now``: the moment of the change; whoever saved the customer did it now.
    """
    behind = (
        TicketFacts.objects.filter(ticket__customer=customer, ticket__phase__in=OPEN_PHASES, valid_to__isnull=True)
        .exclude(tier=customer.tier)
        .order_by("ticket_id")
        .values_list("ticket_id", "tier")
    )
    count = 0
    for ticket_id, before in list(behind):
        with changing(ticket_id, actor=Actor.system("tier"), now=now or timezone.now()) as change:
            change.ticket.customer = customer
            change.record("tier_changed", {"from": before, "to": customer.tier})
            count += 1
    return count
