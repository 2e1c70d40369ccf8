"""Rules about time: some time after something, or at set times. A look costs what has become due since the last one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.services.calendars import hours_of
from tickets.choices import ENDED_PHASES, OPEN_PHASES, HoursOf, RuleTrigger
from tickets.models import Rule, RuleRun, Team, Ticket
from tickets.services.rules.candidates import slots_between
from tickets.services.rules.compiling import compiled
from tickets.services.rules.running import Occasion, run_rules
from tickets.services.rules.statement import Key

logger = logging.getLogger(__name__)

PAGE = 500
MOST_RUNS = 500
"""Runs of one rule in one look: what is left waits for the next, and the clock's other work goes on."""

_OPEN = Q(phase__in=OPEN_PHASES)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A moment that a rule counts from. ``path`` is an indexed column; ``among`` are the tickets that have it."""

    label: str | Promise
    path: str
    among: Q
    value: Callable[[Ticket], datetime | None]


ANCHORS: dict[str, Anchor] = {
    "opened_at": Anchor(_("the ticket was opened"), "opened_at", _OPEN, lambda one: one.opened_at),
    "state_since": Anchor(_("it came into its state"), "state_since", _OPEN, lambda one: one.state_since),
    "unanswered_since": Anchor(
        _("the customer wrote and waits"), "unanswered_since", _OPEN, lambda one: one.unanswered_since
    ),
    "last_message_at": Anchor(_("the last message"), "last_message_at", _OPEN, lambda one: one.last_message_at),
    "resolved_at": Anchor(
        _("the ticket was resolved"), "resolved_at", Q(phase__in=ENDED_PHASES), lambda one: one.resolved_at
    ),
    "last_scan_at": Anchor(
        _("the parcel's last scan"),
        "shipment__last_event_at",
        _OPEN & Q(shipment__delivered_at__isnull=True),
        lambda one: one.shipment.last_event_at if one.shipment else None,
    ),
}
"""What a time rule may count from, by the name in ``Rule.anchor``."""


def occasion_name(anchor: datetime) -> str:
    """A time rule's occasion: the microsecond it counts from."""
    return str((anchor - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))


class _OccasionName(Func):
    """The same in SQL."""

    template = "(extract(epoch FROM %(expressions)s) * 1000000)::bigint::text"
    output_field = models.CharField()


def run_time_rules(now: datetime) -> int:
    """Run what became due since the last look. Returns how many runs were made.

    A look that was killed is made again, and each ticket has one run an occasion: nothing is lost, nothing doubled.
    """
    made = 0
    for rule in _rules(RuleTrigger.TIME):
        since = rule.checked_to or rule.updated_at
        count = _run_window(rule, since=since, now=now)
        made += count
        if count < MOST_RUNS:
            Rule.objects.filter(pk=rule.pk).update(checked_to=now)
    for rule in _rules(RuleTrigger.SCHEDULE):
        made += _run_schedule(rule, now=now)
    return made


def look_again(tickets: Sequence[int], *, now: datetime) -> int:
    """Run time rules whose time is over and whose conditions hold only now, for tickets whose facts changed."""
    rules = _rules(RuleTrigger.TIME)
    if not rules or not tickets:
        return 0
    rows = list(Ticket.objects.filter(pk__in=tickets).select_related("shipment", "team"))
    made = 0
    for rule in rules:
        anchor = ANCHORS[rule.anchor]
        over = [(row, at) for row in rows if (at := anchor.value(row)) and _is_over(rule, row, at, now=now)]
        over = [pair for pair in over if _fits(pair[0], anchor)]
        made += _run_over(rule, over, now=now)
    return made


def _rules(trigger: str) -> list[Rule]:
    """The active rules of a trigger, with how far each was looked at as the row says now."""
    usable = (
        [pk for pk, part in compiled().timed.items() if part.rules[0].trigger == trigger] if compiled().is_on else []
    )
    return list(Rule.objects.filter(pk__in=usable, is_active=True).order_by("order", "id")) if usable else []


def _fits(ticket: Ticket, anchor: Anchor) -> bool:
    delivered = anchor.path.startswith("shipment__") and ticket.shipment is not None and ticket.shipment.delivered_at
    return ticket.is_open == (anchor.path != "resolved_at") and not delivered


def _is_over(rule: Rule, ticket: Ticket, at: datetime, *, now: datetime) -> bool:
    """Whether the time is over, and was not yet when the rule was switched on or changed."""
    hours = hours_of(_calendar_of(rule, ticket.team))
    assert rule.delay is not None
    return hours.subtract(rule.updated_at, rule.delay) < at <= hours.subtract(now, rule.delay)


