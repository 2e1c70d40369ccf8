"""How often one key may ask: counted in rows that all processes share, taken from them some at a time.

A process that took ten requests from the counter answers nine of them without asking again. What it does not use is
lost at the end of the minute, so the limit is never exceeded, and at worst reached some requests early.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from common import visits
from common.api.caller import Caller

WINDOW_SECONDS = 60
_SHARE = 100
"""A process takes a hundredth of the limit at a time."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a key: ``remaining`` below 0 means that this request is one too many."""

    limit: int
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """As the HTTP working group's draft has them (draft-ietf-httpapi-ratelimit-headers-07)."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.remaining, 0)),
            "RateLimit-Reset": str(self.reset_seconds),
        }


@dataclass(slots=True)
class _Share:
    left: int
    counted: int
    ends_at: datetime


_shares: dict[int, _Share] = {}
_lock = threading.Lock()


def limit_of(caller: Caller) -> int:
    """Requests a minute."""
    return settings.API_REQUESTS_PER_MINUTE if caller.is_partner else settings.API_STAFF_REQUESTS_PER_MINUTE


def spend(caller: Caller, *, now: datetime) -> Allowance:
    """Count a request of a key; what is left in this minute."""
    limit = limit_of(caller)
    with _lock:
        share = _shares.get(caller.key_id)
        if share is not None and share.left and share.ends_at > now:
            share.left -= 1
            return _allowance(limit, share.counted - share.left, share.ends_at, now)
    size = max(1, limit // _SHARE)
    taken = visits.take(f"api {caller.key_id}", seconds=WINDOW_SECONDS, now=now, by=size)
    used = taken.count - size + 1
    with _lock:
        if len(_shares) > 1_000:
            _shares.clear()
        _shares[caller.key_id] = _Share(size - 1, taken.count, taken.ends_at)
    return _allowance(limit, used, taken.ends_at, now)


def _allowance(limit: int, used: int, ends_at: datetime, now: datetime) -> Allowance:
    return Allowance(limit, limit - used, max(1, round((ends_at - now).total_seconds())))
