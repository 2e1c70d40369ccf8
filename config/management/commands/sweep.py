"""manage.py sweep: once, everything the clock does."""

from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from common.jobs import PERIODIC


class Command(BaseCommand):
    """Run each periodic job one time."""

    help = "Does once what the clock does; prints what each job returned and how long it took, as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        report: dict[str, Any] = {}
        for job in PERIODIC.values():
            start = time.perf_counter()
            result = job.call(now)
            report[job.name] = {"result": result, "seconds": round(time.perf_counter() - start, 3)}
        self.stdout.write(json.dumps(report, default=str))
