"""manage.py normalize_tracking: see how a carrier's payload reads on our axes, without recording anything."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from logistics import carriers
from logistics.policies.tracking import NormalisedTrack
from logistics.services.tracking import load_mapping


class Command(BaseCommand):
    help = "Print each payload as one normalised JSON line; a payload that cannot be read gives its error there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--carrier", required=True, help=f"one of: {', '.join(carriers.codes())}")
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            adapter = carriers.get(options["carrier"])
        except DomainError as error:
            raise CommandError(error.message) from error
        mapping = load_mapping(adapter.CODE)
        for path in options["files"]:
            try:
                raw = path.read_bytes()
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
            try:
                line = _line(adapter.parse(raw, mapping))
            except DomainError as error:
                line = {**_EMPTY, "error": {"code": error.code, "message": error.message}}
            self.stdout.write(json.dumps(line, ensure_ascii=False))


_EMPTY: dict[str, Any] = {
    "tracking_number": None,
    "status": None,
    "reason": None,
    "events": [],
    "estimated_delivery": None,
    "error": None,
}


def _line(track: NormalisedTrack) -> dict[str, Any]:
    return {
        "tracking_number": track.tracking_number,
        "status": track.status,
        "reason": track.reason,
        "events": [
            {
                "at": event.at.isoformat(),
                "status": event.status,
                "reason": event.reason,
                "location": event.location,
                "raw_code": event.raw_code,
                "text": event.text,
            }
            for event in track.events
        ],
        "estimated_delivery": track.estimated_to.isoformat() if track.estimated_to else None,
        "error": None,
    }
