"""Calling people until one of them answers."""

from tickets.services.call_endings import partner_answered, withdraw_calls
from tickets.services.escalation.calls import acknowledge, can_be_sent, dismiss, page, release
from tickets.services.escalation.climbing import climb, end_for, start, stop
from tickets.services.escalation.rotas import on_call

__all__ = [
    "acknowledge",
    "can_be_sent",
    "climb",
    "dismiss",
    "end_for",
    "on_call",
    "page",
    "partner_answered",
    "release",
    "start",
    "stop",
    "withdraw_calls",
]
