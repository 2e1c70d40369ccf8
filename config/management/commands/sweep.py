"""manage.py sweep: once, everything the clock does."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from common.jobs import PERIODIC


class Command(BaseCommand):
    """Run each periodic job one time."""

    help = "Does once what the clock does; prints what each job returned and how long it took, as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(sweep_once(now=timezone.now()), default=str))


def sweep_once(*, now: datetime) -> dict[str, dict[str, Any]]:
    """Run each periodic job one time. Returns what each returned and how many seconds it took, by its name."""
    report: dict[str, dict[str, Any]] = {}
    for job in PERIODIC.values():
        start = time.perf_counter()
        result = job.call(now)
        report[job.name] = {"result": result, "seconds": round(time.perf_counter() - start, 3)}
    return report
