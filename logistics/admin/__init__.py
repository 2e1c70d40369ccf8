"""Pages of parties, keys, parcels, incidents, lane advisories, status mappings and warehouse work."""

from logistics.admin import advisories, api_keys, incidents, mappings, parties, shipments, warehouse

__all__ = ["advisories", "api_keys", "incidents", "mappings", "parties", "shipments", "warehouse"]
