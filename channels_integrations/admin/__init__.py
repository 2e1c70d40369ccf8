"""Pages of connections, of what came in raw, of what was tried on the way out, and of partners' webhooks."""

from channels_integrations.admin import connections, deliveries, events, failures, webhooks

__all__ = ["connections", "deliveries", "events", "failures", "webhooks"]
