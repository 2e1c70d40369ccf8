"""Subscriptions and deliveries as answers have them."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from channels_integrations.choices import DeliveryState, SubscriptionReason, SubscriptionState
from channels_integrations.models import WebhookAttempt, WebhookDelivery, WebhookSubscription
from common.api.versions import etag_of
from common.api.views import moment
from tickets.choices import Kind, Priority


class SubscriptionRow(serializers.Serializer):  # type: ignore[type-arg]
    """An address of yours that is told of events. Empty lists mean all."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    event_types = serializers.ListField(child=serializers.CharField(), help_text="The schema's webhooks name them.")
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Kind.values), help_text="Kinds of ticket.")
    priorities = serializers.ListField(child=serializers.ChoiceField(choices=Priority.values), help_text="1 is urgent.")
    destinations = serializers.ListField(child=serializers.CharField(), help_text="ISO 3166.")
    contact_email = serializers.CharField(help_text="Written to when the address fails; empty: your first contact.")
    state = serializers.ChoiceField(choices=SubscriptionState.values)
    reason = serializers.ChoiceField(choices=SubscriptionReason.values, help_text="Why it is not active.")
    state_since = serializers.DateTimeField()
    failures = serializers.IntegerField(help_text="In a row, up to now.")
    failing_since = serializers.DateTimeField(allow_null=True)
    last_failure = serializers.CharField()
    last_failure_at = serializers.DateTimeField(allow_null=True)
    previous_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then messages carry a signature of the secret before the last rotation, too."
    )
    created_at = serializers.DateTimeField()


class NewSubscriptionRow(SubscriptionRow):
    """A subscription just made, with its signing secret: this is the only time that it is shown."""

    secret = serializers.CharField()


class SecretRow(serializers.Serializer):  # type: ignore[type-arg]
    """A new signing secret: this is the only time that it is shown."""

    secret = serializers.CharField()
    previous_secret_until = serializers.DateTimeField(allow_null=True)


class DeliveryRow(serializers.Serializer):  # type: ignore[type-arg]
    """One event on its way to one subscription."""

    id = serializers.IntegerField()
    webhook_id = serializers.CharField(help_text="The header webhook-id, the same at each try.")
    type = serializers.CharField()
    sequence = serializers.IntegerField()
    happened_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=DeliveryState.values)
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    last_status = serializers.IntegerField(allow_null=True, help_text="What your system answered last.")
    failure = serializers.CharField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class TryRow(serializers.Serializer):  # type: ignore[type-arg]
    """One try."""

    started_at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True)
    failure = serializers.CharField()
    request_headers = serializers.DictField(child=serializers.CharField())
    response_headers = serializers.DictField(child=serializers.CharField())
    response_body = serializers.CharField(help_text="Its first 4,096 bytes.")


class WholeDeliveryRow(DeliveryRow):
    """A delivery with what was sent and each try."""

    body = serializers.CharField(help_text="The very bytes that were signed and sent, as text.")
    tries = TryRow(many=True)


class ReplayRow(serializers.Serializer):  # type: ignore[type-arg]
    """What a replay of a period does."""

    deliveries = serializers.IntegerField(help_text="How many will be sent.")


SUBSCRIPTION: Final = {
    "id": 3,
    "name": "Warehouse system",
    "url": "https://hooks.example.com/clearway",
    "event_types": ["ticket.addressed", "ticket.transitioned", "message.created"],
    "kinds": ["clearance"],
    "priorities": [],
    "destinations": ["DE", "FR"],
    "contact_email": "it@example.com",
    "state": "active",
    "reason": "",
    "state_since": "2026-11-24T09:00:00Z",
    "failures": 0,
    "failing_since": None,
    "last_failure": "",
    "last_failure_at": None,
    "previous_secret_until": None,
    "created_at": "2026-11-24T09:00:00Z",
}
SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="  # noqa: S105 - an example
DELIVERY: Final = {
    "id": 812,
    "webhook_id": "msg_5f0c1c3e8b7a4a5f9f0d0b7f3a2c1d4e",
    "type": "ticket.transitioned",
    "sequence": 4,
    "happened_at": "2026-11-24T09:00:00Z",
    "state": "delivered",
    "attempts": 1,
    "next_attempt_at": None,
    "last_status": 204,
    "failure": "",
    "created_at": "2026-11-24T09:00:00Z",
    "ended_at": "2026-11-24T09:00:01Z",
}


def subscription_row(row: WebhookSubscription) -> dict[str, Any]:
    """See ``SubscriptionRow``."""
    return {
        "id": row.pk,
        "name": row.name,
        "url": row.url,
        "event_types": row.event_types,
        "kinds": row.kinds,
        "priorities": row.priorities,
        "destinations": row.destinations,
        "contact_email": row.contact_email,
        "state": row.state,
        "reason": row.reason,
        "state_since": moment(row.state_since),
        "failures": row.failures,
        "failing_since": moment(row.failing_since),
        "last_failure": row.last_failure,
        "last_failure_at": moment(row.last_failure_at),
        "previous_secret_until": moment(row.previous_until),
        "created_at": moment(row.created_at),
    }


def subscription_etag(row: WebhookSubscription) -> str:
    """The tag of all that an answer shows."""
    return etag_of("webhook", row.changed_at, *subscription_row(row).values())


def delivery_row(row: WebhookDelivery) -> dict[str, Any]:
    """See ``DeliveryRow``."""
    return {
        "id": row.pk,
        "webhook_id": row.message_id,
        "type": row.type,
        "sequence": row.sequence,
        "happened_at": moment(row.happened_at),
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt_at": moment(row.next_attempt_at),
        "last_status": row.last_status,
        "failure": row.failure,
        "created_at": moment(row.created_at),
        "ended_at": moment(row.ended_at),
    }


def try_row(row: WebhookAttempt) -> dict[str, Any]:
    """See ``TryRow``."""
    return {
        "started_at": moment(row.started_at),
        "milliseconds": row.milliseconds,
        "status": row.status,
        "failure": row.failure,
        "request_headers": row.request_headers,
        "response_headers": row.response_headers,
        "response_body": row.response_body,
    }
