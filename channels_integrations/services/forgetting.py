"""Erasing the raw payloads of a customer who wishes to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from channels_integrations.models import DeliveryAttempt, InboundEvent
from tickets.models import ChannelIdentity


def forget_payloads(*, message_ids: Sequence[int], identity_ids: Sequence[int]) -> int:
    """Empty the payloads behind these messages and from these identities. Returns how many there were.

    The rows stay: the same event told again must still be known as a duplicate.
    """
    theirs = Q(message__in=message_ids)
    for connection_id, external_id in ChannelIdentity.objects.filter(pk__in=identity_ids).values_list(
        "connection_id", "external_id"
    ):
        theirs |= Q(connection_id=connection_id, sender=external_id)
    DeliveryAttempt.objects.filter(message__in=message_ids).update(detail="")
    return InboundEvent.objects.filter(theirs).update(raw=b"", sender="", detail="")
