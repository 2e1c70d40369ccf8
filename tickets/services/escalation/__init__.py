"""Calling people until one of them answers."""

from tickets.services.escalation.calls import acknowledge, page, release, withdraw_calls
from tickets.services.escalation.climbing import climb, end_for, start
from tickets.services.escalation.rotas import on_call

__all__ = ["acknowledge", "climb", "end_for", "on_call", "page", "release", "start", "withdraw_calls"]
