"""17TRACK, an aggregator of some 2,000 carriers: pushes by webhook, API v2.2."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from common.errors import MalformedPayload
from logistics.carriers.payload import read_object
from logistics.carriers.seventeentrack.account import API_URL, check
from logistics.carriers.seventeentrack.mapping import MappingRow, shipped_rows
from logistics.carriers.seventeentrack.parse import parse_push
from logistics.carriers.seventeentrack.signature import verify
from logistics.policies.tracking import CodeMeaning, NormalisedTrack

CODE = "seventeentrack"
SIGNED_WITH = "api_key"

__all__ = [
    "API_URL",
    "CODE",
    "SIGNED_WITH",
    "MappingRow",
    "check",
    "envelopes",
    "parse",
    "shipped_rows",
    "verify",
]


def envelopes(raw: bytes) -> list[tuple[str, str]]:
    """``[(external id, sender)]`` of a body; the sender is the tracking number, so that a parcel's pushes keep order.

    17TRACK numbers nothing: the body's hash is its id, and the same push sent again is a duplicate. Never raises: a
    malformed body is stored under its hash with an empty sender, and ``parse`` says later what is wrong with it.
    """
    try:
        sender = read_object(raw).node("data").text("number", limit=64)
    except MalformedPayload:
        sender = ""
    return [(hashlib.sha256(raw).hexdigest(), sender)]


def parse(raw: bytes, mapping: Mapping[str, CodeMeaning]) -> NormalisedTrack:
    """Read one push; see ``parse_push``. Raises MalformedPayload, UnsupportedEvent."""
    return parse_push(raw, mapping=mapping)
