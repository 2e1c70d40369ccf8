"""One run of one rule: once an occasion, not too deep, not too often, and with its reasons."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from common.errors import DomainError
from tickets.choices import ActorKind, RunOutcome
from tickets.models import Rule, RuleRun, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services.journal import changing
from tickets.services.rows import change, run_together
from tickets.services.rules.actions import ACTIONS, Doing, clean
from tickets.services.rules.moments import Seen, kept_reasons, seen_at
from tickets.services.rules.statement import Key

MAX_DEPTH = 5
"""How many rules may set each other off, one after the other."""
CAP_WITHIN = timedelta(hours=1)
STOP = "stop"
LONGEST_REASON = 300

_BEGIN = f"""
INSERT INTO tickets_rulerun (rule_id, version, ticket_id, event_id, occasion, at, depth, outcome, why, did)
SELECT %s, %s, %s, %s, %s, %s, %s, CASE
    WHEN %s THEN '{RunOutcome.TOO_DEEP}'
    WHEN (
        SELECT count(*) FROM (
            SELECT 1 FROM tickets_rulerun
            WHERE ticket_id = %s AND rule_id = %s AND at > %s
                AND outcome IN ('{RunOutcome.DONE}', '{RunOutcome.FAILED}')
            LIMIT %s
        ) AS lately
    ) >= %s THEN '{RunOutcome.CAPPED}'
    ELSE '{RunOutcome.DONE}'
END, %s::jsonb, '[]'::jsonb
ON CONFLICT (rule_id, ticket_id, occasion) DO NOTHING RETURNING id, outcome
"""  # noqa: S608 - choices of our own


@dataclass(frozen=True, slots=True)
class Occasion:
    """What set a rule off. ``name`` makes it happen once; ``maker`` is the rule whose run wrote the event, if any."""

    ticket_id: int
    name: str
    at: datetime
    event: TicketEvent | None = None
    depth: int = 0
    maker: int | None = None

    @property
    def key(self) -> Key:
        return Key(self.ticket_id, self.at, self.event.pk if self.event else None)


def occasions_of(events: Iterable[TicketEvent]) -> dict[int, Occasion]:
    """The occasions that events are, by the event's id. Those a rule wrote stand one deeper than its run."""
    events = list(events)
    run_ids = {event.actor_id or 0 for event in events if event.actor_kind == ActorKind.RULE}
    runs = {
        pk: (rule, depth)
        for pk, rule, depth in RuleRun.objects.filter(pk__in=run_ids).values_list("pk", "rule", "depth")
    }
    occasions = {}
    for event in events:
        maker, depth = runs.get(event.actor_id or 0, (None, -1)) if event.actor_kind == ActorKind.RULE else (None, -1)
        occasions[event.pk] = Occasion(
            ticket_id=event.ticket_id,
            name=str(event.sequence),
            at=event.at,
            event=event,
            depth=depth + 1,
            maker=maker,
        )
    return occasions


def seen_by(rules: Iterable[Rule], occasions: Iterable[Occasion]) -> dict[Key, Seen | None]:
    """What there was at some occasions, for all runs at once; empty when no rule asks for anything."""
    keys = list(dict.fromkeys(occasion.key for occasion in occasions))
    return dict(zip(keys, seen_at(keys), strict=True)) if keys and any(rule.conditions for rule in rules) else {}


def run_rules(
    rules: Iterable[Rule], occasion: Occasion, *, now: datetime, seen: Mapping[Key, Seen | None] | None = None
) -> int:
    """Run the rules that an occasion sets off, in order, until one says stop. Returns how many were done.

    A rule does not hear what it did itself; another one does, until the chain is too deep. ``seen`` is what ``seen_by``
    found at the occasion; without it, it is looked up.
    """
    rules = [rule for rule in rules if rule.pk != occasion.maker]
    seen = seen_by(rules, [occasion]) if seen is None else seen
    done = 0
    for rule in rules:
        run = _begin(rule, occasion, seen.get(occasion.key), now=now)
        if run is None:
            continue  # this occasion had its run
        if run.outcome == RunOutcome.DONE:
            _act(rule, run, now=now)
            done += 1
            if rule.stops or any(one["action"] == STOP for one in rule.actions):
                break
        else:
            _say_stopped(rule, run, now=now)
    return done


