"""Pages of warehouse work: bookings, counts, instructions, stock."""

from logistics.admin.warehouse import stock, work

__all__ = ["stock", "work"]
