"""Encryption at rest for secrets, and keys derived for each purpose.

Everything derives from ``settings.ENCRYPTION_KEYS`` (newest first): rotating means putting a new key in front.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def derive_key(secret: str, *, purpose: str) -> bytes:
    """Return 32 bytes that belong to one purpose alone (HKDF, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=b"clearway", info=purpose.encode()).derive(secret.encode())


def _box() -> MultiFernet:
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(derive_key(key, purpose="encryption at rest")))
            for key in settings.ENCRYPTION_KEYS
        ]
    )


def seal(content: bytes) -> bytes:
    """Content as the database may keep it."""
    return _box().encrypt(content)


def unseal(sealed: bytes) -> bytes:
    """What was sealed. Raises InvalidToken when its key is not among ours any more."""
    return _box().decrypt(sealed)


class EncryptedJSONField(models.BinaryField[dict[str, Any], dict[str, Any]]):
    """A JSON object that the database only sees encrypted. Not searchable, by design."""

    def get_prep_value(self, value: Any) -> bytes:
        return _box().encrypt(json.dumps(value or {}, ensure_ascii=False).encode())

    def from_db_value(self, value: bytes | memoryview | None, *args: Any) -> dict[str, Any]:
        if value is None:
            return {}
        try:
            content: dict[str, Any] = json.loads(_box().decrypt(bytes(value)))
        except InvalidToken as error:
            raise ImproperlyConfigured(
                "Stored credentials cannot be read with the keys given: put the key they were written with back into "
                "CLEARWAY_ENCRYPTION_KEYS (several may stand there, newest first)."
            ) from error
        return content

    def to_python(self, value: Any) -> dict[str, Any]:
        return value if isinstance(value, dict) else {}

    def value_to_string(self, obj: models.Model) -> str:
        """Serialise nothing: a dump of the database must not carry secrets in the clear."""
        return "{}"
