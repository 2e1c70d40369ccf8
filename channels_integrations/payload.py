"""Reading JSON from outside, and keys that the database can hold whatever a provider sends."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from common.errors import MalformedPayload

LONGEST_KEY = 255


def read_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8 (RFC 8259). Raises MalformedPayload with a sentence for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedPayload("The body is not JSON.", data={"reason": str(error)[:200]}) from error


def hash_key(body: bytes) -> str:
    """An external id for a payload that has none: equal bytes are one event."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def safe_key(text: str) -> str:
    """A text as a key: one that is too long, or holds what PostgreSQL refuses, becomes its own hash."""
    encoded = text.encode("utf-8", "surrogatepass")
    if len(text) <= LONGEST_KEY and "\x00" not in text and text.isprintable():
        return text
    return hash_key(encoded)
