"""Asking: which tickets ended, whom to ask when, the question itself. Rows only: any number of clocks may call it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from knowledge_base.errors import TemplateUnusable, ValuesMissing
from logistics.models import Customer
from tickets.choices import ENDED_PHASES, LinkPurpose, Resolution
from tickets.errors import CannotWrite
from tickets.models import Message, SurveyAnswer, SurveyRequest, SurveySettings, SurveyState, Ticket
from tickets.policies.actor import Actor
from tickets.policies.quiet_hours import held_until
from tickets.services.conversations import write_to_customer
from tickets.services.customer_links import make_link
from tickets.services.journal import Change, changing
from tickets.services.letters import letter
from tickets.services.readers import zone_of

logger = logging.getLogger(__name__)

QUESTION = "survey_question"
BATCH = 200
LOOKED_BACK = timedelta(days=2)
"""What ended longer ago when we first look is not asked about: nobody remembers."""
TOO_LATE = timedelta(days=7)
TRY_AGAIN = timedelta(minutes=15)
_ACTOR = Actor.clock("surveys")


def work_to_do(*, now: datetime) -> bool:
    """Whether a ticket ended that nobody has looked at, or somebody is to be asked now."""
    settings = SurveySettings.current()
    if not settings.is_on:
        return False
    return _ended(settings, now=now).exists() or _due(now=now).exists()


def plan(*, now: datetime) -> int:
    """Make a row for each ticket that ended and has a customer, a batch of them. Returns how many."""
    settings = SurveySettings.current()
    if not settings.is_on:
        return 0
    tickets = list(_ended(settings, now=now).order_by("resolved_at").only("id", "customer_id", "resolved_at")[:BATCH])
    made = SurveyRequest.objects.bulk_create(
        [
            SurveyRequest(
                ticket=ticket,
                customer_id=ticket.customer_id,
                due_at=max(ticket.resolved_at + settings.wait, now) if ticket.resolved_at else now,
                made_at=now,
            )
            for ticket in tickets
            if ticket.customer_id is not None
        ],
        ignore_conflicts=True,
    )
    return len(made)


def ask_due(*, now: datetime, limit: int = BATCH) -> int:
    """Ask what is due, each in a transaction of its own. Returns how many were asked."""
    asked = 0
    for _ in range(limit):
        with transaction.atomic():
            request = _due(now=now).select_for_update(skip_locked=True, of=("self",), no_key=True).first()
            if request is None:
                break
            try:
                with transaction.atomic():
                    _settle(request, now=now)
            except Exception:  # one that cannot be asked must not stop the rest
                logger.exception("The customer of ticket %s could not be asked", request.ticket_id)
                request.refresh_from_db()
                request.due_at = now + TRY_AGAIN
            if request.pk is not None:
                request.save(update_fields=["state", "reason", "due_at"])
            asked += request.state == SurveyState.ASKED
    return asked


def _ended(settings: SurveySettings, *, now: datetime) -> QuerySet[Ticket]:
    known = SurveyRequest.objects.filter(ticket=OuterRef("pk"))
    return Ticket.objects.filter(
        ~Exists(known), phase__in=ENDED_PHASES, customer__isnull=False, resolved_at__gt=now - LOOKED_BACK
    ).filter(resolved_at__lte=now)


def _due(*, now: datetime) -> QuerySet[SurveyRequest]:
    return SurveyRequest.objects.filter(state=SurveyState.WAITING, due_at__lte=now).order_by("due_at", "id")


def _settle(request: SurveyRequest, *, now: datetime) -> None:
    """Ask, put off until their morning, or drop; a ticket that was reopened is looked at again when it ends."""
    # Two tickets of one customer at once: the second one sees what the first has asked.
    Customer.objects.select_for_update(no_key=True).get(pk=request.customer_id)
    settings = SurveySettings.current()
    with changing(request.ticket_id, actor=_ACTOR, now=now) as change:
        ticket = change.ticket
        if ticket.is_open:
            request.delete()
            return
        if ticket.unanswered_since is not None or (ticket.resolved_at and ticket.resolved_at + settings.wait > now):
            request.due_at = max(now + TRY_AGAIN, (ticket.resolved_at or now) + settings.wait)
            return
        reason = _why_not(request, ticket, settings, now=now)
        if not reason:
            zone = zone_of(change.ticket)
            if zone is not None and (morning := held_until(zone=zone, now=now)) is not None:
                request.due_at = morning
                return
            reason = _ask(change, settings)
    request.state, request.reason = (SurveyState.DROPPED, reason) if reason else (SurveyState.ASKED, "")


def _why_not(request: SurveyRequest, ticket: Ticket, settings: SurveySettings, *, now: datetime) -> str:
    lately = SurveyAnswer.objects.filter(
        ticket__customer=request.customer_id, asked_at__gt=now - timedelta(days=settings.not_again_days)
    )
    customer = ticket.customer
    reasons = {
        "off": not settings.is_on,
        "erased": customer is None or customer.erased_at is not None,
        "kind": ticket.kind in settings.kinds_left_out,
        "not_solved": ticket.resolution != Resolution.SOLVED,
        "too_late": ticket.resolved_at is None or ticket.resolved_at < now - TOO_LATE - settings.wait,
    }
    found = next((reason for reason, holds in reasons.items() if holds), "")
    return found or ("lately" if lately.exists() or SurveyAnswer.objects.filter(ticket=ticket).exists() else "")


def _ask(change: Change, settings: SurveySettings) -> str:
    """Write the question on the customer's channel. Returns why not, "" when it is queued."""
    message = _question(change, settings)
    if isinstance(message, str):
        return message
    SurveyAnswer.objects.create(ticket_id=change.ticket.pk, message=message, asked_at=change.now)
    change.record("survey_asked", {"message": message.pk})
    return ""


def _question(change: Change, settings: SurveySettings) -> Message | str:
    life = timedelta(days=settings.answer_days)
    try:
        link = make_link(ticket=change.ticket, purpose=LinkPurpose.SURVEY, now=change.now, life=life)
        words = letter(key=QUESTION, ticket=change.ticket, values={"link": link})
        # At once: it was held for their morning already, whatever the rules say of other messages.
        message = write_to_customer(change, text=words.text, subject=words.subject, tells=False, at_once=True)
    except (TemplateUnusable, ValuesMissing, CannotWrite):
        logger.warning("Ticket %s: the question was not written", change.ticket.pk, exc_info=True)
        return "not_written"
    return message or "unreachable"
