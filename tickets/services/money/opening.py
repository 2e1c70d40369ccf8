"""What a ticket's decisions cost and bring back: each opens a row of its own, inside the ticket's change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db.models import F, Min

from tickets.choices import ClaimFrom, ClaimState, CompensationState, SettlementMethod
from tickets.models import Claim, ClaimTerms, Compensation, Ticket
from tickets.services.journal import Change


def compensate(
    change: Change, *, method: str, amount: Decimal | None, currency: str, decided: bool, reason: str = ""
) -> Compensation | None:
    """Open what the customer gets, and tell the ticket's log; None when there is nothing to pay.

    ``decided``: whoever may decide about money has told the customer already, so that it only has to be paid.
    """
    if amount is None or amount <= 0 or method not in (SettlementMethod.REFUND, SettlementMethod.COUPON):
        return None
    row = Compensation.objects.create(
        ticket_id=change.ticket.pk,
        method=method,
        amount=amount,
        currency=currency,
        reason=reason,
        state=CompensationState.ACCEPTED if decided else CompensationState.DRAFT,
        created_by=change.actor.user,
        approved_by=change.actor.user if decided else None,
        created_at=change.now,
        offered_at=change.now if decided else None,
        decided_at=change.now if decided else None,
    )
    change.record("compensation", {"compensation": row.pk, "compensation_state": row.state})
    return row


def claim_back(change: Change, *, amount: Decimal | None, currency: str, partner_id: int | None = None) -> Claim | None:
    """Draft a claim against whoever carried the parcel (or ``partner_id``), with the last day to file it by.

    None when there is nobody to claim from, nothing to claim, or one under way for this ticket already.
    """
    ticket = change.ticket
    carrier = ticket.shipment.carrier if ticket.shipment and partner_id is None else None
    partner_id = partner_id or (carrier.partner_id if carrier else None)
    if amount is None or amount <= 0 or (carrier is None and partner_id is None):
        return None
    if Claim.objects.filter(ticket_id=ticket.pk).exclude(state=ClaimState.WRITTEN_OFF).exists():
        return None
    row = Claim.objects.create(
        ticket_id=ticket.pk,
        carrier=carrier,
        partner_id=partner_id,
        amount=amount,
        currency=currency,
        file_by=file_by(ticket, carrier.pk if carrier else None, now=change.now),
        created_by=change.actor.user,
        created_at=change.now,
    )
    change.record("claim", {"claim": row.pk, "claim_state": row.state})
    return row


def terms_of(carrier_id: int | None) -> ClaimTerms | None:
    """The terms of a carrier, else those of all that have none; None where nobody wrote any down."""
    rows = ClaimTerms.objects.filter(carrier_id=carrier_id) if carrier_id else ClaimTerms.objects.none()
    return rows.first() or ClaimTerms.objects.filter(carrier__isnull=True).first()


def file_by(ticket: Ticket, carrier_id: int | None, *, now: datetime) -> date | None:
    """The last day (UTC) to file a claim by the carrier's terms; None where nobody wrote any down."""
    terms = terms_of(carrier_id)
    if terms is None:
        return None
    begins = _counted_from(ticket, terms.counted_from) or ticket.opened_at
    return begins.astimezone(UTC).date() + timedelta(days=terms.file_within_days)


def _counted_from(ticket: Ticket, counted_from: str) -> datetime | None:
    shipment = ticket.shipment
    if shipment is None or counted_from == ClaimFrom.NOTICED:
        return ticket.opened_at
    if counted_from == ClaimFrom.DELIVERED:
        return shipment.delivered_at
    first: datetime | None = shipment.events.aggregate(first=Min(F("at")))["first"]
    return first or shipment.created_at
