"""Failures we expect, each with a stable code and a sentence for whoever has to act on it."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """An anticipated failure. ``code`` is stable and machine readable, ``message`` is for people, ``data`` explains."""

    code = "error"

    def __init__(self, message: str = "", *, code: str = "", data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.data = data or {}

    def __str__(self) -> str:
        return str(self.message)


class PermissionRefused(DomainError):
    """The caller may not do this."""

    code = "permission_refused"


class InvalidInput(DomainError):
    """What was sent cannot be used; ``data`` maps a field's name to a list of sentences."""

    code = "invalid_input"


class MalformedPayload(DomainError):
    """A provider's payload that does not have its documented form. It is kept and can be replayed."""

    code = "malformed"


class UnsupportedEvent(DomainError):
    """A well-formed payload of a type that we do not act on."""

    code = "unsupported"


class SignatureRefused(DomainError):
    """A webhook whose signature or secret does not fit its connection."""

    code = "signature_refused"


class DeliveryError(DomainError):
    """A message that could not be handed to the provider.

    ``permanent`` says that trying again cannot help; ``in_doubt`` that the provider may have taken it all the same;
    ``retry_after`` is the provider's own wish in seconds.
    """

    code = "delivery_failed"

    def __init__(
        self, message: str = "", *, permanent: bool = False, in_doubt: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.in_doubt = in_doubt
        self.retry_after = retry_after
