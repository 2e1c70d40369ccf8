"""Carriers' and aggregators' adapters: one folder each, found by provider code.

An adapter is a package with ``CODE``, ``SIGNED_WITH`` and the functions of ``CarrierAdapter``; adding one is copying a
folder and one line here (``docs/howto/add-a-carrier.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from common.errors import InvalidInput
from logistics.carriers import seventeentrack
from logistics.policies.tracking import CodeMeaning, NormalisedTrack


class ShippedRow(Protocol):
    """A row of the mapping that an adapter ships with."""

    @property
    def raw_code(self) -> str: ...
    @property
    def meaning(self) -> CodeMeaning: ...
    @property
    def comment(self) -> str: ...


class CarrierAdapter(Protocol):
    """What every adapter package offers. ``SIGNED_WITH`` names the credential that signatures are checked with.

    ``API_URL`` is where the provider is asked.
    """

    CODE: str
    SIGNED_WITH: str
    API_URL: str

    def verify(self, headers: Mapping[str, str], raw: bytes, secret: str) -> None:
        """Raise SignatureRefused unless the raw body belongs to the connection with this secret."""

    def envelopes(self, raw: bytes) -> list[tuple[str, str]]:
        """``[(external id, tracking number)]`` of a body; never raises."""

    def parse(self, raw: bytes, mapping: Mapping[str, CodeMeaning]) -> NormalisedTrack:
        """Read a body. Raises MalformedPayload or UnsupportedEvent."""

    def check(self, *, secret: str, api_url: str = "") -> str:
        """Ask whether the key is known there; a sentence about the account. Raises DeliveryError."""

    def shipped_rows(self) -> Sequence[ShippedRow]:
        """The mapping that a new installation starts with."""


_ADAPTERS: dict[str, CarrierAdapter] = {module.CODE: cast("CarrierAdapter", module) for module in (seventeentrack,)}


def get(code: str) -> CarrierAdapter:
    """The adapter of a provider code. Raises InvalidInput with the known codes when there is none."""
    try:
        return _ADAPTERS[code]
    except KeyError as error:
        known = ", ".join(codes())
        raise InvalidInput(
            f"There is no carrier “{code}”; known are: {known}.",
            data={"carrier": [known]},
        ) from error


def codes() -> tuple[str, ...]:
    """All provider codes, in order."""
    return tuple(sorted(_ADAPTERS))
