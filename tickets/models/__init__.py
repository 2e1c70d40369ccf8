"""Tickets and all that hangs on them."""

from tickets.models.conversation import Attachment, ChannelIdentity, Conversation, Message, Participant
from tickets.models.customer_link import CustomerLink
from tickets.models.details import (
    DETAILS,
    ClearanceDetail,
    DelayDetail,
    Duty,
    FailedDeliveryDetail,
    InquiryDetail,
    LossDetail,
    PaperRequest,
    PaymentDetail,
    RedeliveryBooking,
    ReturnDetail,
    SafetyDetail,
    WarehouseDetail,
)
from tickets.models.history import ChainHead, TicketEvent, TicketEventContent, TicketFacts
from tickets.models.team import Membership, Team
from tickets.models.ticket import OPEN, OURS, Ticket, TicketLink

__all__ = [
    "DETAILS",
    "OPEN",
    "OURS",
    "Attachment",
    "ChainHead",
    "ChannelIdentity",
    "ClearanceDetail",
    "Conversation",
    "CustomerLink",
    "DelayDetail",
    "Duty",
    "FailedDeliveryDetail",
    "InquiryDetail",
    "LossDetail",
    "Membership",
    "Message",
    "PaperRequest",
    "Participant",
    "PaymentDetail",
    "RedeliveryBooking",
    "ReturnDetail",
    "SafetyDetail",
    "Team",
    "Ticket",
    "TicketEvent",
    "TicketEventContent",
    "TicketFacts",
    "TicketLink",
    "WarehouseDetail",
]
