"""How a partner kept what was agreed: the same figures for the partner, on its pages and by API, as for us."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Any, TypedDict

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from logistics.models import Agreement
from logistics.services.agreements import agreed_with
from logistics.services.warehouse.figures import sync_figures, work_figures
from tickets.choices import ClockOutcome, PageState, Target, WhomKind
from tickets.models import Clock, Page

USUAL_PERIOD = timedelta(days=30)
LONGEST_PERIOD = timedelta(days=400)
_ANSWERS = (Target.PARTNER_ANSWER, Target.CARRIER_ANSWER)
_MOST_MEASURED = 20_000


class Answers(TypedDict):
    """Answers that became due, and how soon they came, in minutes of the partner's working time.

    ``open`` are asked and still in time, ``overdue`` asked, late and still without an answer; both of now.
    ``in_time_percent`` is of those answered or late; None without any.
    """

    asked: int
    in_time: int
    late: int
    open: int
    overdue: int
    in_time_percent: float | None
    median_minutes: int | None
    slowest_minutes: int | None


def performance(partner_id: int, *, since: datetime, until: datetime) -> dict[str, Any]:
    """A partner's figures about what it was asked from ``since`` to before ``until``.

    ``agreement`` (None without one), ``answers`` (see ``Answers``), ``calls`` (how often we had to remind it, and whom
    we had to ask), ``warehouse`` by kind of work, ``daily_sync`` (None when none was agreed). Raises InvalidInput for a
    period that is none, or is longer than LONGEST_PERIOD.
    """
    if since >= until:
        sentence = _("The period ends before it begins.")
        raise InvalidInput(sentence, data={"until": [sentence]})
    if until - since > LONGEST_PERIOD:
        sentence = _("A period is at most %(days)d days long.") % {"days": LONGEST_PERIOD.days}
        raise InvalidInput(sentence, data={"since": [sentence]})
    return {
        "since": since,
        "until": until,
        "agreement": _agreement(partner_id),
        "answers": answers_of(partner_id, since=since, until=until),
        "calls": _calls(partner_id, since=since, until=until),
        "warehouse": work_figures(partner_id, since=since, until=until),
        "daily_sync": sync_figures(partner_id, since=since, until=until),
    }


def _agreement(partner_id: int) -> dict[str, Any] | None:
    row = Agreement.objects.select_related("calendar", "partner").filter(partner_id=partner_id).first()
    if row is None:
        return None
    calendar = row.calendar
    return {
        "answer_minutes": row.answer_minutes,
        "calendar": calendar.name if calendar else "",
        "time_zone": row.zone.key,
        "daily_sync_at": row.daily_sync_at,
        "daily_sync_tolerance_minutes": row.daily_sync_tolerance,
        "channel": row.channel,
        "languages": list(row.languages),
        "valid_from": row.valid_from,
    }


def answers_of(partner_id: int, *, since: datetime, until: datetime) -> Answers:
    """How soon a partner answered what it was asked in the period; see ``Answers``."""
    clocks = Clock.objects.filter(
        partner_id=partner_id, target__in=_ANSWERS, started_at__gte=since, started_at__lt=until
    ).exclude(outcome=ClockOutcome.CANCELLED)
    counted: dict[str, int] = clocks.aggregate(
        asked=Count("id"),
        in_time=Count("id", filter=Q(outcome=ClockOutcome.KEPT)),
        late=Count("id", filter=Q(outcome=ClockOutcome.MISSED)),
        open=Count("id", filter=Q(ended_at__isnull=True, breached_at__isnull=True)),
        overdue=Count("id", filter=Q(ended_at__isnull=True, breached_at__isnull=False)),
    )
    judged = counted["in_time"] + counted["late"] + counted["overdue"]
    hours = agreed_with([partner_id])[partner_id].hours
    ended = clocks.filter(ended_at__isnull=False).order_by("-started_at")
    minutes = [
        int(hours.between(started_at, ended_at).total_seconds() // 60)
        for started_at, ended_at in ended.values_list("started_at", "ended_at")[:_MOST_MEASURED]
        if ended_at is not None
    ]
    return Answers(
        asked=counted["asked"],
        in_time=counted["in_time"],
        late=counted["late"],
        open=counted["open"],
        overdue=counted["overdue"],
        in_time_percent=round(100 * counted["in_time"] / judged, 1) if judged else None,
        median_minutes=round(median(minutes)) if minutes else None,
        slowest_minutes=max(minutes, default=None),
    )


def _calls(partner_id: int, *, since: datetime, until: datetime) -> dict[str, int]:
    told = Page.objects.filter(partner_id=partner_id, told_at__isnull=False)
    return told.filter(created_at__gte=since, created_at__lt=until).aggregate(
        called=Count("id"),
        answered=Count("id", filter=Q(acknowledged_at__isnull=False)),
        unanswered=Count("id", filter=Q(acknowledged_at__isnull=True) & ~Q(state=PageState.FAILED)),
        backup_asked=Count("id", filter=Q(whom=WhomKind.PARTNER_BACKUP)),
        supervisor_asked=Count("id", filter=Q(whom=WhomKind.PARTNER_SUPERVISOR)),
    )
