"""Feeding files through the path that webhooks and mailboxes take."""

from __future__ import annotations

import hashlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from channels_integrations import providers
from channels_integrations.contract import Parsed
from channels_integrations.services.ingesting import Ingested, ingest, payloads
from common.errors import DomainError
from common.models import Connection
from tickets.policies.inbound import InboundMessage, InboundReceipt


class Command(BaseCommand):
    """Print one JSON line for each payload. Fails only when the command itself does."""

    help = "Takes in raw payloads, .eml or mbox files for a connection; one JSON line for each payload."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the connection's slug")
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json-full", action="store_true", help="add what was parsed: sender, text, attachments")

    def handle(self, *args: Any, slug: str, files: list[str], json_full: bool, **options: Any) -> None:
        account = Connection.objects.filter(slug=slug).first()
        if account is None:
            raise CommandError(f"There is no connection “{slug}”. add_connection makes one.")
        try:
            providers.get(account.provider)
        except DomainError as error:
            raise CommandError(error.message) from error
        for name in files:
            try:
                content = Path(name).read_bytes()
            except OSError as error:
                raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
            for raw in payloads(account, content):
                for ingested in ingest(account=account, raw=raw, now=timezone.now()):
                    self._print(name, account, ingested, shown=raw if json_full else None)

    def _print(self, name: str, account: Connection, ingested: Ingested, *, shown: bytes | None) -> None:
        event = ingested.event
        message = event.message if event is not None else None
        ticket = message.ticket if message is not None else None
        line: dict[str, Any] = {
            "file": name,
            "outcome": str(ingested.outcome),
            "ticket": ticket.reference if ticket is not None else None,
            "message": message.pk if message is not None else None,
            "detail": ingested.detail,
        }
        if shown is not None:
            line |= _parsed(account, shown)
        self.stdout.write(json.dumps(line, ensure_ascii=False))


def _parsed(account: Connection, raw: bytes) -> dict[str, Any]:
    try:
        values = providers.get(account.provider).parse(account, raw, received_at=timezone.now())
    except DomainError:
        return {}
    return _shown(values[0]) if values else {}


def _shown(value: Parsed) -> dict[str, Any]:
    if isinstance(value, InboundMessage):
        return {
            "external_id": value.external_id,
            "sender": value.sender_id,
            "sender_name": value.sender_name,
            "recipients": list(value.recipients),
            "subject": value.subject,
            "text": value.text,
            "quoted_text": value.quoted_text,
            "html": value.html,
            "sent_at": value.sent_at.isoformat(),
            "thread_keys": list(value.thread_keys),
            "automatic": str(value.automatic),
            "location": [value.location.latitude, value.location.longitude] if value.location else None,
            "attachments": [
                {
                    "name": file.name,
                    "content_type": file.content_type,
                    "size": len(file.content) if file.content is not None else file.size,
                    "sha1": hashlib.sha1(file.content).hexdigest() if file.content is not None else "",  # noqa: S324
                    "inline": file.inline,
                    "remote_id": file.remote_id,
                }
                for file in value.attachments
            ],
        }
    if isinstance(value, InboundReceipt):
        return {
            "external_id": value.external_id,
            "status": str(value.status),
            "recipient": value.recipient,
            "sent_at": value.at.isoformat(),
            "text": value.detail,
            "permanent": value.permanent,
        }
    return {"text": str(value)[:2_000]}