def _calendar_of(rule: Rule, team: Team | None) -> int | None:
    if rule.hours_of == HoursOf.CALENDAR:
        return rule.calendar_id
    return team.calendar_id if rule.hours_of == HoursOf.TEAM and team else None


def _run_over(rule: Rule, over: list[tuple[Ticket, datetime]], *, now: datetime) -> int:
    holds = compiled().at_moments(rule.pk, [Key(ticket.pk, now) for ticket, _at in over])
    made = 0
    for (ticket, at), held in zip(over, holds, strict=True):
        if held:
            made += _run(rule, ticket.pk, occasion_name(at), now=now)
    return made


def _run(rule: Rule, ticket_id: int, occasion: str, *, now: datetime) -> int:
    try:
        with transaction.atomic():
            return run_rules([rule], Occasion(ticket_id, occasion, now), now=now)
    except Exception:  # one ticket must not keep the clock from the others
        logger.exception("The rule %s could not run on ticket %s", rule.pk, ticket_id)
        return 0


def _run_window(rule: Rule, *, since: datetime, now: datetime) -> int:
    """Run on the tickets whose time ended between two looks."""
    made = 0
    assert rule.delay is not None
    for calendar, among in _calendars(rule):
        hours = hours_of(calendar)
        low, high = hours.subtract(since, rule.delay), hours.subtract(now, rule.delay)
        if low >= high:
            continue  # closed all the while: no working time went by
        for page in _pages(rule, among, low, high):
            holds = compiled().at_moments(rule.pk, [Key(ticket_id, now) for ticket_id, _at in page])
            for (ticket_id, at), held in zip(page, holds, strict=True):
                if held:
                    made += _run(rule, ticket_id, occasion_name(at), now=now)
                if made >= MOST_RUNS:
                    return made
    return made


def _calendars(rule: Rule) -> list[tuple[int | None, Q]]:
    """Whose working time counts for which tickets."""
    if rule.hours_of != HoursOf.TEAM:
        return [(_calendar_of(rule, None), Q())]
    teams: dict[int | None, list[int]] = {}
    for pk, calendar in Team.objects.values_list("pk", "calendar"):
        teams.setdefault(calendar, []).append(pk)
    without = teams.pop(None, [])
    groups: list[tuple[int | None, Q]] = [(calendar, Q(team__in=members)) for calendar, members in teams.items()]
    return [(None, Q(team__isnull=True) | Q(team__in=without)), *groups]


def _pages(rule: Rule, among: Q, low: datetime, high: datetime) -> Iterator[list[tuple[int, datetime]]]:
    """The tickets whose anchor lies in (low, high] and that had no run for it, by key."""
    anchor = ANCHORS[rule.anchor]
    base: QuerySet[Any] = (
        Ticket.objects.filter(anchor.among, among)
        .annotate(counted_from=F(anchor.path))
        .filter(counted_from__lte=high)
        .order_by("counted_from", "pk")
    )
    had = RuleRun.objects.filter(rule=rule, ticket_id=OuterRef("pk"), occasion=_OccasionName(OuterRef("counted_from")))
    base = base.filter(~Exists(had)).values_list("pk", "counted_from")
    after, last = low, 0
    while True:
        later = Q(counted_from__gt=after) | Q(counted_from=after, pk__gt=last) if last else Q(counted_from__gt=after)
        page = list(base.filter(later, counted_from__gte=after)[:PAGE])
        if page:
            yield page
        if len(page) < PAGE:
            return
        last, after = page[-1]


def _run_schedule(rule: Rule, *, now: datetime) -> int:
    """Run at the last set time that went by since the last look; of several missed ones the latest counts."""
    since = rule.checked_to or rule.updated_at
    slot = max((slot for slot in slots_between(rule, since, now) if slot > since), default=None)
    if slot is None:
        return 0
    made, last = 0, 0
    while True:
        tickets = Ticket.objects.open().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        page = list(tickets[:PAGE])
        holds = compiled().at_moments(rule.pk, [Key(ticket_id, now) for ticket_id in page])
        made += sum(
            _run(rule, ticket_id, slot.isoformat(), now=now)
            for ticket_id, held in zip(page, holds, strict=True)
            if held
        )
        if len(page) < PAGE:
            break
        last = page[-1]
    Rule.objects.filter(pk=rule.pk).update(checked_to=now)
    return made