def _begin(rule: Rule, occasion: Occasion, seen: Seen | None, *, now: datetime) -> RuleRun | None:
    """Write the run down, once an occasion, as done, too deep, or capped; None when it was written before."""
    run = RuleRun(
        rule_id=rule.pk,
        version=rule.version,
        ticket_id=occasion.ticket_id,
        event=occasion.event,
        occasion=occasion.name,
        at=now,
        depth=min(occasion.depth, 2**15 - 1),
        why=kept_reasons(rule, seen),
    )
    row: list[Any] = [run.rule_id, run.version, run.ticket_id, run.event_id, run.occasion, run.at, run.depth]
    cap: list[Any] = [run.ticket_id, run.rule_id, now - CAP_WITHIN, rule.cap_per_hour, rule.cap_per_hour]
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [*row, occasion.depth > MAX_DEPTH, *cap, json.dumps(run.why)])
        written = cursor.fetchone()
    if written is None:
        return None
    run.pk, run.outcome = written
    run._state.adding = False  # noqa: SLF001 - it was not saved by Django's own means
    return run


def _act(rule: Rule, run: RuleRun, *, now: datetime) -> None:
    """Do each action for itself: one that cannot be done is told in the run and does not undo the others."""
    run.rule = rule
    run.did = [_did(entry, run, now=now) for entry in rule.actions]
    run.outcome = RunOutcome.DONE if all(one["ok"] for one in run.did) else RunOutcome.FAILED
    run_together(change(run, ["did", "outcome"]))


def _did(entry: Mapping[str, Any], run: RuleRun, *, now: datetime) -> dict[str, Any]:
    """Do one action. What came of it: ``said``, and where it failed why, in each language of the desk."""
    inputs = entry.get("inputs") or {}
    said, failed = _perform(entry, run, now=now)
    told: dict[str, Any] = {"action": entry["action"], "inputs": inputs, "ok": not failed, "said": said}
    if failed:
        told["why"] = {language: _why_not(entry, run, language, now=now) or said for language, _ in settings.LANGUAGES}
    return told


def _perform(entry: Mapping[str, Any], run: RuleRun, *, now: datetime) -> tuple[str, bool]:
    declared = ACTIONS[entry["action"]]
    try:
        with transaction.atomic():
            inputs = clean(declared, entry.get("inputs") or {})
            return declared.perform(Doing(run.ticket_id, run, Actor.rule(run.pk, run.rule.name), inputs, now)), False
    except (DomainError, Ticket.DoesNotExist) as error:
        return str(error)[:LONGEST_REASON], True


def _why_not(entry: Mapping[str, Any], run: RuleRun, language: str, *, now: datetime) -> str:
    """Why an action that failed fails, in a language: it is tried once more, and undone in any case."""
    with translation.override(language), transaction.atomic():
        said, failed = _perform(entry, run, now=now)
        transaction.set_rollback(True)
    return said if failed else ""


def _say_stopped(rule: Rule, run: RuleRun, *, now: datetime) -> None:
    """Say on the ticket that a rule was held back, once an hour each."""
    said = RuleRun.objects.filter(
        rule=rule, ticket_id=run.ticket_id, outcome=run.outcome, at__gt=now - CAP_WITHIN
    ).exclude(pk=run.pk)
    if not said.exists():
        with changing(run.ticket_id, actor=Actor.rule(run.pk, rule.name), now=now) as change:
            change.record("rule_stopped", {"rule": rule.pk, "outcome": run.outcome})
