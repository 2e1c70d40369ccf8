"""Replacing a key to the API from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.errors import DomainError
from logistics.services.api_keys import LONGEST_OVERLAP, key_by_prefix, rotate_key


class Command(BaseCommand):
    """Issue a key's successor; both work for a while."""

    help = "Issues a successor of a key and prints it. The old one works for some days more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="its prefix, or the key's beginning: cw_live_PREFIX")
        parser.add_argument(
            "--overlap-days", type=int, default=7, help=f"0 to {LONGEST_OVERLAP.days}; 0 ends the old one at once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        key = key_by_prefix(options["prefix"])
        if key is None:
            raise CommandError("There is no key with this prefix.")
        try:
            overlap = timedelta(days=max(-1, min(options["overlap_days"], 10_000)))
            _new, text = rotate_key(key=key, overlap=overlap, now=timezone.now())
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(text)
