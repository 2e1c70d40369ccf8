"""manage.py backtest_rule: what a rule would have done in the last days, as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.errors import DomainError
from tickets.models import Rule
from tickets.services.rules.backtest import backtest


class Command(BaseCommand):
    help = "Ask a rule about the past, with no effect: how many, which tickets, why, and what would have been done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rule", type=int, metavar="ID")
        parser.add_argument("--days", type=int, default=7, metavar="N", help="how far back (7)")
        parser.add_argument("--limit", type=int, default=200, metavar="N", help="how many matches to print (200)")

    def handle(self, *args: Any, **options: Any) -> None:
        rule = Rule.objects.filter(pk=options["rule"]).first()
        if rule is None:
            raise CommandError(f"There is no rule {options['rule']}.")
        if options["limit"] < 0:
            raise CommandError("The limit cannot be negative.")
        try:
            found = backtest(
                rule, days=options["days"], now=timezone.now(), limit=options["limit"], progress=self._tell
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"rule": rule.name, **found.as_json()}, ensure_ascii=False))

    def _tell(self, looked_at: int, matched: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"{looked_at} looked at, {matched} matched", ending="\r")
