"""What warehouse work reads of the agreement with a partner."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from common.policies.business_time import Hours, NeverOpen
from common.services.calendars import hours_of
from logistics.models import Agreement, Partner, WarehouseWork
from logistics.policies.stock import Tolerance
from logistics.policies.work_states import Due, State

USUAL_ANSWER = timedelta(hours=1)
"""In the partner's working time, when nothing was agreed."""
USUAL_WORK = timedelta(hours=8)
"""A working day: until goods are counted in, picked or handed over."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A partner's hours and zone, how soon it answers, when it reports its stock, by how much that may differ."""

    hours: Hours
    zone: ZoneInfo
    answer: timedelta = USUAL_ANSWER
    sync_at: time | None = None
    sync_grace: timedelta = timedelta()
    tolerance: Tolerance = field(default_factory=Tolerance)

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """So much of the partner's working time after ``start``; of anybody's time when it never works."""
        try:
            return self.hours.add(start, duration)
        except NeverOpen:
            return start + duration


def terms_of(partner: Partner) -> Terms:
    """What holds for a partner: its agreement, and where that is silent its own row, and what is usual."""
    agreement = Agreement.objects.select_related("calendar", "partner").filter(partner=partner).first()
    if agreement is None:
        return Terms(hours=hours_of(partner.calendar_id), zone=ZoneInfo(partner.time_zone))
    return terms_from(agreement)


def terms_from(agreement: Agreement) -> Terms:
    """What an agreement (with its partner and calendar) says."""
    return Terms(
        hours=hours_of(agreement.calendar_id or agreement.partner.calendar_id),
        zone=agreement.zone,
        answer=timedelta(minutes=agreement.answer_minutes) if agreement.answer_minutes else USUAL_ANSWER,
        sync_at=agreement.daily_sync_at,
        sync_grace=timedelta(minutes=agreement.daily_sync_tolerance),
        tolerance=Tolerance(units=agreement.stock_tolerance_units, percent=agreement.stock_tolerance_percent),
    )


def due_at(work: WarehouseWork, state: State, terms: Terms, *, now: datetime) -> datetime | None:
    """By when the partner has to act on work that has just entered ``state``; None when it has not to."""
    if state.due is Due.ANSWER:
        return terms.after(now, terms.answer)
    if state.due is Due.SLOT:
        return terms.after(max(now, getattr(work, "slot_to", None) or now), terms.answer)
    if state.due is Due.WORK:
        ship_by: datetime | None = getattr(work, "ship_by", None)
        return ship_by if ship_by and ship_by > now else terms.after(now, USUAL_WORK)
    return None
