"""Draws docs/workflows.md from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tickets.workflows.drawing import draw


class Command(BaseCommand):
    """Write the page of the state machines, or print it."""

    help = "Draws every ticket's workflow into docs/workflows.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print", action="store_true", help="print the page instead of writing it")

    def handle(self, *args: Any, **options: Any) -> None:
        page = draw()
        if options["print"]:
            self.stdout.write(page, ending="")
            return
        path = Path(settings.BASE_DIR) / "docs" / "workflows.md"
        path.write_text(page, encoding="utf-8")
        self.stdout.write(f"{path} written")
