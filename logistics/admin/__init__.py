"""Pages of parties, parcels, incidents, lane advisories and status mappings."""

from logistics.admin import advisories, incidents, mappings, parties, shipments

__all__ = ["advisories", "incidents", "mappings", "parties", "shipments"]
