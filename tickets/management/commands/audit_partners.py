"""``manage.py audit_partners [--month 2026-10]``: the audit of partners and channels, now."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from common.errors import InvalidInput
from tickets.services.audit import audit_month
from tickets.services.audit.making import last_month


class Command(BaseCommand):
    help = "Audits partners and channels for a month that has ended; what there is already stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", default="", help="Like 2026-10; the last one when left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            month = date.fromisoformat(f"{options['month']}-01") if options["month"] else last_month(now, UTC)
            made = audit_month(month=month, now=now)
        except (ValueError, InvalidInput) as error:
            raise CommandError(f"{error} Write the month like 2026-10.") from error
        self.stdout.write(f"{month:%Y-%m}: {made} made")
