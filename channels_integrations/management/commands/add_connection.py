"""Setting up a connection from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from channels_integrations import providers
from channels_integrations.services import connecting
from common.errors import DomainError


class Command(BaseCommand):
    """Create or update a connection; print its webhook address."""

    help = "Creates or updates a connection to a provider and prints its webhook address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, help=f"one of: {', '.join(providers.codes())}")
        parser.add_argument("--slug", required=True, help="its name in addresses and commands")
        parser.add_argument(
            "--set",
            action="extend",
            nargs="+",
            default=[],
            metavar="KEY=VALUE",
            help="fields of the provider; may be repeated",
        )
        parser.add_argument("--name", default="", help="what people call it")
        parser.add_argument("--language", default="", help="default language of its customers, such as en or zh-Hans")
        parser.add_argument("--inactive", action="store_true", help="set up, but switched off")
        parser.add_argument("--register", action="store_true", help="tell the provider the webhook address (telegram)")

    def handle(self, *args: Any, **options: Any) -> None:
        values = {}
        for pair in options["set"]:
            key, separator, value = pair.partition("=")
            if not separator:
                raise CommandError(f"--set wants KEY=VALUE, not “{key}”.")
            values[key.strip()] = value
        try:
            connected = connecting.connect(
                provider=options["provider"],
                slug=options["slug"],
                values=values,
                name=options["name"],
                language=options["language"],
                active=not options["inactive"],
            )
            if connected.webhook_url:
                self.stdout.write(connected.webhook_url)
            else:
                self.stdout.write(f"{connected.connection.slug} has no webhook: it is fetched.")
            if options["register"]:
                self.stdout.write(connecting.register(connected.connection).detail)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
