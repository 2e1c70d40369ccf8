"""What a measurement prints, and the figures it is made of."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence


def say(name: str, value: float, unit: str, n: int) -> None:
    """Print one measurement as a JSON line: ``n`` is how many times the thing was done."""
    print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "n": n}), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def milliseconds(call: Callable[[], object], *, times: int, warm: int = 3) -> list[float]:
    """How long each of ``times`` calls took, after ``warm`` unmeasured ones."""
    for _ in range(warm):
        call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1_000)
    return taken
