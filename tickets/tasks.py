"""Tasks of the queue: read the clock, call a service. Each may run twice, late, or not at all."""

from __future__ import annotations

from django.utils import timezone

from tickets.services import incidents


def handle_incidents() -> int:
    """Open or move tickets for what logistics noticed."""
    return incidents.handle_incidents(now=timezone.now())
