"""Contents that no row names: left by a transaction that was undone after its file was written, or by a crash."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path

from django.conf import settings

from tickets.models import Attachment, TicketEvent
from tickets.services.attachments import FOLDER, content_path, forget_content

logger = logging.getLogger(__name__)

AGE = timedelta(days=1)
"""A younger file may belong to a transaction that still runs, or to a restore whose rows come later."""
SHARDS = 256
"""Folders of the store, by the first two digits of the hash. Each is looked through once in ``AGE``."""
SHARD_SECONDS = AGE.total_seconds() / SHARDS
SECONDS = 2.0
"""The most that one look may take; what it does not reach has its turn a day later."""
_BATCH = 500
_HASH = re.compile(r"[0-9a-f]{64}")


def sweep_files(*, now: datetime, seconds: float = SECONDS) -> int:
    """Remove the unnamed files of the folder whose turn it is at ``now``. Returns how many.

    The turn follows from the time alone, so that any number of clocks, however often started anew, get round the
    store once a day, and one look costs a 256th of it.
    """
    store = Path(settings.MEDIA_ROOT) / FOLDER
    if not _is_ours(store):
        return 0
    turn = int(now.timestamp() // SHARD_SECONDS) % SHARDS
    return sweep_shard(turn, now=now, seconds=seconds)


def sweep_shard(number: int, *, now: datetime, seconds: float = SECONDS) -> int:
    """Remove the unnamed files of one folder of the store (0 to 255), and with the first what was never finished.

    Whoever calls knows that the store is this database's own.
    """
    until = time.monotonic() + seconds
    store = Path(settings.MEDIA_ROOT) / FOLDER
    oldest = (now - AGE).timestamp()
    removed = 0
    if number == 0:
        for unfinished in _older(store.glob("incoming/*"), oldest):
            unfinished.unlink(missing_ok=True)
            removed += 1
    for some in batched(_older(store.glob(f"{number:02x}/??/*"), oldest), _BATCH):
        hashes = {path.name for path in some if _HASH.fullmatch(path.name)}
        named = set(Attachment.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
        for sha256 in sorted(hashes - named):
            # Looks once more, under the content's lock: a message may have brought the same file meanwhile.
            removed += forget_content(sha256)
        if time.monotonic() > until:
            break
    if removed:
        logger.info("%d files that no message names were removed", removed)
    return removed


def _is_ours(store: Path) -> bool:
    """Whether this database names the store's files; another one's must not be swept away as unnamed.

    A file in the store holds the hash of the database's first event, which stays what it is over a restore. It is
    written by the first database that names a file which is there.
    """
    first = TicketEvent.objects.order_by("pk").values_list("hash", flat=True).first()
    if first is None:
        return False
    mark = store / ".database"
    try:
        known = mark.read_text().strip()
    except FileNotFoundError:
        named = Attachment.objects.exclude(sha256="").order_by("-pk").values_list("sha256", flat=True)[:20]
        if not any(content_path(sha256).exists() for sha256 in named):
            return False
        known = bytes(first).hex()
        mark.write_text(known + "\n")
    if known != bytes(first).hex():
        logger.warning("%s holds the files of another database: nothing there is removed", store)
        return False
    return True


def _older(paths: Iterator[Path], oldest: float) -> Iterator[Path]:
    for path in paths:
        try:
            if path.stat().st_mtime < oldest:
                yield path
        except FileNotFoundError:
            continue
