"""Time: a sweep of the clock over a million open tickets, the verdicts of a hundred rules, due times."""

from __future__ import annotations

import io
import random
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from common.models import User
from config.management.commands.sweep import sweep_once
from scripts.bench import due_times
from scripts.bench.report import percentile, say
from scripts.bench.rules import active_rules, make_rules
from tickets.models import Breach, Clock, TicketEvent
from tickets.services.rules.compiling import compiled

SMALL, LARGE = 100_000, 1_000_000
DUE = 10_000
BETWEEN_SWEEPS = timedelta(seconds=5)
EVENT_RULES, TIME_RULES = 100, 20
VERDICTS, WARM_UP = 600, 20


def run() -> None:
    """All measurements of the group, on an empty database that grows to a million open tickets."""
    for line in due_times.measure():
        say(str(line["name"]), float(str(line["value"])), str(line["unit"]), int(str(line["n"])))
    author = User.objects.create_superuser("bench@example.org", "measuring-is-knowing-1", full_name="Bench")
    moment = timezone.now()
    _load(SMALL, seed=1, moment=moment)
    make_rules(author=author, event_rules=EVENT_RULES, time_rules=TIME_RULES, now=moment - BETWEEN_SWEEPS)
    if active_rules() < EVENT_RULES + TIME_RULES:
        raise SystemExit("not all rules are on")
    # What a clock does once when it sees a database for the first time belongs to no sweep: days are signed.
    sweep_once(now=moment - BETWEEN_SWEEPS)
    small = _sweep(moment)
    moment += BETWEEN_SWEEPS
    _load(LARGE - SMALL, seed=2, moment=moment)
    large = _sweep(moment)
    say("sweep_seconds_100k", small, "s", DUE)
    say("sweep_seconds_1m", large, "s", DUE)
    say("sweep_growth", large / small, "ratio", DUE)
    _verdicts()


def _load(tickets: int, *, seed: int, moment: datetime) -> None:
    told = io.StringIO()
    call_command("load_scale", tickets=tickets, open_share=1.0, due=DUE, seed=seed, now=moment, stdout=told)
    print(told.getvalue(), file=sys.stderr)


def _sweep(moment: datetime) -> float:
    """Everything the clock does once, as ``manage.py sweep`` does it. Raises SystemExit when anything is missing."""
    due = Clock.objects.filter(ended_at__isnull=True, breached_at__isnull=True, due_at__lte=moment).count()
    before = _written()
    start = time.perf_counter()
    report = sweep_once(now=moment)
    seconds = time.perf_counter() - start
    after = _written()
    if due != DUE or any(new - old != DUE for new, old in zip(after, before, strict=True)):
        raise SystemExit(f"{due} were due, {before} became {after}: {report}")
    # Where the time went, for whoever asks: it is none of the measurements.
    print({name: one for name, one in report.items() if one["seconds"] >= 0.01}, file=sys.stderr)
    return seconds


def _written() -> tuple[int, int]:
    """Breaches, and events that tell of one."""
    return Breach.objects.count(), TicketEvent.objects.filter(type="promise_breached").count()


def _verdicts() -> None:
    """A hundred rules on one message of one ticket: the set looked up, one query, its answer read."""
    if sum("message_received" in rule.events for rule in compiled().events.rules) < EVENT_RULES:
        raise SystemExit("too few rules listen")
    chance = random.Random(5)  # noqa: S311 - no secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM tickets_ticketevent")
        low, high = cursor.fetchone()
    taken: list[float] = []
    for event in _events(chance, low, high):
        start = time.perf_counter()
        compiled().of_events([event])
        taken.append((time.perf_counter() - start) * 1_000)
    say("rule_verdicts_p95_ms", percentile(taken[WARM_UP:], 0.95), "ms", len(taken) - WARM_UP)


def _events(chance: random.Random, low: int, high: int) -> list[Any]:
    found = []
    for _number in range(VERDICTS + WARM_UP):
        after = chance.randint(low, high)
        event = TicketEvent.objects.filter(type="message_received", pk__gte=after).order_by("pk").first()
        if event is not None:
            found.append(event)
    return found
