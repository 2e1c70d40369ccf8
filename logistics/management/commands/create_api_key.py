"""Issuing a key to the API from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.errors import DomainError
from common.models import User
from logistics.choices import Scope
from logistics.models import Partner
from logistics.services.api_keys import issue_key


class Command(BaseCommand):
    """Issue a key for a partner or a person; print its text, which is shown nowhere again."""

    help = "Issues a key to the API and prints it. It is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        holder = parser.add_mutually_exclusive_group(required=True)
        holder.add_argument("--partner", help="the partner's name or number")
        holder.add_argument("--user", help="work e-mail or employee number of the person whom an integration acts for")
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument("--scope", action="extend", nargs="+", default=[], choices=Scope.values, metavar="SCOPE")
        parser.add_argument("--days", type=int, default=None, help="ends after so many days; without it, never")
        parser.add_argument("--network", action="extend", nargs="+", default=[], help="the only networks it works from")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        days = options["days"]
        if days is not None and not 1 <= days <= 3_650:
            raise CommandError("--days must be from 1 to 3650.")
        try:
            _key, text = issue_key(
                partner=self._partner(options["partner"]),
                user=self._user(options["user"]),
                name=options["name"],
                scopes=options["scope"],
                expires_at=now + timedelta(days=days) if days else None,
                allowed_networks=options["network"],
                now=now,
            )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(text)

    @staticmethod
    def _partner(named: str | None) -> Partner | None:
        if named is None:
            return None
        found = Partner.objects.filter(name=named).first()
        if found is None and named.isascii() and named.isdigit():
            found = Partner.objects.filter(pk=int(named)).first()
        if found is None:
            raise CommandError(f"There is no partner “{named}”.")
        return found

    @staticmethod
    def _user(named: str | None) -> User | None:
        if named is None:
            return None
        found: User | None = User.objects.by_sign_in_name(named).first()
        if found is None or not found.is_staff:
            raise CommandError(f"There is no person of ours “{named}”.")
        return found
