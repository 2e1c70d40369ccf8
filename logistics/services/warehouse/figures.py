"""How a partner did its warehouse work in a period: what it was asked, what came late, what differed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypedDict

from django.db.models import Count, Q

from common.policies.business_time import first_instant
from logistics.models import Agreement, StockSync
from logistics.services.warehouse.terms import Terms, terms_from
from logistics.workflows import MACHINES

_DIFFERS = Q(to_state__in=("received", "counted"))
"""States that are entered only with a difference."""


class WorkFigures(TypedDict):
    """Numbers of one kind of work. ``late`` counts each time the partner should have acted and had not."""

    opened: int
    ended: int
    late: int
    differing: int
    refused: int


class SyncFigures(TypedDict):
    """Working days on which stock was to be reported, and how it came. ``expected`` is the sum of the others."""

    expected: int
    in_time: int
    late: int
    missed: int


def work_figures(partner_id: int, *, since: datetime, until: datetime) -> dict[str, WorkFigures]:
    """What happened to a partner's bookings, counts and instructions from ``since`` to before ``until``, by kind."""
    found = {}
    for name, machine in MACHINES.items():
        of_partner = {"work__partner_id": partner_id}  # each kind's events name their work so
        events = machine.event._default_manager.filter(**of_partner, at__gte=since, at__lt=until)
        ends = [state.name.value for state in machine.states.values() if state.is_end]
        counted: dict[str, int] = events.aggregate(
            opened=Count("id", filter=Q(type="opened")),
            ended=Count("id", filter=Q(to_state__in=ends)),
            late=Count("id", filter=Q(type="overdue")),
            differing=Count("id", filter=_DIFFERS & ~Q(type="overdue")),
            refused=Count("id", filter=Q(to_state="refused") & ~Q(type="overdue")),
        )
        found[name] = WorkFigures(
            opened=counted["opened"],
            ended=counted["ended"],
            late=counted["late"],
            differing=counted["differing"],
            refused=counted["refused"],
        )
    return found


def sync_figures(partner_id: int, *, since: datetime, until: datetime) -> SyncFigures | None:
    """How daily stock reports came whose last minute lies in the period; None when none were agreed."""
    agreement = Agreement.objects.select_related("partner", "calendar").filter(partner_id=partner_id).first()
    if agreement is None or agreement.daily_sync_at is None:
        return None
    terms = terms_from(agreement)
    latest = _latest(terms, agreement.valid_from, since=since, until=until)
    completed = dict(
        StockSync.objects.filter(partner_id=partner_id, day__in=latest, completed_at__lt=until).values_list(
            "day", "completed_at"
        )
    )
    figures = SyncFigures(expected=len(latest), in_time=0, late=0, missed=0)
    for day, last in latest.items():
        came = completed.get(day)
        if came is None:
            figures["missed"] += 1
        elif came <= last:
            figures["in_time"] += 1
        else:
            figures["late"] += 1
    return figures


def _latest(terms: Terms, valid_from: date | None, *, since: datetime, until: datetime) -> dict[date, datetime]:
    """The working days of the period with the last minute for their report."""
    assert terms.sync_at is not None
    day = since.astimezone(terms.zone).date() - timedelta(days=1)
    last_day = until.astimezone(terms.zone).date()
    found = {}
    while day <= last_day:
        if (valid_from is None or day >= valid_from) and (terms.hours.is_always or terms.hours.intervals_on(day)):
            last = first_instant(day, terms.sync_at, terms.zone) + terms.sync_grace
            if since <= last < until:
                found[day] = last
        day += timedelta(days=1)
    return found
