"""Making the calls of webhooks that rules asked for: each a row, tried until it is taken or given up."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction

from common import http
from tickets.choices import WebhookState
from tickets.models import WebhookCall

BATCH = 20
LEASE = timedelta(minutes=5)
"""Longer than a request can last: a call whose worker died is made again after it, under the same key."""
MOST_ATTEMPTS = 8
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=2)


def make_calls(*, now: datetime) -> int:
    """Make the calls whose moment has come, at most a batch. Returns how many were taken."""
    return sum(_make(call, now=now) for call in _claim(now=now))


def _claim(*, now: datetime) -> list[WebhookCall]:
    with transaction.atomic():
        due = WebhookCall.objects.filter(next_attempt_at__lte=now).order_by("next_attempt_at")
        calls = list(due.select_for_update(skip_locked=True)[:BATCH])
        for call in calls:
            call.attempts += 1
            call.next_attempt_at = now + LEASE
        WebhookCall.objects.bulk_update(calls, ["attempts", "next_attempt_at"])
    return calls


def _make(call: WebhookCall, *, now: datetime) -> bool:
    hopeless, retry_after = False, None
    try:
        answer = http.request("POST", call.url, json=call.body, headers={"Idempotency-Key": str(call.key)})
        call.answer = f"HTTP {answer.status}"
        taken, retry_after = answer.ok, answer.retry_after
    except http.RequestFailed as error:
        call.answer, taken, hopeless = error.message[:300], False, error.refused
    if taken:
        call.state, call.next_attempt_at = WebhookState.TAKEN, None
    elif hopeless or call.attempts >= MOST_ATTEMPTS:
        call.state, call.next_attempt_at = WebhookState.GIVEN_UP, None
    else:
        call.next_attempt_at = now + max(_wait(call.attempts), timedelta(seconds=retry_after or 0))
    call.save(update_fields=["state", "next_attempt_at", "answer"])
    return taken


def _wait(attempt: int) -> timedelta:
    """Doubling from half a minute, with jitter, so that calls refused together do not come back together."""
    wait: timedelta = min(_FIRST_WAIT * 2 ** (attempt - 1), _LONGEST_WAIT)
    return wait * random.uniform(0.5, 1.0)  # noqa: S311 - no secret hangs on it
