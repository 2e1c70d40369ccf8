"""A worker's share of sending: hands that wait for addresses, one head that claims and writes down.

Hands are threads that touch no database. Few workers send at once (an advisory lock of the session, given up with it),
so that addresses far away do not take the workers that messages to customers need.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from channels_integrations.webhooks_out.claiming import Claim, claim, give_back
from channels_integrations.webhooks_out.posting import LONGEST, Tried, post
from channels_integrations.webhooks_out.settling import settle
from common.http import Cord

logger = logging.getLogger(__name__)

HANDS: Final = 16
_FOR_TROUBLED: Final = HANDS // 2
_LOOK_SECONDS: Final = 0.25
_GATHER_SECONDS: Final = 0.01
_LOCKS: Final = 0x77_68_6F  # "who": the first of two keys of advisory locks, the second is the place


def send_due(*, seconds: float, clock: Callable[[], datetime] = timezone.now) -> int:
    """Send what is due until nothing is or ``seconds`` are over. Returns how many tries were made.

    Does nothing while as many others send as may. Waits for what is under way, at most LONGEST.
    """
    with _place() as has_place:
        return _Head(seconds, clock).work() if has_place else 0


class _Head:
    """Claims for the hands that are free, and settles what they bring."""

    def __init__(self, seconds: float, clock: Callable[[], datetime]) -> None:
        self._stop_at = time.monotonic() + seconds
        self._clock = clock
        self._under_way: dict[Future[Tried], tuple[Claim, Cord, float]] = {}
        self._look_at = 0.0
        self._tries = 0

    def work(self) -> int:
        hands = ThreadPoolExecutor(HANDS, thread_name_prefix="webhook")
        try:
            while self._take(hands) or self._under_way:
                self._bring()
        finally:
            for _claim, cord, _began in self._under_way.values():
                cord.pull()
            hands.shutdown(wait=False, cancel_futures=True)
        return self._tries

    def _take(self, hands: ThreadPoolExecutor) -> int:
        """Claim for free hands, when it is time to look. How many were claimed.

        When our time is over, the others are still served while we wait for an address that takes its time.
        """
        now = time.monotonic()
        free = HANDS - len(self._under_way)
        troubled = sum(one.is_troubled for one, *_rest in self._under_way.values())
        is_over = now >= self._stop_at
        if not free or now < self._look_at or (is_over and not troubled) or now >= self._stop_at + LONGEST:
            return 0
        claims = claim(now=self._clock(), most=free, for_troubled=0 if is_over else max(_FOR_TROUBLED - troubled, 0))
        self._look_at = 0.0 if claims else now + _LOOK_SECONDS
        for number, one in enumerate(claims):
            cord = Cord()
            try:
                future = hands.submit(post, one, now=self._clock(), cord=cord)
            except RuntimeError:  # this process is ending
                give_back(claims[number:], now=self._clock())
                self._stop_at = float("-inf")
                break
            self._under_way[future] = one, cord, time.monotonic()
        return len(claims)

    def _bring(self) -> None:
        """Settle what is done; cut off what takes too long."""
        done, rest = wait(self._under_way, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
        if done and rest:  # most answer at about the same time: what is written down together costs least
            done |= wait(rest, timeout=_GATHER_SECONDS).done
        for future in done:
            del self._under_way[future]
        if done:
            settle([future.result() for future in done], now=self._clock())
            self._tries += len(done)
            self._look_at = 0.0
        now = time.monotonic()
        for future, (one, cord, began) in list(self._under_way.items()):
            if now - began > LONGEST:
                cord.pull()
            if now - began > LONGEST * 1.5:  # a name server that does not answer cannot be cut off
                logger.warning("delivery %s was left to its lease", one.delivery.pk)
                del self._under_way[future]


@contextmanager
def _place() -> Iterator[bool]:
    """One of the places for workers that send; half of the queue's workers may, one at least."""
    places = max(settings.WORKERS // 2, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place FROM generate_series(1, %s) AS place WHERE pg_try_advisory_lock(%s, place) LIMIT 1",
            [places, _LOCKS],
        )
        row = cursor.fetchone()
    try:
        yield row is not None
    finally:
        if row is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, row[0]])
