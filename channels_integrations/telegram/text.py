"""Telegram's lengths: it counts UTF-16 code units, so that most emoji count twice."""

from __future__ import annotations

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024


def length(text: str) -> int:
    """UTF-16 code units, as Telegram counts (https://core.telegram.org/api/entities#entity-length)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, *, limit: int = LONGEST_TEXT) -> list[str]:
    """A text in parts of at most ``limit`` units, cut at an end of paragraph, line or word where there is one.

    No part is empty or blank, and no character is cut in two.
    """
    parts = []
    rest = text.strip()
    while length(rest) > limit:
        head = _longest_head(rest, limit)
        cut = next((at for mark in ("\n\n", "\n", " ") if (at := head.rfind(mark)) > len(head) // 2), len(head))
        parts.append(head[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in (*parts, rest) if part]


def _longest_head(text: str, limit: int) -> str:
    units, end = 0, 0
    for end, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > limit:
            return text[:end]
    return text[: end + 1]
