"""manage.py load_history: give a new site a past, so that its dashboards have something to say."""

from __future__ import annotations

import json
import random
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from common.models import Connection
from tickets.management.scale.copying import indexes_apart, rows_unchecked
from tickets.management.scale.history import History
from tickets.management.scale.history_tables import SLUG
from tickets.models import Ticket
from tickets.services.kpi import rebuild
from tickets.services.kpi.progress import begin_here

CHUNK = 5_000
WORTH_REBUILDING = 20_000


class Command(BaseCommand):
    """Write tickets and parcels of the past, and count their figures."""

    help = "Gives an empty site a past of some weeks, for demonstrations and for measuring dashboards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tickets", type=int, default=2_400, metavar="N")
        parser.add_argument("--parcels", type=int, default=24_000, metavar="N", help="parcels that had no trouble")
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--may-stay-open", action="store_true", help="leave tickets open where they stand by now")
        parser.add_argument("--add", action="store_true", help="to what was loaded before, for measuring growth")
        parser.add_argument("--no-figures", action="store_true", help="leave the figures for rebuild_kpi")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["tickets"] < 1 or options["days"] < 1 or options["parcels"] < 0:
            raise CommandError("Give at least one ticket and one day.")
        is_loaded = Connection.objects.filter(slug__startswith=f"{SLUG}-").exists()
        if Ticket.objects.exists() and not (options["add"] and is_loaded):
            raise CommandError("There are tickets in this database; load_history is for an empty one.")
        started, now = time.perf_counter(), timezone.now()
        chance = random.Random(options["seed"])  # noqa: S311 - no secret
        with transaction.atomic():
            history = History(chance, days=options["days"], now=now, may_stay_open=options["may_stay_open"])
            with ExitStack() as around:
                if options["tickets"] >= WORTH_REBUILDING:
                    around.enter_context(indexes_apart(history.table_names))
                around.enter_context(rows_unchecked())
                left = options["tickets"]
                while left:
                    count = min(CHUNK, left)
                    history.load(count, parcels=options["parcels"] * count // options["tickets"])
                    left -= count
                history.finish()
            begin_here(now=now)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        loaded = time.perf_counter() - started
        if not options["no_figures"]:
            rebuild(now=timezone.now())
        seconds = time.perf_counter() - started
        told = {"tickets": options["tickets"], "seconds": round(seconds, 1), "of_loading": round(loaded, 1)}
        self.stdout.write(json.dumps(told))
