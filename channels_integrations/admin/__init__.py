"""Pages of connections, of what came in raw, and of what was tried on the way out."""

from channels_integrations.admin import connections, deliveries, events, failures

__all__ = ["connections", "deliveries", "events", "failures"]
