"""Pages of parties, parcels, incidents, lane advisories, status mappings and warehouse work."""

from logistics.admin import advisories, incidents, mappings, parties, shipments, warehouse

__all__ = ["advisories", "incidents", "mappings", "parties", "shipments", "warehouse"]
