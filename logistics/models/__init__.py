"""Parties and parcels: customers, partners, carriers, shipments, their scans, and what was noticed about them."""

from logistics.models.incident import Incident, told
from logistics.models.party import Carrier, Customer, Partner, PartnerContact
from logistics.models.shipment import Shipment, StatusMapping, TrackingEvent

__all__ = [
    "Carrier",
    "Customer",
    "Incident",
    "Partner",
    "PartnerContact",
    "Shipment",
    "StatusMapping",
    "TrackingEvent",
    "told",
]
