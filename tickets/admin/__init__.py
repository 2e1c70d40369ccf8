"""The desk: the work queue, the ticket's page, customers, teams, and messages that need a person."""

from tickets.admin import (
    calls,
    customers,
    escalations,
    handovers,
    history,
    incidents,
    messages,
    money,
    partners,
    promises,
    rotas,
    rules,
    teams,
    ticket,
)

__all__ = [
    "calls",
    "customers",
    "escalations",
    "handovers",
    "history",
    "incidents",
    "messages",
    "money",
    "partners",
    "promises",
    "rotas",
    "rules",
    "teams",
    "ticket",
]
