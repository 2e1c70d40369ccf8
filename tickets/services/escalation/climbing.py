"""Climbing a ladder: level by level, until somebody acknowledges, the partner answers or the ticket ends."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import InvalidInput, PermissionRefused
from common.policies.business_time import Hours
from common.services.calendars import hours_of
from logistics.models import Partner
from logistics.services.agreements import agreed_with
from tickets.choices import EscalationEnd, HoursOf, Priority
from tickets.models import Escalation, EscalationLevel, EscalationPolicy
from tickets.policies.actor import Actor
from tickets.services.call_endings import end_ladders, withdraw_calls
from tickets.services.escalation.calls import PARTNERS, call_level, partner_at_work, tell_customer_next
from tickets.services.journal import Change, changing

logger = logging.getLogger(__name__)

BATCH = 200
_CLIMBER = "escalation"


def start(change: Change, *, policy: EscalationPolicy, reason: str, partner: Partner | None = None) -> Escalation:
    """Begin a ladder for a ticket, inside a change; one that is being climbed already is returned as it is.

    ``partner`` is whom the partner's levels call; without one, whom the ticket waits on. A first level without delay
    calls at once.
    """
    running = Escalation.objects.filter(ticket_id=change.ticket.pk, policy=policy, ended_at__isnull=True).first()
    if running is not None:
        return running
    levels = _levels(policy)
    escalation = Escalation(
        ticket_id=change.ticket.pk,
        policy=policy,
        partner=partner or (partner_at_work(change) if any(one.whom in PARTNERS for one in levels) else None),
        reason=reason[:200],
        started_at=change.now,
    )
    if levels:
        escalation.next_at = _after(change, levels[0], escalation.partner)
    if not levels:
        escalation.ended_at, escalation.end = change.now, EscalationEnd.EXHAUSTED
    escalation.save(force_insert=True)
    change.record("escalated", {"escalation": escalation.pk, "policy": policy.pk, "level": 0})
    while escalation.next_at is not None and escalation.next_at <= change.now:
        _step(change, escalation, levels)
    return escalation


def climb(now: datetime) -> int:
    """Take the steps that are due, at most a batch. Returns how many ladders were moved."""
    due = Escalation.objects.filter(next_at__lte=now).order_by("next_at").values_list("pk", "ticket_id")
    moved = 0
    for pk, ticket_id in list(due[:BATCH]):
        try:
            with transaction.atomic(), changing(ticket_id, actor=Actor.clock(_CLIMBER), now=now) as change:
                escalation = Escalation.objects.select_related("policy", "partner").get(pk=pk)
                if escalation.next_at is None or escalation.next_at > now:
                    continue
                _step(change, escalation, _levels(escalation.policy))
                moved += 1
        except Exception:  # one ladder must not keep the clock from the others
            logger.exception("The escalation %s could not be climbed", pk)
            Escalation.objects.filter(pk=pk, ended_at__isnull=True).update(next_at=now + timedelta(minutes=5))
    return moved


def end_for(
    change: Change, end: EscalationEnd, *, acknowledged_by: int | None = None, partner_id: int | None = None
) -> int:
    """End a ticket's ladders, inside a change: those of one partner, or all. Returns how many."""
    running = Escalation.objects.filter(ticket_id=change.ticket.pk, ended_at__isnull=True)
    if partner_id is not None:
        running = running.filter(partner_id=partner_id)
    return len(end_ladders(change, running, end, acknowledged_by=acknowledged_by))


def stop(*, escalation_id: int, actor: Actor, now: datetime) -> None:
    """Stop a ladder: nobody is called any more. Raises PermissionRefused, InvalidInput when it has ended."""
    if not actor.may("tickets.supervise"):
        raise PermissionRefused(_("Only supervisors stop an escalation."))
    ticket_id = Escalation.objects.values_list("ticket_id", flat=True).get(pk=escalation_id)
    with transaction.atomic(), changing(ticket_id, actor=actor, now=now) as change:
        running = Escalation.objects.filter(pk=escalation_id, ended_at__isnull=True)
        if not end_ladders(change, running, EscalationEnd.STOPPED):
            raise InvalidInput(_("This escalation has ended already."))


def _levels(policy: EscalationPolicy) -> list[EscalationLevel]:
    return list(policy.levels.select_related("user", "role", "team", "rota").order_by("order"))


def _step(change: Change, escalation: Escalation, levels: list[EscalationLevel]) -> None:
    """Call the next level, or the same once more; at the top begin again or give up."""
    if not change.ticket.is_open:
        _end(change, escalation, EscalationEnd.RESOLVED)
        return
    place = escalation.level  # levels are counted from 1: 0 is before the first
    again = place > 0 and place <= len(levels) and escalation.times_at_level < levels[place - 1].times
    if not again:
        place += 1
        escalation.times_at_level = 0
        if place > len(levels):
            if escalation.round >= escalation.policy.repeat:
                _end(change, escalation, EscalationEnd.EXHAUSTED)
                return
            escalation.round += 1
            place = 1
    level = levels[place - 1]
    escalation.level = place
    escalation.times_at_level += 1
    called = call_level(change, escalation, level)
    change.record("escalated", {"escalation": escalation.pk, "policy": escalation.policy_id, "level": place})
    escalation.next_at = _next_at(change, escalation, levels, called=called)
    escalation.save(update_fields=["level", "times_at_level", "round", "next_at", "partner"])
    # Where two steps fall at once the customer hears of it after the second.
    if escalation.policy.tells_customer and escalation.next_at > change.now:
        tell_customer_next(change, escalation)


def _next_at(change: Change, escalation: Escalation, levels: list[EscalationLevel], *, called: int) -> datetime:
    """When the next step is due; a level that reached nobody is passed at once."""
    level = levels[escalation.level - 1]
    if called and escalation.times_at_level < level.times:
        return change.now + (level.again_after or timedelta(minutes=10))
    if escalation.level < len(levels):
        following = levels[escalation.level]
        return _after(change, following, escalation.partner) if called else change.now
    return change.now + (level.again_after or timedelta(minutes=10))


def _after(change: Change, level: EscalationLevel, partner: Partner | None) -> datetime:
    after = level.after_urgent if change.ticket.priority == Priority.URGENT else None
    return _hours(change, level, partner).add(change.now, level.after if after is None else after)


def _hours(change: Change, level: EscalationLevel, partner: Partner | None) -> Hours:
    """In what time a level's delay is counted; a partner's is as it was agreed, as promises count it."""
    if level.hours_of == HoursOf.PARTNER and partner is not None:
        return agreed_with([partner.pk])[partner.pk].hours
    team = change.ticket.team if level.hours_of == HoursOf.TEAM else None
    return hours_of(team.calendar_id if team else None)


def _end(change: Change, escalation: Escalation, end: EscalationEnd) -> None:
    """End at the top or with the ticket. What was called in vain stays open: an answer is still welcome."""
    escalation.ended_at, escalation.end, escalation.next_at = change.now, end, None
    escalation.save(update_fields=["ended_at", "end", "next_at", "round", "times_at_level"])
    if end != EscalationEnd.EXHAUSTED:
        withdraw_calls(change, escalations=[escalation.pk])
    change.record("escalation_ended", {"end": end, "escalations": [escalation.pk]})
