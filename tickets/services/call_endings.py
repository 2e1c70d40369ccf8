"""Calls that nobody has to answer any more: the ticket ended, a partner answered, whoever was called has taken it.

``tickets.services.journal`` asks ``follow`` at the end of every change, so that no ladder is climbed for something
that is done. Working on a ticket acknowledges one's own calls alone: that somebody else looked at it, or that it was
given to somebody, tells the others nothing until the one who was called says so, or does something about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from tickets.choices import OPEN_PHASES, ActorKind, EscalationEnd, PageState, WaitingOn
from tickets.models import Escalation, Page, TicketEvent

if TYPE_CHECKING:
    from tickets.services.journal import Change

UNANSWERED = (PageState.OPEN, PageState.TO_APPROVE)
_PARTIES = frozenset({WaitingOn.CARRIER, WaitingOn.BROKER, WaitingOn.WAREHOUSE})
_WORK = frozenset({"message_queued", "transition"})
"""What somebody who was called does only when they have it: they write to somebody, or move the ticket on."""
_ANSWERED_BY = frozenset({ActorKind.STAFF, ActorKind.PARTNER})


def follow(change: Change, *, before: Mapping[str, Any], events: Iterable[TicketEvent]) -> None:
    """End what a change has made needless. Asks the database only after a change that can mean something to calls."""
    ticket = change.ticket
    if before["phase"] in OPEN_PHASES and not ticket.is_open:
        _ticket_ended(change)
        return
    if before["waiting_on"] in _PARTIES and ticket.waiting_on != before["waiting_on"]:
        # Staff who move it on have heard of the partner by telephone; a scan has only overtaken the question.
        if change.actor.kind in _ANSWERED_BY:
            partner_answered(change, None)
        else:
            end_ladders(change, _running(change).filter(partner__isnull=False), EscalationEnd.STOPPED)
    if change.actor.kind == ActorKind.STAFF and change.actor.id is not None and _is_work(change, events):
        own = Page.objects.filter(ticket_id=ticket.pk, user_id=change.actor.id, state=PageState.OPEN)
        take_calls(change, own, user_id=change.actor.id)


def take_calls(change: Change, calls: QuerySet[Page], *, user_id: int) -> list[int]:
    """Acknowledge open calls in somebody's name, inside a change: their ladders end, the others' calls are withdrawn.

    Returns the calls' keys, none when all were answered already.
    """
    found: list[tuple[int, int | None]] = list(calls.filter(state=PageState.OPEN).values_list("pk", "escalation_id"))
    if not found:
        return []
    taken = [pk for pk, _escalation in found]
    Page.objects.filter(pk__in=taken).update(
        state=PageState.ACKNOWLEDGED, acknowledged_at=change.now, acknowledged_by=user_id
    )
    for pk in taken:
        change.record("acknowledged", {"page": pk, "user": user_id})
    ladders = {escalation for _pk, escalation in found if escalation is not None}
    running = Escalation.objects.filter(pk__in=ladders, ended_at__isnull=True)
    end_ladders(change, running, EscalationEnd.ACKNOWLEDGED, acknowledged_by=user_id)
    withdraw_calls(change, escalations=ladders)  # also of a ladder that had come to its end
    return taken


def partner_answered(change: Change, partner_id: int | None) -> None:
    """A partner has answered, or (None) whichever partner it was: their calls are answered and their ladders end."""
    whose = Q(partner_id=partner_id) if partner_id is not None else Q(partner__isnull=False)
    open_calls = Page.objects.filter(whose, ticket_id=change.ticket.pk, state=PageState.OPEN)
    answered = list(open_calls.values_list("pk", "partner_id"))
    if answered:
        Page.objects.filter(pk__in=[pk for pk, _partner in answered]).update(
            state=PageState.ACKNOWLEDGED, acknowledged_at=change.now
        )
        for pk, partner in answered:
            change.record("acknowledged", {"page": pk, "partner": partner})
    end_ladders(change, _running(change).filter(whose), EscalationEnd.ANSWERED)


def end_ladders(
    change: Change, running: QuerySet[Escalation], end: EscalationEnd, *, acknowledged_by: int | None = None
) -> list[int]:
    """End running ladders of the change's ticket and withdraw their calls. Returns their keys."""
    ended = list(running.values_list("pk", flat=True))
    if ended:
        Escalation.objects.filter(pk__in=ended).update(
            ended_at=change.now, end=end, next_at=None, acknowledged_by=acknowledged_by
        )
        withdraw_calls(change, escalations=ended)
        change.record("escalation_ended", {"end": end, "escalations": ended})
    return ended


def withdraw_calls(change: Change, *, escalations: Iterable[int]) -> None:
    """Take back the calls of ladders that nobody has to answer any more."""
    keys = list(escalations)
    if keys:
        Page.objects.filter(escalation_id__in=keys, state__in=UNANSWERED).update(state=PageState.WITHDRAWN)


def _ticket_ended(change: Change) -> None:
    by_staff = change.actor.kind == ActorKind.STAFF and change.actor.id is not None
    end_ladders(
        change,
        _running(change),
        EscalationEnd.RESOLVED,
        acknowledged_by=change.actor.id if by_staff else None,
    )
    Page.objects.filter(ticket_id=change.ticket.pk, state__in=UNANSWERED).update(state=PageState.WITHDRAWN)


def _running(change: Change) -> QuerySet[Escalation]:
    return Escalation.objects.filter(ticket_id=change.ticket.pk, ended_at__isnull=True)


def _is_work(change: Change, events: Iterable[TicketEvent]) -> bool:
    own = [event for event in events if event.actor_kind == ActorKind.STAFF and event.actor_id == change.actor.id]
    return any(
        event.type in _WORK or (event.type == "assigned" and event.data.get("assignee") == change.actor.id)
        for event in own
    )
