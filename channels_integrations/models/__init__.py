"""What came in raw, and what was tried on the way out."""

from channels_integrations.models.delivery_attempt import DeliveryAttempt
from channels_integrations.models.inbound_event import InboundEvent

__all__ = ["DeliveryAttempt", "InboundEvent"]
