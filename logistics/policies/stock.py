"""When a difference of stock is one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tolerance:
    """By how much stock may differ from what is expected: so many units, or so many percent, whichever is more."""

    units: int = 0
    percent: int = 0

    def is_exceeded(self, *, expected: int | None, found: int) -> bool:
        """Whether ``found`` units are a difference. Never, when nothing was expected because nothing is known."""
        if expected is None:
            return False
        return abs(found - expected) * 100 > max(self.units * 100, max(expected, 0) * self.percent)
