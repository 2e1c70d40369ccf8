"""The monthly audit of partners and channels: counted once a month, kept as rows, sent as a letter."""

from tickets.services.audit.making import audit_due, audit_month, decide
from tickets.services.audit.words import evidence_of

__all__ = ["audit_due", "audit_month", "decide", "evidence_of"]
