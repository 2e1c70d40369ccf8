"""Reading JSON from outside: typed access that answers anything unexpected with MalformedPayload."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from common.errors import MalformedPayload

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_COUNTRY = re.compile(r"[A-Z]{2}")


class Node:
    """A JSON object with its path, so that an error names the field."""

    __slots__ = ("_fields", "_path")

    def __init__(self, fields: dict[str, Any], path: str) -> None:
        self._fields = fields
        self._path = path

    def node(self, name: str) -> Node:
        """A child object; an absent or null one reads as empty."""
        value = self._fields.get(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self.wrong(name, "an object")
        return Node(value, f"{self._path}.{name}")

    def nodes(self, name: str) -> Iterator[Node]:
        """The objects of a list; an absent or null list reads as empty."""
        value = self._fields.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        for place, entry in enumerate(value):
            if not isinstance(entry, dict):
                raise self.wrong(f"{name}[{place}]", "an object")
            yield Node(entry, f"{self._path}.{name}[{place}]")

    def text(self, name: str, *, limit: int = 200) -> str:
        """A string without control characters, lone surrogates or surrounding space; empty when absent or null."""
        value = self._fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(name, "a string")
        clean = _CONTROL.sub("", value).encode("utf-8", "replace").decode("utf-8")
        return clean.strip()[:limit]

    def code(self, name: str) -> str:
        """A short code, given as a string or a whole number."""
        value = self._fields.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)[:50]
        return self.text(name, limit=50)

    def country(self, name: str) -> str:
        """ISO 3166-1 alpha-2 in capitals; empty for anything that does not look like one."""
        text = self.text(name).upper()
        return text if _COUNTRY.fullmatch(text) else ""

    def has(self, name: str) -> bool:
        return self._fields.get(name) is not None

    def wrong(self, name: str, wanted: str) -> MalformedPayload:
        return MalformedPayload(
            f"{self._path}.{name} is not {wanted}.",
            data={"path": f"{self._path}.{name}"},
        )


def read_object(raw: bytes) -> Node:
    """Parse a JSON object. Raises MalformedPayload for anything else, however deep or broken."""
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise MalformedPayload(f"The payload is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedPayload("The payload is not a JSON object.")
    return Node(value, "$")
