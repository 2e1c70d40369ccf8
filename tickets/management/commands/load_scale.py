"""manage.py load_scale: fill a database with believable tickets, for measuring."""

from __future__ import annotations

import json
import random
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from tickets.management.scale.copying import indexes_apart, rows_unchecked
from tickets.management.scale.loading import SLUG, Loader
from tickets.models import PromiseRecount, Ticket
from tickets.services.kpi.progress import begin_here
from tickets.services.promises.policies import promises
from tickets.services.promises.recounting import NAME as RECOUNTED

CHUNK = 5_000
WORTH_REBUILDING = 20_000
"""From so many tickets on, if fewer are there already, it is quicker to build the indexes when all is there."""
FINISH = "VACUUM ANALYZE"


class Command(BaseCommand):
    """Add ``--tickets`` tickets with customers, parcels, conversations, events, facts and clocks, by COPY."""

    help = "Fills a database for measuring. Never run it where real tickets are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tickets", type=int, required=True, metavar="N")
        parser.add_argument("--open-share", type=float, default=0.3, help="share of tickets that are open (0 to 1)")
        parser.add_argument("--due", type=int, default=0, metavar="N", help="open tickets with a promise just missed")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--now", type=datetime.fromisoformat, help="the moment at which so many are due (ISO 8601 with offset)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tickets, now = options["tickets"], options["now"] or timezone.now()
        if tickets < 1 or not 0 <= options["open_share"] <= 1 or not 0 <= options["due"] <= tickets:
            raise CommandError("Give at least one ticket, a share of open ones between 0 and 1, and no more due ones.")
        if now.tzinfo is None:
            raise CommandError("Give the moment with its offset from UTC.")
        if Ticket.objects.exclude(channel=SLUG).exists():
            raise CommandError("There are real tickets in this database; load_scale is for an empty one.")
        started = time.perf_counter()
        with transaction.atomic():
            loader = Loader(
                random.Random(options["seed"]),  # noqa: S311 - no secret
                open_share=options["open_share"],
                due=options["due"],
                now=now,
            )
            with ExitStack() as around:
                if tickets >= max(WORTH_REBUILDING, Ticket.objects.count()):
                    around.enter_context(indexes_apart(loader.table_names))
                around.enter_context(rows_unchecked())
                around.enter_context(loader.writing())
                for start in range(0, tickets, CHUNK):
                    loader.load(min(CHUNK, tickets - start))
            _counted()
            begin_here(now=now)
            if loader.due_left:
                raise CommandError(f"{loader.due_left} of the due ones found no place among so few open tickets.")
        with connection.cursor() as cursor:
            cursor.execute(FINISH)
        seconds = time.perf_counter() - started
        self.stdout.write(json.dumps({"tickets": tickets, "seconds": round(seconds, 1)}))


def _counted() -> None:
    """Deadlines are as the promises have them now: the clock need not count all of them anew."""
    done = {"version": promises().version, "finished_at": timezone.now()}
    PromiseRecount.objects.update_or_create(name=RECOUNTED, defaults=done)
