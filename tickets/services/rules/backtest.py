"""What a rule would have done in the last days, over history as it was, and without any effect."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from tickets.choices import ENDED_PHASES, OPEN_PHASES, RuleTrigger
from tickets.models import Rule, Ticket, TicketEvent
from tickets.policies.conditions import expression
from tickets.services.rules.actions import sentence_of
from tickets.services.rules.candidates import Occasion, occasions
from tickets.services.rules.compiling import condition_of, problems_of
from tickets.services.rules.moments import reasons_at
from tickets.services.rules.references import names_in
from tickets.services.rules.statement import Condition, Key, Statement

MOST_DAYS = 366
MOST_OCCASIONS = 500_000
MOST_SECONDS = 60.0
CAP_WITHIN = timedelta(hours=1)

Progress = Callable[[int, int], None]
"""Called after each batch with the occasions looked at and matched so far."""


@dataclass(frozen=True, slots=True)
class Match:
    """One time the rule would have run. ``why`` as ``moments.reasons_at`` says, ``would`` a sentence an action."""

    ticket_id: int
    reference: str
    at: datetime
    event: str
    why: list[dict[str, Any]]
    would: list[str]
    is_held_back: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "ticket": self.reference,
            "at": self.at.isoformat(),
            "event": self.event,
            "why": [
                {"condition": one["sentence"], "holds": one["holds"], "seen": one["seen"], "found": one["found"]}
                for one in self.why
            ],
            "would": self.would,
            "held_back": self.is_held_back,
        }


@dataclass(frozen=True, slots=True)
class Backtest:
    """What came out. ``looked_at`` occasions (events, messages or moments), ``matched`` of them on ``tickets`` tickets.

    ``held_back`` are the matches that "at most so often a ticket and hour" would have stopped. ``matches`` are the
    newest. ``is_whole`` is False when there were too many occasions or too little time: what is older was not looked
    at, and ``reached`` says how far back it got.
    """

    since: datetime
    until: datetime
    looked_at: int
    matched: int
    held_back: int
    tickets: int
    matches: list[Match]
    is_whole: bool
    reached: datetime
    seconds: float = field(compare=False)

    def as_json(self) -> dict[str, Any]:
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "looked_at": self.looked_at,
            "matched": self.matched,
            "held_back": self.held_back,
            "tickets": self.tickets,
            "whole": self.is_whole,
            "reached": self.reached.isoformat(),
            "seconds": round(self.seconds, 3),
            "matches": [match.as_json() for match in self.matches],
        }


def backtest(
    rule: Rule,
    *,
    days: int,
    now: datetime,
    limit: int = 200,
    progress: Progress | None = None,
    most: int = MOST_OCCASIONS,
    seconds: float = MOST_SECONDS,
) -> Backtest:
    """Ask a rule, saved or a draft, about the last days. It changes nothing: the database is told to refuse any write.

    An event rule is asked with the facts of each event's moment, a time rule at the moments its time was over (and at
    those where facts changed afterwards), a schedule at its set times. ``limit`` matches are given whole. Raises
    InvalidInput when the rule's conditions cannot be used or the days are out of bounds.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(_("Choose between 1 and %(most)d days.") % {"most": MOST_DAYS})
    if problems := problems_of(rule):
        raise InvalidInput(
            " ".join(one.sentence for one in problems), data={"conditions": [one.sentence for one in problems]}
        )
    started = time.monotonic()
    since = now - timedelta(days=days)
    statement = Statement((_condition(rule),))
    looked_at, is_whole, reached = 0, True, now
    matched: list[Key] = []
    with _read_only():
        for batch in occasions(rule, since=since, now=now):
            matched += _holding(statement, batch)
            looked_at += len(batch)
            reached = min([reached, *(occasion[0].at for occasion in batch)])
            if progress:
                progress(looked_at, len(matched))
            if looked_at >= most or time.monotonic() - started > seconds:
                is_whole = False
                break
        held_back = _held_back(matched, rule.cap_per_hour)
        matched.sort(key=lambda key: key.at, reverse=True)
        matches = _told(rule, matched[:limit], held_back)
    return Backtest(
        since=since,
        until=now,
        looked_at=looked_at,
        matched=len(matched),
        held_back=len(held_back),
        tickets=len({key.ticket_id for key in matched}),
        matches=matches,
        is_whole=is_whole,
        reached=since if is_whole else reached,
        seconds=time.monotonic() - started,
    )


@contextmanager
def _read_only() -> Iterator[None]:
    """A transaction in which the database refuses to write."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def _condition(rule: Rule) -> Condition:
    """The rule's own condition; of a time rule also that the ticket was open then, as the clock asks."""
    condition = condition_of(rule)
    if rule.trigger not in (RuleTrigger.TIME, RuleTrigger.SCHEDULE):
        return condition
    phases = ENDED_PHASES if rule.anchor == "resolved_at" else OPEN_PHASES
    stood = {"field": "ticket.phase", "op": "in", "value": [str(phase) for phase in phases]}
    tree = {"all": [stood, rule.conditions]} if rule.conditions else stood
    return Condition(expression(tree))


def _holding(statement: Statement, batch: Sequence[Occasion]) -> list[Key]:
    """Of each occasion the first key at which the rule holds."""
    keys = [key for occasion in batch for key in occasion]
    verdicts = iter(statement.verdicts(keys))
    found = []
    for occasion in batch:
        held = [key for key in occasion if next(verdicts)]
        found += held[:1]
    return found


def _held_back(matched: Sequence[Key], cap: int) -> set[Key]:
    """The matches that would not have run: more than ``cap`` on one ticket within an hour."""
    by_ticket: dict[int, list[Key]] = defaultdict(list)
    for key in sorted(matched, key=lambda key: key.at):
        by_ticket[key.ticket_id].append(key)
    stopped: set[Key] = set()
    for keys in by_ticket.values():
        ran: list[datetime] = []
        for key in keys:
            ran = [at for at in ran if at > key.at - CAP_WITHIN]
            if len(ran) >= cap:
                stopped.add(key)
            else:
                ran.append(key.at)
    return stopped


def _told(rule: Rule, keys: Sequence[Key], held_back: set[Key]) -> list[Match]:
    tickets = Ticket.objects.in_bulk([key.ticket_id for key in keys])
    numbers = [key.event_id for key in keys if key.event_id is not None]
    types = dict(TicketEvent.objects.filter(pk__in=numbers).values_list("pk", "type"))
    would = [sentence_of(action) for action in rule.actions]
    why = reasons_at(rule, keys, names=names_in(rule.conditions))
    return [
        Match(
            ticket_id=key.ticket_id,
            reference=tickets[key.ticket_id].reference,
            at=key.at,
            event=types.get(key.event_id or 0, ""),
            why=reasons,
            would=would,
            is_held_back=key in held_back,
        )
        for key, reasons in zip(keys, why, strict=True)
    ]
