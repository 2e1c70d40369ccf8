"""The clock process."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.clock import Clock
from config.processes import die_with_parent, stop_requested


class Command(BaseCommand):
    """Run periodic jobs until SIGTERM."""

    help = "Runs the clock: deadlines, sweeps and polls that are due."

    def handle(self, *args: Any, **options: Any) -> None:
        die_with_parent()
        Clock().run(stop_requested())
