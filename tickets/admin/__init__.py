"""The desk: the work queue, the ticket's page, customers, teams, and messages that need a person."""

from tickets.admin import customers, handovers, history, messages, promises, teams, ticket

__all__ = ["customers", "handovers", "history", "messages", "promises", "teams", "ticket"]
