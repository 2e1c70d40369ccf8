"""What falls due in the next hours: our promises by the customers' time zones, and what burns at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import Count, F, IntegerField, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from tickets.choices import Priority
from tickets.models.ticket import OURS, TicketQuerySet

HOURS = 12
"""How far we look ahead."""
_SOON = timedelta(hours=1)
_LATER = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Burning:
    """What there is to do now. ``due_1h`` and ``due_4h`` leave out what is ``overdue``."""

    open: int
    ours: int
    unassigned: int
    urgent: int
    overdue: int
    due_1h: int
    due_4h: int


@dataclass(frozen=True, slots=True)
class ZoneAhead:
    """Customers of one time zone: tickets whose next promise is overdue, and falls due in each of the next hours.

    ``zone`` is None for customers whose zone nobody knows.
    """

    name: str
    zone: ZoneInfo | None
    overdue: int
    by_hour: tuple[int, ...]

    @property
    def ahead(self) -> int:
        return sum(self.by_hour)


def burning(tickets: TicketQuerySet, *, now: datetime) -> Burning:
    """What burns among these open tickets. One query."""
    found = tickets.aggregate(
        open=Count("id"),
        ours=Count("id", filter=OURS),
        unassigned=Count("id", filter=Q(assignee__isnull=True)),
        urgent=Count("id", filter=Q(priority=Priority.URGENT)),
        overdue=Count("id", filter=Q(next_due_at__lte=now)),
        due_1h=Count("id", filter=Q(next_due_at__gt=now, next_due_at__lte=now + _SOON)),
        due_4h=Count("id", filter=Q(next_due_at__gt=now, next_due_at__lte=now + _LATER)),
    )
    return Burning(**found)


def burning_tickets(tickets: TicketQuerySet, what: str, *, now: datetime) -> TicketQuerySet:
    """The very tickets that one number of ``burning`` counts. Raises KeyError for another word."""
    return tickets.filter(
        {
            "open": Q(),
            "ours": OURS,
            "unassigned": Q(assignee__isnull=True),
            "urgent": Q(priority=Priority.URGENT),
            "overdue": Q(next_due_at__lte=now),
            "due_1h": Q(next_due_at__gt=now, next_due_at__lte=now + _SOON),
            "due_4h": Q(next_due_at__gt=now, next_due_at__lte=now + _LATER),
        }[what]
    )


def zones_ahead(tickets: TicketQuerySet, *, now: datetime) -> list[ZoneAhead]:
    """What falls due by the customers' zones, from the east westwards (whose day began first), unknown zones last."""
    hour = RawSQL(
        "greatest(ceil(extract(epoch from (tickets_ticket.next_due_at - %s)) / 3600)::int, 0)",
        [now],
        output_field=IntegerField(),
    )
    rows: Any = (
        tickets.filter(next_due_at__lte=now + timedelta(hours=HOURS))
        .annotate(of_zone=Coalesce(F("customer__time_zone"), Value("")), hour=hour)
        .values("of_zone", "hour")
        .annotate(count=Count("id"))
        .order_by()
        .values_list("of_zone", "hour", "count")
    )
    counts: dict[str, list[int]] = {}
    for name, slot, count in rows:
        counts.setdefault(name, [0] * (HOURS + 1))[slot] += count
    zones = [ZoneAhead(name, _zone(name), found[0], tuple(found[1:])) for name, found in counts.items()]
    return sorted(zones, key=lambda one: (one.zone is None, -_offset(one.zone, now), one.name))


def due_tickets(tickets: TicketQuerySet, *, zone: str | None, hour: int | None, now: datetime) -> TicketQuerySet:
    """The tickets of one field of ``zones_ahead``: hour 0 is overdue, 1 the hour that begins now; None is any."""
    found = tickets.filter(next_due_at__lte=now + timedelta(hours=HOURS))
    if zone is not None:
        unknown = Q(customer__isnull=True) | Q(customer__time_zone="")
        found = found.filter(Q(customer__time_zone=zone) if zone else unknown)
    if hour is None:
        return found
    if hour == 0:
        return found.filter(next_due_at__lte=now)
    return found.filter(next_due_at__gt=now + timedelta(hours=hour - 1), next_due_at__lte=now + timedelta(hours=hour))


def _zone(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name in available_timezones() else None


def _offset(zone: ZoneInfo | None, now: datetime) -> timedelta:
    return now.astimezone(zone).utcoffset() or timedelta(0)
