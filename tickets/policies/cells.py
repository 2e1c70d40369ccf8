"""Cells of files that a spreadsheet opens: no text of ours is ever taken for a formula (OWASP, CSV Injection)."""

from __future__ import annotations

import re
from typing import Any, Final

_STARTS: Final = frozenset("=+-@\t\r\n＝＋－＠")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML 1.0 cannot hold, and no spreadsheet shows."""


def safe_text(text: str) -> str:
    """A text as a cell of a CSV file: an apostrophe before what would be a formula."""
    text = _CONTROLS.sub("", text)
    return f"'{text}" if text[:1] in _STARTS or text.lstrip()[:1] in _STARTS else text


def safe_cell(value: Any) -> str:
    """Any value as a cell of a CSV file; numbers keep their sign."""
    if value is None:
        return ""
    return safe_text(value) if isinstance(value, str) else str(value)


def plain_text(text: str) -> str:
    """A text for a file whose cells have types: without what XML cannot hold."""
    return _CONTROLS.sub("", text)
