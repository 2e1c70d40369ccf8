"""Rules in the admin: their list, their editor, what they did."""

from tickets.admin.rules import rule, runs

__all__ = ["rule", "runs"]
