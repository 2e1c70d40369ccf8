"""Numbers of the doors for ``/metrics``; each reads a partial index of what waits or needs a person."""

from __future__ import annotations

from collections.abc import Mapping

from channels_integrations.choices import EventState
from channels_integrations.models import InboundEvent
from common.metrics import gauge
from tickets.choices import MessageStatus
from tickets.models import Message


@gauge("inbound_events", "Stored payloads that wait to be handled or could not be", label="state")
def inbound_events() -> Mapping[str, float]:
    """Payloads by state, but for those that are done."""
    states = (EventState.PENDING, EventState.MALFORMED, EventState.UNSUPPORTED, EventState.FAILED)
    return {state: InboundEvent.objects.filter(state=state).count() for state in states}


@gauge("outgoing_messages", "Messages that wait to be sent or need a person", label="status")
def outgoing_messages() -> Mapping[str, float]:
    """Outgoing messages by status, but for those that left."""
    statuses = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.IN_DOUBT, MessageStatus.DEAD)
    return {status: Message.objects.filter(status=status).count() for status in statuses}
