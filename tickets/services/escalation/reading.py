"""What pages show of calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet

from logistics.models import Partner
from tickets.choices import Kind, PageState, WhomKind
from tickets.models import Page

LOOKED_BACK = timedelta(days=90)
MOST_COUNTED = 99
_RELATED = ("ticket", "user", "contact", "partner", "escalation__policy")


def visible(calls: QuerySet[Page], user: Any) -> QuerySet[Page]:
    """Without the calls about tickets that this person may not see."""
    return calls if user.has_perm("tickets.view_safety") else calls.exclude(ticket__kind=Kind.SAFETY)


def open_calls_of(user: Any) -> QuerySet[Page]:
    """What waits for somebody's "I have it", the latest first. One's own calls are shown whatever they are about."""
    return Page.objects.filter(user=user.pk, state=PageState.OPEN).select_related(*_RELATED).order_by("-created_at")


def count_open_calls_of(user: Any) -> int:
    """How many calls wait for somebody, counted to MOST_COUNTED."""
    return len(Page.objects.filter(user=user.pk, state=PageState.OPEN).values_list("pk")[:MOST_COUNTED])


def to_release(user: Any) -> QuerySet[Page]:
    """Messages to somebody outside that wait for a person of ours, the oldest first."""
    waiting = Page.objects.filter(state=PageState.TO_APPROVE).select_related(*_RELATED)
    return visible(waiting, user).order_by("id")


def calls_of_ticket(ticket_id: int, user: Any) -> list[Page]:
    """What stands above a ticket for somebody: their own open calls, and messages that wait to be released."""
    wanted = Q(state=PageState.OPEN, user=user.pk) | Q(state=PageState.TO_APPROVE)
    calls = Page.objects.filter(wanted, ticket_id=ticket_id).select_related(*_RELATED)
    return list(calls.order_by("-created_at")[:10])


def answered_lately(user: Any) -> QuerySet[Page]:
    """Somebody's calls that are over, the latest first."""
    return (
        Page.objects.filter(user=user.pk)
        .exclude(state=PageState.OPEN)
        .select_related(*_RELATED, "acknowledged_by")
        .order_by("-created_at")
    )


def partner_record(partner: Partner, *, now: datetime) -> dict[str, Any]:
    """How a partner answered calls in the last LOOKED_BACK: one query along an index.

    ``called``, ``answered``, ``unanswered`` (told and still without an answer, or given up on), ``did_not_arrive``,
    ``backup_used`` (their backup or supervisor had to be asked), ``answered_within`` (mean, None without answers).
    """
    return Page.objects.filter(partner=partner, created_at__gte=now - LOOKED_BACK).aggregate(
        called=Count("id", filter=Q(told_at__isnull=False)),
        answered=Count("id", filter=Q(told_at__isnull=False, acknowledged_at__isnull=False)),
        unanswered=Count(
            "id",
            filter=Q(told_at__isnull=False, acknowledged_at__isnull=True) & ~Q(state=PageState.FAILED),
        ),
        did_not_arrive=Count("id", filter=Q(state=PageState.FAILED)),
        backup_used=Count("id", filter=Q(whom=WhomKind.PARTNER_BACKUP, told_at__isnull=False)),
        supervisor_asked=Count("id", filter=Q(whom=WhomKind.PARTNER_SUPERVISOR, told_at__isnull=False)),
        answered_within=Avg(F("acknowledged_at") - F("told_at"), filter=Q(acknowledged_at__isnull=False)),
    )
