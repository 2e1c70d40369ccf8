"""Signed heads outside the database: one file a day, so that a tail shows that was cut together with its heads."""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import DomainError
from tickets.models import ChainHead, TicketEvent
from tickets.services.chain import BrokenLink, broken_statement, digest_of, sign_heads, signing_key

logger = logging.getLogger(__name__)

LATE_COMMITS = timedelta(minutes=10)
"""How long after midnight (UTC) a day is signed: a change begun before it may be written a little after."""
COMPARED_DAYS = 7
"""So many of the last files are compared with the database at every look; older ones when somebody verifies."""


class ExportRefused(DomainError):
    """Heads cannot be written to, or read from, where they should be; the sentence says why."""

    code = "chain_export_refused"


@dataclass(frozen=True, slots=True)
class Statement:
    """One day's signed heads as a file holds them; ``source`` names the file for people."""

    source: str
    date: date
    heads: list[list[Any]]
    previous: bytes
    digest: bytes
    signature: bytes


def sign_ended_days(*, now: datetime) -> list[date]:
    """Sign each day (UTC) that has ended and is not signed, the oldest first. Returns the days signed now.

    A day on which nothing happened has no statement.
    """
    last_day = (now - LATE_COMMITS).astimezone(UTC).date() - timedelta(days=1)
    signed: list[date] = []
    newest = ChainHead.objects.order_by("-date").values_list("date", flat=True).first()
    while newest is None or newest < last_day:
        events = TicketEvent.objects.order_by("at")
        if newest is not None:
            events = events.filter(at__gte=datetime.combine(newest + timedelta(days=1), time.min, tzinfo=UTC))
        first = events.values_list("at", flat=True).first()
        if first is None or first.astimezone(UTC).date() > last_day:
            break
        newest = first.astimezone(UTC).date()
        if sign_heads(day=newest, now=now) is not None:
            signed.append(newest)
    return signed


def export_heads(*, folder: Path | None = None) -> list[Path]:
    """Write each signed day that has no file yet, by default into ``CHAIN_EXPORT_DIR``. Returns the new files.

    A file is never written over. Raises ExportRefused when a day's file says something else than the database, or when
    nothing can be written there.
    """
    folder = Path(settings.CHAIN_EXPORT_DIR) if folder is None else folder
    days = list(ChainHead.objects.order_by("date").values_list("date", flat=True))
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = {path.name for path in folder.iterdir()}
        for number, day in enumerate(days, start=1):
            path = folder / file_name(day)
            if path.name in there and number <= len(days) - COMPARED_DAYS:
                continue
            line = (statement_line(ChainHead.objects.get(date=day)) + "\n").encode()
            if path.name not in there and _write_once(path, line):
                written.append(path)
            elif path.read_bytes() != line:
                raise ExportRefused(
                    _("%(file)s says something else than the database. It stays as it is.") % {"file": path}
                )
    except OSError as error:
        raise ExportRefused(
            _("%(place)s cannot be written: %(reason)s.") % {"place": folder, "reason": error.strerror}
        ) from error
    return written


def file_name(day: date) -> str:
    """What the file of a day is called."""
    return f"heads-{day.isoformat()}.jsonl"


def statement_line(head: ChainHead) -> str:
    """A day's signed heads as one line of JSON, the same each time."""
    return json.dumps(
        {
            "date": head.date.isoformat(),
            "heads": head.heads,
            "previous": bytes(head.previous).hex(),
            "digest": bytes(head.digest).hex(),
            "signature": bytes(head.signature).hex(),
        }
    )


def verify_against(place: Path) -> tuple[int, BrokenLink | None]:
    """Hold the chains against exported heads: a file, or a folder of them. Returns how many days, and what is broken.

    The files are believed for their signature, not the database: whatever was cut there, with its own heads or not,
    is missing here. Raises ExportRefused when there is nothing to read.
    """
    count, previous = 0, b""
    public = signing_key().public_key()
    for one in _statements(place):
        count += 1
        try:
            public.verify(one.signature, one.digest)
        except InvalidSignature:
            return count, BrokenLink(None, 0, f"the signature in {one.source} does not fit")
        if digest_of(one.date, one.heads, one.previous) != one.digest:
            return count, BrokenLink(None, 0, f"{one.source} does not hold what was signed")
        if count > 1 and one.previous != previous:
            return count, BrokenLink(None, 0, f"{one.source} does not follow from the day before; one is missing")
        broken = broken_statement(one.date, one.heads)
        if broken is not None:
            return count, broken
        kept = ChainHead.objects.filter(date=one.date).first()
        if kept is None or bytes(kept.digest) != one.digest:
            return count, BrokenLink(None, 0, f"the database does not hold the heads of {one.date} as exported")
        previous = one.digest
    return count, None


def _write_once(path: Path, content: bytes) -> bool:
    """Write a file under a name that nobody has. False when another clock was quicker."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o444)
        try:
            os.link(draft, path)  # unlike a rename, a link never replaces what is there
        except FileExistsError:
            return False
    finally:
        draft.unlink(missing_ok=True)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return True


def _statements(place: Path) -> Iterator[Statement]:
    files = sorted(place.glob("heads-*.jsonl")) if place.is_dir() else [place]
    if not files:
        raise ExportRefused(_("%(place)s holds no exported heads.") % {"place": place})
    for path in files:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ExportRefused(_("%(file)s cannot be read.") % {"file": path}) from error
        statements = [_statement(path, line) for line in lines if line.strip()]
        if not statements:
            raise ExportRefused(_("%(file)s holds no exported heads.") % {"file": path})
        yield from statements


def _statement(path: Path, line: str) -> Statement:
    try:
        said = json.loads(line)
        heads = [[int(ticket), int(sequence), str(value)] for ticket, sequence, value in said["heads"]]
        return Statement(
            source=path.name,
            date=date.fromisoformat(said["date"]),
            heads=heads,
            previous=bytes.fromhex(said["previous"]),
            digest=bytes.fromhex(said["digest"]),
            signature=bytes.fromhex(said["signature"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ExportRefused(_("%(file)s holds a line that is no exported heads.") % {"file": path}) from error
