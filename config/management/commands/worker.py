"""The process that works off the queue."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.processes import die_with_parent


class Command(BaseCommand):
    """Run the queue's workers."""

    help = "Runs the workers of the queue."

    def handle(self, *args: Any, **options: Any) -> None:
        die_with_parent()
        from config.queue import run_cluster

        sys.exit(run_cluster())
