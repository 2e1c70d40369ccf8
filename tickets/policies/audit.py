"""What a month's figures speak for. Pure: the same figures always make the same proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tickets.choices import Proposal

ENOUGH: Final = 5
"""Fewer answers that were due say nothing."""
GOOD: Final = 0.85
POOR: Final = 0.6
CLEARLY: Final = 0.2
"""Two channels differ by so much."""
FALLING: Final = 0.1
OFTEN: Final = 0.3
UNANSWERED: Final = 0.1
UNDELIVERED: Final = 0.05


@dataclass(frozen=True, slots=True)
class Month:
    """What was due in a month. ``asked`` leaves out what is open and still in time."""

    asked: int = 0
    in_time: int = 0
    late: int = 0
    unanswered: int = 0
    backup: int = 0
    calls: int = 0
    failed: int = 0
    median_minutes: int | None = None

    @property
    def share(self) -> float | None:
        """In time, of all that was due; None without any."""
        return self.in_time / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Known:
    """What bears on a proposal besides the months: what was agreed, who stands in, how the other channels did."""

    agreed_minutes: int | None = None
    has_backup: bool = False
    other_share: float | None = None


def propose_for_partner(months: tuple[Month, Month, Month], known: Known) -> Proposal:
    """What to change with a partner; months are the latest first. The first reason that holds, the surest first."""
    month, before, earlier = months
    share = month.share
    if share is None or month.asked < ENOUGH:
        return Proposal.NO_DATA
    poor_for_long = all(one.asked >= ENOUGH and (one.share or 0) < POOR for one in months)
    slow = known.agreed_minutes is not None and (month.median_minutes or 0) > known.agreed_minutes
    reasons = (
        (known.other_share is not None and known.other_share - share >= CLEARLY, Proposal.SWITCH_CHANNEL),
        (month.unanswered / month.asked >= UNANSWERED and not known.has_backup, Proposal.NAME_BACKUP),
        (month.calls >= ENOUGH and month.backup / month.calls >= OFTEN, Proposal.BACKUP_FIRST),
        (poor_for_long and slow, Proposal.AGREE_ANEW),
        (poor_for_long, Proposal.REVIEW),
        (_falls(month, before, earlier) or share < GOOD, Proposal.TALK),
    )
    return next((proposal for holds, proposal in reasons if holds), Proposal.KEEP)


def propose_for_channel(months: tuple[Month, Month, Month]) -> Proposal:
    """What to change about a channel that customers write on."""
    month = months[0]
    undelivered = month.failed / month.calls if month.calls >= ENOUGH else 0.0
    if undelivered >= UNDELIVERED:
        return Proposal.MEND_CHANNEL
    if month.share is None or month.asked < ENOUGH:
        return Proposal.NO_DATA
    return Proposal.STAFF_CHANNEL if month.share < GOOD or _falls(*months) else Proposal.KEEP


def _falls(month: Month, before: Month, earlier: Month) -> bool:
    """Whether it got worse twice, and by enough to mean it."""
    shares = [one.share for one in (month, before, earlier) if one.asked >= ENOUGH and one.share is not None]
    return len(shares) == 3 and shares[0] < shares[1] < shares[2] and shares[2] - shares[0] >= FALLING
