"""Durations in fixed logarithmic classes: counts of classes can be added, so a percentile of a whole is none of parts.

Class b (from 1) begins at 10·(1.1^(b−1) − 1) seconds: 0, 1, 2.1, 3.3 s … each a tenth wider than the one before. A
percentile is found in its class by straight line, so it is off by less than five percent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

BASE = 10.0
STEP = 1.1
LAST = 200
SQL = f"least({LAST}, 1 + floor(ln(1 + greatest(%s, 0) / {BASE:.1f}::float8) / ln({STEP}::float8)))::smallint"
"""The class of a number of seconds, in PostgreSQL."""


def bucket_of(seconds: float) -> int:
    """The class of a duration."""
    return min(LAST, 1 + math.floor(math.log(1 + max(seconds, 0) / BASE) / math.log(STEP)))


def lower_edge(bucket: int) -> float:
    """The shortest duration (seconds) of a class."""
    return BASE * (STEP ** (bucket - 1) - 1)


def percentile(buckets: Iterable[tuple[int, int]], share: float) -> float | None:
    """The duration (seconds) that ``share`` of all do not exceed, from (class, count) pairs; None without any."""
    ordered = sorted((bucket, count) for bucket, count in buckets if count > 0)
    total = sum(count for _, count in ordered)
    if not total:
        return None
    wanted, before = share * total, 0
    for bucket, count in ordered:
        if before + count >= wanted:
            low, high = lower_edge(bucket), lower_edge(bucket + 1)
            return low + (high - low) * max(wanted - before, 0) / count
        before += count
    return lower_edge(ordered[-1][0] + 1)
