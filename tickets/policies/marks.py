"""A mark from 1 to 5 that somebody sends as a message: the digit in whatever script, stars, a keycap; a comment after.

Only a message that begins with nothing but the mark is one: "5", "4/5", "★★★", "2 - it took too long", not "3 parcels".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LOWEST, HIGHEST = 1, 5
BAD: Final = 2
"""Marks up to this one are bad."""
_LONGEST: Final = 4_000
_KEYCAP: Final = re.compile("[\ufe0f\u20e3]")
_STARS: Final = re.compile(r"^[ \t]*((?:[★⭐🌟]\s*){1,5})(?![★⭐🌟☆])(.*)$", re.DOTALL)
_DIGIT: Final = re.compile(
    r"^[\s\"'“”«»(]*([1-5])(?:\s*(?:/|\bof\b|\bvon\b|\bde\b|\bsur\b)\s*5)?[\s\"'“”«»)]*"
    r"(?:分|点|星|stars?|sterne?|estrellas?|étoiles?|estrelas?)?[!.。！)]*"
    r"(?:$|[ \t]*(?:\r?\n|[-–—,，、:：;；]\s|[，、：；]|\.\s+)(.*)$)",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark and what was said besides."""

    score: int
    comment: str


def read_mark(text: str) -> Mark | None:
    """The mark that a message is, None when it is something else."""
    text = _KEYCAP.sub("", text[:_LONGEST]).strip()
    if stars := _STARS.match(text):
        return Mark(sum(one in "★⭐🌟" for one in stars[1]), stars[2].strip(" \t\r\n-–—,:;."))
    plain = "".join(_plain(one) for one in text[:40]) + text[40:]
    found = _DIGIT.match(plain)
    return Mark(int(found[1]), (found[2] or "").strip()) if found else None


def _plain(one: str) -> str:
    """A decimal digit of any script as the usual one."""
    value = unicodedata.decimal(one, None)
    return one if value is None else str(value)
