"""Signatures of the Standard Webhooks specification, and the secrets they are made with."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from standardwebhooks import Webhook

from channels_integrations.models import WebhookDelivery, WebhookSubscription

OVERLAP: Final = timedelta(hours=24)
"""So long after a rotation the secret before signs as well, unless its owner wishes otherwise."""
LONGEST_OVERLAP: Final = timedelta(days=7)
_BYTES = 32


def new_secret() -> str:
    """A secret as receivers' libraries take it: ``whsec_`` and base64 of 256 random bits."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def secrets_of(subscription: WebhookSubscription, *, now: datetime) -> list[str]:
    """The secrets that sign now, the current one first; within the overlap of a rotation the one before as well."""
    held: dict[str, str] = subscription.secrets
    found = [held["current"]]
    until = subscription.previous_until
    if "previous" in held and until is not None and until > now:
        found.append(held["previous"])
    return found


def headers_of(delivery: WebhookDelivery, *, keys: list[str], now: datetime) -> dict[str, str]:
    """The headers a receiver verifies a message by. One signature a secret, separated by spaces."""
    moment = now.astimezone(UTC)  # the library takes the clock's hands for UTC whatever the zone says
    signatures = [Webhook(key).sign(delivery.message_id, moment, delivery.body) for key in keys]
    return {
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def without_secrets(text: str, subscription: WebhookSubscription) -> str:
    """A text that an address answered, without the secrets that it may have quoted."""
    for secret in subscription.secrets.values():
        bare = secret.removeprefix("whsec_")
        text = text.replace(secret, "[secret]").replace(bare, "[secret]")
    return text
