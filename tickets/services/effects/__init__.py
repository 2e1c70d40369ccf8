"""What a way does besides moving the state: rows of papers, duties and bookings, messages, linked tickets.

``EFFECTS[(kind, way)](change, inputs)`` runs under the ticket's lock before the method, so that the method can read
what the effect wrote. ``inputs`` hold clean values; uploads come as stored ``Attachment`` rows.
"""

from tickets.services.effects import (  # noqa: F401 - each registers its effects
    clearance,
    delay,
    failed_delivery,
    loss,
    other_kinds,
    returns,
)
from tickets.services.effects.registry import EFFECTS, Effect, effect

__all__ = ["EFFECTS", "Effect", "effect"]
