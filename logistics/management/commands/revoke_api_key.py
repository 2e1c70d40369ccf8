"""Ending a key to the API from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from logistics.services.api_keys import key_by_prefix, revoke_key


class Command(BaseCommand):
    """End a key at once."""

    help = "Revokes a key to the API at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="its prefix, or the key's beginning: cw_live_PREFIX")

    def handle(self, *args: Any, **options: Any) -> None:
        key = key_by_prefix(options["prefix"])
        if key is None:
            raise CommandError("There is no key with this prefix.")
        done = revoke_key(key=key, now=timezone.now())
        self.stdout.write(f"{key} {'does not work any more' if done else 'was revoked before'}.")
