"""What came in raw, what was tried on the way out, and whom we tell of events."""

from channels_integrations.models.delivery_attempt import DeliveryAttempt
from channels_integrations.models.inbound_event import InboundEvent
from channels_integrations.models.webhook import WebhookAttempt, WebhookDelivery, WebhookSubscription

__all__ = ["DeliveryAttempt", "InboundEvent", "WebhookAttempt", "WebhookDelivery", "WebhookSubscription"]
