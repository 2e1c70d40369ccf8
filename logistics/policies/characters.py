"""Character folding that keeps every character's place."""

from __future__ import annotations

from typing import Final

SAME_PLACE_FOLD: Final[dict[int, int]] = {
    # Full-width digits, letters and marks, as Chinese and Japanese keyboards give them.
    **{full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)},
    # Blanks, also those without width.
    **dict.fromkeys((0x00A0, 0x2007, 0x2009, 0x200A, 0x200B, 0x200C, 0x200D, 0x202F, 0x2060, 0x3000, 0xFEFF), 0x20),
    # Dashes; the katakana length mark is typed for one.
    **dict.fromkeys((0x00AD, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x30FC, 0xFE63), 0x2D),
    0x0130: 0x69,  # İ: the one letter whose lower case is longer than itself
}
"""For ``str.translate``: one character for one, so that places in the folded text are places in the original."""
