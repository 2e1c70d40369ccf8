"""Pages of parties, parcels, incidents and status mappings."""

from logistics.admin import incidents, mappings, parties, shipments

__all__ = ["incidents", "mappings", "parties", "shipments"]
