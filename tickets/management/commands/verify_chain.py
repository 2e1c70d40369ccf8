"""manage.py verify_chain: prove that no event was changed, removed or slipped in."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management.base import BaseCommand, CommandError

from tickets.models import ChainHead
from tickets.services.chain import signing_key, verify_chain
from tickets.services.chain_export import ExportRefused, statement_line, verify_against


class Command(BaseCommand):
    help = "Verify the hash chains of all tickets and the signed daily heads; names the first broken link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ticket", type=int, help="only the chain of the ticket with this number")
        parser.add_argument(
            "--public-key", action="store_true", help="print the key that heads are signed with, and end"
        )
        parser.add_argument(
            "--export", action="store_true", help="print every day's signed heads as JSON lines, and end"
        )

        parser.add_argument(
            "--against",
            type=Path,
            metavar="FILE|FOLDER",
            help="also hold the chains against heads that were exported; finds a tail cut together with its heads",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["public_key"]:
            key = signing_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            self.stdout.write(key.decode().strip())
            return
        if options["export"]:
            self._export()
            return
        verdict = verify_chain(ticket_id=options["ticket"])
        if options["against"] is not None and verdict.broken is None:
            try:
                exported, broken = verify_against(options["against"])
            except ExportRefused as error:
                raise CommandError(error.message) from error
            verdict = replace(verdict, exported=exported, broken=broken)
        self.stdout.write(json.dumps(asdict(verdict)))
        if verdict.broken:
            where = (
                f"ticket {verdict.broken.ticket_id}, event {verdict.broken.sequence}"
                if verdict.broken.ticket_id
                else "heads"
            )
            raise CommandError(f"The history does not hold: {where}: {verdict.broken.problem}.")

    def _export(self) -> None:
        for head in ChainHead.objects.order_by("date").iterator():
            self.stdout.write(statement_line(head))
