"""Parties and parcels: customers, partners, carriers, shipments, their scans, and what was noticed about them."""

from logistics.models.advisory import AdvisoryCause, LaneAdvisory
from logistics.models.agreement import Agreement
from logistics.models.api_key import ApiKey
from logistics.models.inbound_booking import BookingEvent, BookingLine, InboundBooking
from logistics.models.incident import Incident
from logistics.models.movement import TOLD_STATUSES, Movement
from logistics.models.party import Carrier, Customer, Partner, PartnerContact
from logistics.models.pushed_scan import PushedScan
from logistics.models.shipment import Shipment, StatusMapping, TrackingEvent
from logistics.models.shipment_instruction import InstructionEvent, InstructionLine, ShipmentInstruction
from logistics.models.stock import StockLevel, StockReading, StockSync
from logistics.models.stock_count import CountEvent, CountLine, StockCount
from logistics.models.warehouse_work import WarehouseWork, WorkEvent

__all__ = [
    "TOLD_STATUSES",
    "AdvisoryCause",
    "Agreement",
    "ApiKey",
    "BookingEvent",
    "BookingLine",
    "Carrier",
    "CountEvent",
    "CountLine",
    "Customer",
    "InboundBooking",
    "Incident",
    "InstructionEvent",
    "InstructionLine",
    "LaneAdvisory",
    "Movement",
    "Partner",
    "PartnerContact",
    "PushedScan",
    "Shipment",
    "ShipmentInstruction",
    "StatusMapping",
    "StockCount",
    "StockLevel",
    "StockReading",
    "StockSync",
    "TrackingEvent",
    "WarehouseWork",
    "WorkEvent",
]
