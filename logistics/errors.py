"""Failures of logistics that we expect."""

from __future__ import annotations

from common.errors import DomainError


class StepRefused(DomainError):
    """Where the work stands, or somebody quicker, does not allow this step."""

    code = "transition_refused"


class NoSuchWork(DomainError):
    """There is no such booking, count or instruction, or it is another partner's: both are told alike."""

    code = "not_found"


class StockRefused(DomainError):
    """A stock report for a day that cannot be reported, or that is older than what is known."""

    code = "stock_refused"
