"""17TRACK's webhook signature: header ``sign`` = hex SHA-256 of the raw body, a slash and the account's API key.

Source: 17TRACK Tracking API v2.2, section WebHook, "sign" (https://asset.17track.net/api/document/v2.2_en/).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from common.errors import SignatureRefused

HEADER = "sign"


def sign(raw: bytes, *, secret: str) -> str:
    """The signature that 17TRACK sends with this body."""
    return hashlib.sha256(raw + b"/" + secret.encode()).hexdigest()


def verify(headers: Mapping[str, str], raw: bytes, secret: str) -> None:
    """Check a push over its raw bytes, in constant time; header names are compared without case.

    Raises SignatureRefused when the header is missing or wrong, or when the connection has no secret.
    """
    if not secret:
        raise SignatureRefused("This 17TRACK connection has no API key to check signatures with.")
    given = next((value for name, value in headers.items() if name.lower() == HEADER), "")
    if not hmac.compare_digest(given.strip().lower().encode(), sign(raw, secret=secret).encode()):
        raise SignatureRefused("The signature of this 17TRACK push does not fit its connection's API key.")
