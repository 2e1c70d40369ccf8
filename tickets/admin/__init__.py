"""The desk: the work queue, the ticket's page, customers, teams, and messages that need a person."""

from tickets.admin import customers, history, messages, promises, teams, ticket

__all__ = ["customers", "history", "messages", "promises", "teams", "ticket"]
