"""One proxy model a kind: reading its file is reading the workflow. docs/workflows.md draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tickets.choices import Kind
from tickets.workflows.clearance import ClearanceTicket

if TYPE_CHECKING:
    from tickets.models import Ticket

WORKFLOWS: dict[str, type[Ticket]] = {
    Kind.CLEARANCE: ClearanceTicket,
}

__all__ = ["WORKFLOWS", "ClearanceTicket"]
