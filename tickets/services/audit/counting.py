"""What was due in a month, of a partner by channel, and of the channels that customers write on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery

from logistics.services.agreements import agreed_with
from tickets.choices import Audience, ClockOutcome, Direction, MessageStatus, Target, WhomKind
from tickets.models import Clock, Message, Page, TicketEvent
from tickets.policies.audit import Month

_ANSWERS = (Target.PARTNER_ANSWER, Target.CARRIER_ANSWER)
_RESPONSES = (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE)
_MOST_MEASURED = 50_000
_ASKED_WITH = timedelta(minutes=5)
"""The question may be written just after its clock began."""


def months_of_partner(partner_id: int, *, since: datetime, until: datetime) -> dict[str, Month]:
    """A partner's month as a whole (""), and by the channel on which it was asked."""
    question = (
        Message.objects.filter(
            ticket=OuterRef("ticket_id"),
            partner=OuterRef("partner_id"),
            direction=Direction.OUT,
            created_at__lte=OuterRef("started_at") + _ASKED_WITH,
        )
        .order_by("-id")
        .values("connection__provider")[:1]
    )
    clocks = (
        Clock.objects.filter(partner_id=partner_id, target__in=_ANSWERS, started_at__gte=since, started_at__lt=until)
        .exclude(outcome=ClockOutcome.CANCELLED)
        .annotate(channel=Subquery(question))
        .values("channel", "outcome", "started_at", "ended_at", "breached_at")
    )
    hours = agreed_with([partner_id])[partner_id].hours
    by_channel: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for clock in clocks[:_MOST_MEASURED]:
        by_channel[""].append(clock)
        if clock["channel"]:
            by_channel[clock["channel"]].append(clock)
    calls = _calls(partner_id, since=since, until=until)
    return {
        channel: _month(rows, hours=hours, **(calls if not channel else {}))
        for channel, rows in (by_channel or {"": []}).items()
    }


def _month(rows: Iterable[Mapping[str, Any]], *, hours: Any = None, **more: int) -> Month:
    rows = list(rows)
    in_time = sum(row["outcome"] == ClockOutcome.KEPT for row in rows)
    late = sum(row["outcome"] == ClockOutcome.MISSED for row in rows)
    unanswered = sum(row["ended_at"] is None and row["breached_at"] is not None for row in rows)
    minutes = [
        hours.between(row["started_at"], row["ended_at"]).total_seconds() / 60
        for row in rows
        if row["ended_at"] and hours
    ]
    return Month(
        asked=in_time + late + unanswered,
        in_time=in_time,
        late=late,
        unanswered=unanswered,
        median_minutes=round(median(minutes)) if minutes else None,
        **more,
    )


def _calls(partner_id: int, *, since: datetime, until: datetime) -> dict[str, int]:
    told = Page.objects.filter(partner_id=partner_id, told_at__isnull=False)
    return told.filter(created_at__gte=since, created_at__lt=until).aggregate(
        calls=Count("id"), backup=Count("id", filter=Q(whom=WhomKind.PARTNER_BACKUP))
    )


def months_of_channels(*, since: datetime, until: datetime) -> dict[str, Month]:
    """The month of each channel on which customers wrote or were written to."""
    clocks = (
        Clock.objects.filter(target__in=_RESPONSES, started_at__gte=since, started_at__lt=until)
        .exclude(outcome=ClockOutcome.CANCELLED)
        .exclude(ticket__channel="")
        .values(channel=F("ticket__channel"))
        .annotate(
            in_time=Count("id", filter=Q(outcome=ClockOutcome.KEPT)),
            late=Count("id", filter=Q(outcome=ClockOutcome.MISSED)),
            unanswered=Count("id", filter=Q(ended_at__isnull=True, breached_at__isnull=False)),
        )
    )
    sent = (
        Message.objects.filter(
            direction=Direction.OUT, audience=Audience.CUSTOMER, created_at__gte=since, created_at__lt=until
        )
        .values(channel=F("connection__provider"))
        .annotate(calls=Count("id"), failed=Count("id", filter=Q(status=MessageStatus.DEAD)))
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    rows: list[dict[str, Any]] = [*map(dict, clocks), *map(dict, sent)]
    for row in rows:
        found[str(row["channel"] or "")].update({name: n for name, n in row.items() if name != "channel"})
    for channel, count in _sent_elsewhere(since=since, until=until).items():
        found[channel]["backup"] = count
    return {
        channel: Month(asked=sum(row.get(name, 0) for name in ("in_time", "late", "unanswered")), **row)
        for channel, row in sorted(found.items())
        if channel
    }


def _sent_elsewhere(*, since: datetime, until: datetime) -> dict[str, int]:
    """Messages that a channel did not deliver and that went out by another one, by the first."""
    events = TicketEvent.objects.filter(type="sent_elsewhere", at__gte=since, at__lt=until)
    ids = [data.get("instead_of") for data in events.values_list("data", flat=True)]
    rows = Message.objects.filter(pk__in=ids).values(channel=F("connection__provider")).annotate(count=Count("id"))
    return {row["channel"]: row["count"] for row in rows if row["channel"]}
