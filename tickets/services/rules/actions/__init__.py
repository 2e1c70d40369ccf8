"""What rules can do. Importing this registers all of it."""

from tickets.services.rules.actions import calling, flow, moving, ownership, writing
from tickets.services.rules.actions.registry import ACTIONS, Action, Doing, check_actions, clean, sentence_of

__all__ = [
    "ACTIONS",
    "Action",
    "Doing",
    "calling",
    "check_actions",
    "clean",
    "flow",
    "moving",
    "ownership",
    "sentence_of",
    "writing",
]
