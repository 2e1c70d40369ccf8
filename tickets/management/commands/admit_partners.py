"""Lets partners who were addressed before it was written down see the tickets they were addressed in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tickets.services.partner_scope import admit_known


class Command(BaseCommand):
    """``manage.py admit_partners``; running it again changes nothing."""

    help = "Give partners the tickets they were written to about, asked in, or that wait for them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints how many rows were missing."""
        self.stdout.write(f"{admit_known()} rows were missing.")
