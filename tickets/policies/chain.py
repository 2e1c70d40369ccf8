"""The hash chain of a ticket's events: what binds one to the next, and how personal content stays erasable."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

HASH_LENGTH = 32


def canonical(value: Any) -> bytes:
    """One byte form per value: JSON with sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def commit(content: dict[str, Any], salt: bytes) -> bytes:
    """Bind personal content without holding it: SHA-256(salt ‖ content). With salt and content gone it says nothing."""
    return hashlib.sha256(salt + canonical(content)).digest()


def link(
    previous: bytes,
    *,
    ticket_id: int,
    sequence: int,
    type: str,  # noqa: A002 - the column's name
    at: datetime,
    actor_kind: str,
    actor_id: int | None,
    actor_name: str,
    via: str,
    data: dict[str, Any],
    commitment: bytes,
) -> bytes:
    """The hash of an event: SHA-256 over the previous hash and everything the row says."""
    row = [
        ticket_id,
        sequence,
        type,
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        actor_kind,
        actor_id,
        actor_name,
        via,
        data,
        commitment.hex(),
    ]
    return hashlib.sha256(previous + canonical(row)).digest()
