"""How it went, in the customer's eyes: asked once after a ticket's end, answered with one tap or one digit."""

from tickets.services.surveys.answering import comment, give_mark, is_open
from tickets.services.surveys.asking import ask_due, plan, work_to_do

__all__ = ["ask_due", "comment", "give_mark", "is_open", "plan", "work_to_do"]
