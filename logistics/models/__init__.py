"""Parties and parcels: customers, partners, carriers, shipments, their scans, and what was noticed about them."""

from logistics.models.advisory import AdvisoryCause, LaneAdvisory
from logistics.models.incident import Incident
from logistics.models.movement import TOLD_STATUSES, Movement
from logistics.models.party import Carrier, Customer, Partner, PartnerContact
from logistics.models.shipment import Shipment, StatusMapping, TrackingEvent

__all__ = [
    "TOLD_STATUSES",
    "AdvisoryCause",
    "Carrier",
    "Customer",
    "Incident",
    "LaneAdvisory",
    "Movement",
    "Partner",
    "PartnerContact",
    "Shipment",
    "StatusMapping",
    "TrackingEvent",
]
