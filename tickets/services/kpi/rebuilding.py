"""All figures counted anew, while people look at them: marks in batches of tickets, then sums a day at a time.

Readers see a day as it was or as it is, never half of it. What happens meanwhile is counted by the clock afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from tickets.models import KpiProgress, KpiRollup, Ticket
from tickets.policies.kpi.measures import BY_NUMBER
from tickets.services.kpi.marking import mark
from tickets.services.kpi.parcels import all_days, roll_parcels, take_days
from tickets.services.kpi.progress import FORMULAS, NAME, alone, horizon
from tickets.services.kpi.rolling import roll_day

BATCH = 10_000
UNDER_WAY = "being counted anew"
_DAYS = "SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM tickets_kpimark"


def rebuild(*, now: datetime, say: Callable[[str], None] = lambda _: None) -> int:
    """Count everything anew, from raw events to the sums. Returns how many tickets were counted.

    The clock leaves figures alone meanwhile; ``freshness`` says that they are being counted.
    """
    with alone():
        reach = horizon()
        KpiProgress.objects.get_or_create(name=NAME)
        # Killed on the way it leaves no digest behind: marks and sums may differ then, and everybody is told so.
        KpiProgress.objects.filter(name=NAME).update(rebuilding_since=now, formulas=UNDER_WAY)
        try:
            count = _marks(say)
            _sums(say)
            KpiProgress.objects.filter(name=NAME).update(
                event_id=reach.given if reach.is_safe else 0, through_at=now, formulas=FORMULAS
            )
        finally:
            KpiProgress.objects.filter(name=NAME).update(rebuilding_since=None)
    return count


def _marks(say: Callable[[str], None]) -> int:
    last = Ticket.objects.aggregate(last=Max("pk"))["last"] or 0
    count = through = 0
    while through < last:
        ids = list(Ticket.objects.filter(pk__gt=through).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not ids:
            break
        with transaction.atomic():
            mark(ids)
        through, count = ids[-1], count + len(ids)
        say(f"{count} tickets")
    return count


def _sums(say: Callable[[str], None]) -> None:
    with connection.cursor() as cursor:
        if not connection.in_atomic_block:
            cursor.execute("VACUUM ANALYZE tickets_kpimark")
            cursor.execute("ANALYZE tickets_kpidims")
        cursor.execute(_DAYS)
        days: set[date] = {row[0] for row in cursor.fetchall()}
    KpiRollup.objects.exclude(measure__in=BY_NUMBER).delete()
    known = set(KpiRollup.objects.values_list("day", flat=True).distinct())
    for day in sorted(days | set(all_days()) | known):
        with transaction.atomic():
            take_days([day])
            roll_day(day)
            roll_parcels([day])
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE tickets_kpirollup")
    say(f"{len(days)} days")
