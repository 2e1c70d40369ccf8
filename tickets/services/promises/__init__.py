"""Promises: clocks that follow every change of a ticket, what is missed, and what the desk shows of them."""

from tickets.services.promises.keeping import keep
from tickets.services.promises.recounting import recount
from tickets.services.promises.standing import Countdown, countdown_of, standing
from tickets.services.promises.sweeping import Swept, sweep

__all__ = ["Countdown", "Swept", "countdown_of", "keep", "recount", "standing", "sweep"]
