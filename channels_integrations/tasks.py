"""Tasks of the queue: work off what is due, for a few seconds, then let others have the worker.

Each may run twice, late, side by side, or not at all: the rows say what is to be done.
"""

from __future__ import annotations

from django.utils import timezone

from channels_integrations.services import delivery, fetching, receiving
from channels_integrations.webhooks_out import claiming, handing_on, sending
from common.jobs import defer_on_commit

SECONDS = 5.0
"""A share of a worker's time: what is left goes to the end of the queue."""


def receive_events() -> int:
    """Turn stored payloads into messages and scans."""
    handled = receiving.receive_swarm(seconds=SECONDS)
    if handled and receiving.is_due(now=timezone.now()):
        defer_on_commit("channels_integrations.tasks.receive_events")
    if fetching.is_due(now=timezone.now()):
        defer_on_commit("channels_integrations.tasks.fetch_attachments")
    return handled


def deliver_messages() -> int:
    """Send queued messages."""
    tried = delivery.deliver_due(seconds=SECONDS)
    if tried and delivery.is_due(now=timezone.now()):
        defer_on_commit("channels_integrations.tasks.deliver_messages")
    return tried


def fetch_attachments() -> int:
    """Fetch files that providers keep for us."""
    tried = fetching.fetch_due(seconds=SECONDS)
    if tried and fetching.is_due(now=timezone.now()):
        defer_on_commit("channels_integrations.tasks.fetch_attachments")
    return tried


def tell_partners() -> int:
    """Queue for partners' systems what happened, and send it."""
    handed_on = handing_on.hand_on(now=timezone.now())
    sent = sending.send_due(seconds=SECONDS)
    if handing_on.is_due() or (sent and claiming.is_due(now=timezone.now())):
        defer_on_commit("channels_integrations.tasks.tell_partners")
    return handed_on + sent
