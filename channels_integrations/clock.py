"""What the clock does for the doors: wake the queue when something is due and its nudge was lost."""

from __future__ import annotations

from datetime import datetime

from channels_integrations.services import delivery, fetching, receiving
from channels_integrations.webhooks_out import claiming, forgetting, handing_on, subscriptions
from common.jobs import defer_on_commit, periodic


@periodic("inbound events waiting", seconds=1)
def look_for_events(now: datetime) -> bool:
    """Wake whoever turns payloads into messages."""
    return _wake("receive_events", needed=receiving.is_due(now=now))


@periodic("messages waiting to be sent", seconds=1)
def look_for_messages(now: datetime) -> bool:
    """Wake whoever sends."""
    return _wake("deliver_messages", needed=delivery.is_due(now=now))


@periodic("files waiting to be fetched", seconds=2)
def look_for_files(now: datetime) -> bool:
    """Wake whoever fetches files."""
    return _wake("fetch_attachments", needed=fetching.is_due(now=now))


@periodic("sendings whose worker ended", seconds=3)
def look_for_ended_leases(now: datetime) -> int:
    """Put in doubt what was being sent by a worker that is gone."""
    return delivery.end_leases(now=now)


@periodic("events and webhooks for partners", seconds=1)
def look_for_partners_events(now: datetime) -> bool:
    """Wake whoever tells partners' systems."""
    return _wake("tell_partners", needed=handing_on.is_due() or claiming.is_due(now=now))


@periodic("old webhook deliveries", seconds=3600)
def forget_old_deliveries(now: datetime) -> int:
    """Remove what is older than a month, and secrets whose overlap has ended."""
    return forgetting.forget_old(now=now) + subscriptions.forget_old_secrets(now=now)


def _wake(task: str, *, needed: bool) -> bool:
    if needed:
        defer_on_commit(f"channels_integrations.tasks.{task}")
    return needed
