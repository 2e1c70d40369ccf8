"""One proxy model a kind: reading its file is reading the workflow. docs/workflows.md draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tickets.choices import Kind
from tickets.workflows.clearance import ClearanceTicket
from tickets.workflows.delay import DelayTicket
from tickets.workflows.failed_delivery import FailedDeliveryTicket
from tickets.workflows.inquiry import InquiryTicket
from tickets.workflows.loss import LossTicket
from tickets.workflows.payment import PaymentTicket
from tickets.workflows.return_ import ReturnTicket
from tickets.workflows.safety import SafetyTicket
from tickets.workflows.warehouse import WarehouseTicket

if TYPE_CHECKING:
    from tickets.models import Ticket

WORKFLOWS: dict[str, type[Ticket]] = {
    Kind.CLEARANCE: ClearanceTicket,
    Kind.DELAY: DelayTicket,
    Kind.LOSS: LossTicket,
    Kind.FAILED_DELIVERY: FailedDeliveryTicket,
    Kind.RETURN: ReturnTicket,
    Kind.PAYMENT: PaymentTicket,
    Kind.SAFETY: SafetyTicket,
    Kind.WAREHOUSE: WarehouseTicket,
    Kind.INQUIRY: InquiryTicket,
}

__all__ = [
    "WORKFLOWS",
    "ClearanceTicket",
    "DelayTicket",
    "FailedDeliveryTicket",
    "InquiryTicket",
    "LossTicket",
    "PaymentTicket",
    "ReturnTicket",
    "SafetyTicket",
    "WarehouseTicket",
]
