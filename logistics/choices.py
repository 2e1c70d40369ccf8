"""The words of logistics: both axes of a tracking status, parties, incidents."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TrackingStatus(TextChoices):
    """Where a parcel stands. An unmapped raw code is UNKNOWN, never a guess."""

    UNKNOWN = "unknown", _("Unknown")
    INFO_RECEIVED = "info_received", _("Information received")
    PICKED_UP = "picked_up", _("Picked up")
    IN_TRANSIT = "in_transit", _("In transit")
    CUSTOMS = "customs", _("At customs")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    ATTEMPT_FAILED = "attempt_failed", _("Delivery attempt failed")
    AVAILABLE_FOR_PICKUP = "available_for_pickup", _("Available for pickup")
    DELIVERED = "delivered", _("Delivered")
    RETURNING = "returning", _("On its way back")
    RETURNED = "returned", _("Returned")
    EXCEPTION = "exception", _("Exception")
    EXPIRED = "expired", _("Expired")


class TrackingReason(TextChoices):
    """Why a parcel stands there."""

    NONE = "", _("No reason given")
    CUSTOMS_HOLD = "customs_hold", _("Held by customs")
    CUSTOMS_INSPECTION = "customs_inspection", _("Inspected by customs")
    DOCUMENTS_REQUIRED = "documents_required", _("Documents required")
    DUTIES_DUE = "duties_due", _("Duties due")
    CUSTOMS_RELEASED = "customs_released", _("Released by customs")
    CUSTOMS_REFUSED = "customs_refused", _("Refused by customs")
    WEATHER = "weather", _("Weather")
    CONGESTION = "congestion", _("Congestion")
    CAPACITY = "capacity", _("No capacity")
    STRIKE = "strike", _("Strike")
    MISSED_CONNECTION = "missed_connection", _("Missed connection")
    CARRIER_ERROR = "carrier_error", _("Carrier's error")
    ADDRESS = "address", _("Address wrong or incomplete")
    ABSENT = "absent", _("Nobody there")
    REFUSED = "refused", _("Refused by the consignee")
    ACCESS = "access", _("No access")
    PAYMENT = "payment", _("Payment on delivery missing")
    IDENTIFICATION = "identification", _("Identification missing")
    RESTRICTED_AREA = "restricted_area", _("Restricted area")
    LOST = "lost", _("Lost")
    DAMAGED = "damaged", _("Damaged")
    STOLEN = "stolen", _("Stolen")
    DESTROYED = "destroyed", _("Destroyed")
    CANCELLED = "cancelled", _("Cancelled")
    DELAYED = "delayed", _("Delayed")
    SECURITY = "security", _("Security check")
    OTHER = "other", _("Other")


class Fault(TextChoices):
    """Whose doing it is."""

    NOBODY = "nobody", _("Nobody")
    CARRIER = "carrier", _("Carrier")
    SHIPPER = "shipper", _("Shipper")
    CONSIGNEE = "consignee", _("Consignee")
    CUSTOMS = "customs", _("Customs")
    WEATHER = "weather", _("Weather")
    FORCE_MAJEURE = "force_majeure", _("Force majeure")


class Tier(TextChoices):
    STANDARD = "standard", _("Standard")
    VIP = "vip", _("VIP")


class PartnerKind(TextChoices):
    CARRIER = "carrier", _("Carrier")
    WAREHOUSE = "warehouse", _("Warehouse")
    BROKER = "broker", _("Customs broker")
    AGENT = "agent", _("Overseas agent")


class PartnerChannel(TextChoices):
    """By what a partner works with us."""

    EMAIL = "email", _("By mail")
    DESK = "desk", _("On its pages or by its system")


class ContactPart(TextChoices):
    """What part a contact plays at a partner."""

    DESK = "desk", pgettext_lazy("partner", "Desk")
    SUPERVISOR = "supervisor", _("Supervisor")
    PUBLIC = "public", _("Public account")
    ASSOCIATION = "association", _("Association or broker above them")


class DeliveryTerms(TextChoices):
    """Who pays duties (Incoterms 2020)."""

    DAP = "DAP", _("DAP: the customer pays duties")
    DDP = "DDP", _("DDP: we pay duties")


class IncidentType(TextChoices):
    """What logistics noticed: troubles, which open a ticket, and movements, which move one."""

    CUSTOMS_HOLD = "customs_hold", _("Customs hold")
    DELAYED = "delayed", _("Delayed by the carrier")
    LATE = "late", _("Late")
    STALE = "stale", _("No scan")
    LOST = "lost", _("Lost")
    DAMAGED = "damaged", _("Damaged")
    ATTEMPT_FAILED = "attempt_failed", _("Delivery attempt failed")
    RETURNING = "returning", _("Unexpected return")
    STOCK_DIFFERENCE = "stock_difference", _("Stock difference")
    INSTRUCTION_REFUSED = "instruction_refused", _("Instruction refused")
    STOCK_NOT_REPORTED = "stock_not_reported", _("Stock not reported")
    INSPECTION_STARTED = "inspection_started", _("Customs inspection started")
    RELEASED = "released", _("Released by customs")
    DELIVERED = "delivered", _("Delivered")
    ARRIVED_BACK = "arrived_back", _("Arrived back")


class IncidentState(TextChoices):
    NOTICED = "noticed", _("Noticed")
    HANDLED = "handled", _("Handled")
    NOTHING_TO_DO = "nothing_to_do", _("Nothing to do")
    FAILED = "failed", _("Failed")


class Awaiting(TextChoices):
    """Who has to do the next thing about warehouse work."""

    PARTNER = "partner", _("Partner")
    US = "us", _("Us")
    NOBODY = "nobody", _("Nobody")


class BookingState(TextChoices):
    """Where an inbound booking stands."""

    ANNOUNCED = "announced", pgettext_lazy("booking", "Announced")
    COUNTERED = "countered", pgettext_lazy("booking", "Other slot offered")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "Confirmed")
    ARRIVED = "arrived", pgettext_lazy("booking", "Arrived")
    RECEIVED = "received", pgettext_lazy("booking", "Received with differences")
    CLOSED = "closed", pgettext_lazy("booking", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")


class CountState(TextChoices):
    """Where a stock count stands."""

    ASKED = "asked", pgettext_lazy("count", "Asked")
    COUNTED = "counted", pgettext_lazy("count", "Counted with differences")
    DIFFERENCE_EXPLAINED = "difference_explained", pgettext_lazy("count", "Difference explained")
    ACCEPTED = "accepted", pgettext_lazy("count", "Accepted")
    CANCELLED = "cancelled", pgettext_lazy("count", "Cancelled")


class InstructionState(TextChoices):
    """Where a shipment instruction stands."""

    SENT = "sent", pgettext_lazy("instruction", "Sent")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("instruction", "Acknowledged")
    PICKED = "picked", pgettext_lazy("instruction", "Picked")
    DISPATCHED = "dispatched", pgettext_lazy("instruction", "Dispatched")
    REFUSED = "refused", pgettext_lazy("instruction", "Refused")
    CANCELLED = "cancelled", pgettext_lazy("instruction", "Cancelled")


class InstructionRefusal(TextChoices):
    """Why a warehouse does not carry out a shipment instruction."""

    OUT_OF_STOCK = "out_of_stock", _("Not in stock")
    DAMAGED = "damaged", _("Goods damaged")
    ADDRESS = "address", _("Address wrong or incomplete")
    RESTRICTED = "restricted", _("Goods may not be shipped there")
    PAPERS = "papers", _("Papers missing")
    CARRIER = "carrier", _("Carrier does not take it")
    OTHER = "other", _("Other")


class WhoKind(TextChoices):
    """What kind of caller did something to warehouse work."""

    STAFF = "staff", _("Staff")
    PARTNER = "partner", _("Partner")
    SYSTEM = "system", _("Clearway")


class WorkVia(TextChoices):
    """Through what warehouse work was changed."""

    ADMIN = "admin", _("Admin")
    API = "api", _("API")
    PORTAL = "portal", _("Portal")
    CLOCK = "clock", _("Clock")
    WORK = "work", _("Other warehouse work")


class Scope(TextChoices):
    """What a key is for. The last two are for integrations of our own."""

    READ = "read", pgettext_lazy("scope of a key", "Read")
    ANSWER = "answer", pgettext_lazy("scope of a key", "Answer and act on tickets")
    SCANS = "scans", pgettext_lazy("scope of a key", "Push scans")
    STOCK = "stock", pgettext_lazy("scope of a key", "Bookings, stock and instructions")
    WEBHOOKS = "webhooks", pgettext_lazy("scope of a key", "Manage webhooks")
    TICKETS = "tickets", pgettext_lazy("scope of a key", "Create tickets, customers and messages")
    EXPORT = "export", pgettext_lazy("scope of a key", "Search and export")


STAFF_SCOPES = frozenset({Scope.TICKETS, Scope.EXPORT})
"""Scopes that no partner's key can have."""
