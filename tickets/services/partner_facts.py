"""Of a ticket's own facts what the partner concerned is told: never money, never an address, never others' words."""

from __future__ import annotations

from typing import Any, Final

from tickets.choices import Kind
from tickets.models import PaperRequest, Ticket
from tickets.services.partner_steps import concerns

TOLD_PARTNERS: Final[dict[str, tuple[str, ...]]] = {
    Kind.CLEARANCE: ("papers_due_at", "inspection_office", "inspection_kind", "terms", "refusal_reason"),
    Kind.DELAY: ("question", "answer_due_at", "answer", "new_from", "new_to"),
    Kind.LOSS: ("what", "carrier_reference", "trace_due_at", "found_where"),
    Kind.FAILED_DELIVERY: ("problem", "attempts", "instruction", "wished_date", "pickup_place", "pickup_last_day"),
    Kind.RETURN: ("return_tracking_number", "label_reference", "condition"),
    Kind.WAREHOUSE: ("item", "expected_units", "counted_units", "question", "explanation"),
    Kind.INQUIRY: ("topic", "question"),
}


def told_summary(ticket: Ticket) -> str:
    """The ticket's summary as partners may read it: what logistics noticed, never a customer's words."""
    return ticket.told_summary if ticket.incident_id is not None else ""


def facts_for(ticket: Ticket, partner_id: int) -> dict[str, Any]:
    """The kind's own facts for a partner, as they are stored, by name; none for one who was only written to."""
    if not concerns(ticket, partner_id):
        return {}
    return {name: getattr(ticket.detail, name) for name in TOLD_PARTNERS.get(ticket.kind, ())}


def papers_for(ticket: Ticket, partner_id: int) -> list[PaperRequest]:
    """The papers asked for, for a partner whom the ticket concerns."""
    return list(PaperRequest.objects.filter(ticket_id=ticket.pk)) if concerns(ticket, partner_id) else []
