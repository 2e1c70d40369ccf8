"""What the doors refuse."""

from __future__ import annotations

from common.errors import DomainError


class SubscriptionRefused(DomainError):
    """A webhook subscription that does not allow this now."""

    code = "webhook_refused"
