"""Makes the usual roles."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tickets.services.roles import set_up_roles


class Command(BaseCommand):
    """Idempotent: what administrators changed stays, unless --reset is given; what is new in a role is added."""

    help = "Makes the usual roles (groups with permissions); --reset sets changed ones back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="set roles that exist back to the usual permissions")

    def handle(self, *args: Any, reset: bool, **options: Any) -> None:
        names = set_up_roles(reset=reset)
        self.stdout.write(", ".join(names) if names else "all roles were there with what is new in them")
