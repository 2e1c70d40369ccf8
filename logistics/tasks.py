"""Tasks of the queue: read the clock, call a service. Each may run twice, late, or not at all."""

from __future__ import annotations

from django.utils import timezone

from common.jobs import defer_on_commit
from logistics.services import scans


def record_scans() -> int:
    """Record the scans that partners pushed."""
    done = scans.record_pushed(now=timezone.now())
    if done and scans.is_waiting():
        defer_on_commit("logistics.tasks.record_scans")
    return done
