"""manage.py rebuild_kpi: count every figure anew from raw events."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets.services.kpi import rebuild


class Command(BaseCommand):
    """Count all figures anew; safe while people work, at any time, any number of times."""

    help = "Counts every figure anew from raw events. Dashboards stay readable and say that they are being counted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="say nothing until it is done")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()

        def say(text: str) -> None:
            if not options["quiet"]:
                self.stderr.write(text)

        tickets = rebuild(now=timezone.now(), say=say)
        self.stdout.write(json.dumps({"tickets": tickets, "seconds": round(time.perf_counter() - started, 1)}))
