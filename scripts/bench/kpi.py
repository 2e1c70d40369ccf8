"""Figures: the slowest dashboard over a million tickets and what growth costs it, how fresh they are, a rebuild.

``BENCH_KPI_TICKETS`` measures with another number of tickets than a million; growth is from a tenth of it.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from common.models import BusinessCalendar, BusinessInterval, User
from logistics.choices import PartnerKind
from logistics.models import Carrier, Partner
from scripts.bench.report import milliseconds, percentile, say
from tickets.choices import Priority
from tickets.models import Membership, Message, Team, Ticket
from tickets.policies.actor import Actor
from tickets.policies.kpi import FIGURES
from tickets.services import kpi
from tickets.services.journal import changing

LARGE = int(os.environ.get("BENCH_KPI_TICKETS", "1000000"))
SMALL = max(LARGE // 10, 1)
DAYS = 90
TIMES = 20
COUNT_EVERY = 10.0
"""As the clock does (tickets.clock)."""
CHANGES, SECONDS = 200, 35.0
ZONES = {
    "shanghai": "Asia/Shanghai",
    "kathmandu": "Asia/Kathmandu",
    "berlin": "Europe/Berlin",
}
_ZONES_OF_TEAMS = ("Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "America/Los_Angeles")

_TIMES_AND_RATES = ("first_response", "response", "resolution", "resolution_rate", "promises_kept")
_QUALITY = ("csat", "satisfaction", "repeats_7d", "repeats_30d", "reopened_share", "detection_rate", "detection_lead")
_MONEY = ("compensation", "refunds", "claims_filed", "claims_recovered", "net_cost", "cost_per_ticket")


def run() -> None:
    """All measurements of the group, on an empty database that grows to a million tickets."""
    _furnish()
    _load(SMALL, seed=1)
    kpi.rebuild(now=timezone.now())
    small = _slowest()
    _load(LARGE - SMALL, seed=2, add=True)
    begun = time.perf_counter()
    tickets = kpi.rebuild(now=timezone.now())
    minutes = (time.perf_counter() - begun) / 60
    large = _slowest()
    print({"messages": Message.objects.count(), "sizes": _sizes()}, file=sys.stderr)
    say("dashboard_p95_ms_1m", large, "ms", TIMES)
    say("dashboard_growth", large / small, "ratio", TIMES)
    say("rebuild_minutes_1m", minutes, "min", tickets)
    say("rollup_lag_seconds", _lag(), "s", CHANGES)


def _furnish() -> None:
    """Teams in four zones with ten people each, eight carriers with a desk: what figures are cut by."""
    for zone in _ZONES_OF_TEAMS:
        calendar = BusinessCalendar.objects.create(name=zone, time_zone=zone)
        for weekday in range(5):
            BusinessInterval.objects.create(calendar=calendar, weekday=weekday, opens_at="09:00", closes_at="18:00")
        team = Team.objects.create(name=zone, calendar=calendar)
        for number in range(10):
            person = User.objects.create_user(f"p{number}@{team.pk}.example.org", full_name=f"P{number}", is_staff=True)
            Membership.objects.create(team=team, user=person)
    Partner.objects.create(kind=PartnerKind.BROKER, name="Broker")
    for number in range(8):
        partner = Partner.objects.create(kind=PartnerKind.CARRIER, name=f"Carrier {number}'s desk")
        Carrier.objects.create(code=f"carrier-{number}", name=f"Carrier {number}", partner=partner)


def _load(tickets: int, *, seed: int, add: bool = False) -> None:
    told = io.StringIO()
    call_command(
        "load_history",
        tickets=tickets,
        parcels=tickets,
        days=DAYS,
        seed=seed,
        may_stay_open=True,
        no_figures=True,
        add=add,
        stdout=told,
    )
    print(told.getvalue(), file=sys.stderr)


def _slowest() -> float:
    """The 95th percentile of the slowest dashboard, all that it shows, warm."""
    found = {name: percentile(milliseconds(call, times=TIMES), 0.95) for name, call in _dashboards().items()}
    print({name: round(value, 1) for name, value in found.items()}, file=sys.stderr)
    return max(found.values())


def _dashboards() -> dict[str, Callable[[], object]]:
    """What each dashboard asks for, of 30 days against the 30 before, in zones of whole, half and quarter hours."""
    now = timezone.now()
    in_zone = {name: kpi.Period.days(30, until=now, zone=ZoneInfo(zone)) for name, zone in ZONES.items()}
    carrier = {"carrier": [str(Carrier.objects.order_by("pk").values_list("pk", flat=True)[0])]}
    found: dict[str, Callable[[], object]] = {}
    for name, period in in_zone.items():
        found[f"today, {name}"] = lambda period=period: _today(period, now)  # type: ignore[misc]
        found[f"operations, {name}"] = lambda period=period: _operations(period, {})  # type: ignore[misc]
        found[f"quality, {name}"] = lambda period=period: _quality(period, {})  # type: ignore[misc]
        found[f"partners, {name}"] = lambda period=period: _partners(period, {})  # type: ignore[misc]
        found[f"customers, {name}"] = lambda period=period: _customers(period, {})  # type: ignore[misc]
        found[f"money, {name}"] = lambda period=period: _money(period, {})  # type: ignore[misc]
    found["operations, one carrier"] = lambda: _operations(in_zone["kathmandu"], carrier)
    found["quality, one carrier"] = lambda: _quality(in_zone["kathmandu"], carrier)
    return found


def _today(period: kpi.Period, now: datetime) -> object:
    today = kpi.Period.days(1, until=now, zone=period.zone)  # type: ignore[arg-type]
    return (
        kpi.compare(("opened", "resolved", "backlog", "messages_in", *_TIMES_AND_RATES), today),
        kpi.series(("opened", "messages_in"), today, "hour"),
        kpi.backlog_ages(now),
        kpi.freshness(now),
    )


def _operations(period: kpi.Period, filters: kpi.Filters) -> object:
    return (
        kpi.compare((*_TIMES_AND_RATES, "opened", "backlog", "backlog_age", "messages_per_ticket"), period, filters),
        kpi.heat_map("messages_in", period, filters),
        kpi.funnel("clearance", period, filters),
        kpi.series(("opened", "resolved", "backlog"), period, "day", filters),
        kpi.series(("first_response",), period, "day", filters),
        kpi.breakdown(("opened", "first_response", "resolution", "promises_kept"), period, "team")
        if not filters
        else (),
        kpi.lane_flow(period) if not filters else (),
    )


def _quality(period: kpi.Period, filters: kpi.Filters) -> object:
    return (
        kpi.compare((*_QUALITY, "complaints", "complaints_per_thousand", "knowledge_use"), period, filters),
        kpi.series(("csat", "detection_rate"), period, "week", filters),
        kpi.series(("opened",), period, "day", by="kind") if not filters else (),
        kpi.breakdown(("resolved", "csat", "first_response", "response"), period, "agent") if not filters else (),
    )


def _partners(period: kpi.Period, filters: kpi.Filters) -> object:
    names = ("delivered", "on_time", "lost_per_thousand", "silent_share", "carrier_answer")
    asked = ("partner_answered", "partner_answer", "carrier_answer", "claims_recovered")
    return (
        kpi.compare((*names, *asked), period, filters),
        kpi.breakdown(names, period, "carrier"),
        kpi.breakdown(asked, period, "partner"),
        kpi.series(("on_time", "carrier_answer"), period, "day", filters),
    )


def _customers(period: kpi.Period, filters: kpi.Filters) -> object:
    names = ("opened", "csat", "first_response", "repeats_30d", "complaints_per_thousand")
    return (
        kpi.compare((*names, "messages_in", "solved_without_person"), period, filters),
        kpi.breakdown(names, period, "country"),
        kpi.breakdown(("opened", "csat"), period, "channel"),
        kpi.breakdown(("opened", "csat", "first_response"), period, "language"),
        kpi.breakdown(("opened", "csat", "promises_kept"), period, "tier"),
    )


def _money(period: kpi.Period, filters: kpi.Filters) -> object:
    return (
        kpi.compare(_MONEY, period, filters),
        kpi.breakdown(("net_cost", "cost_per_ticket"), period, "lane"),
        kpi.breakdown(("net_cost", "claims_recovered"), period, "carrier"),
        kpi.series(("compensation", "refunds", "claims_recovered"), period, "week", filters),
    )


def _lag() -> float:
    """How long the slowest of some changes took from its commit until figures had it, counted as the clock has it."""
    committed: list[float] = []
    keys = list(Ticket.objects.open().order_by("-pk").values_list("pk", flat=True)[:CHANGES]) or list(
        Ticket.objects.order_by("-pk").values_list("pk", flat=True)[:CHANGES]
    )

    def change() -> None:
        try:
            for key in keys:
                with changing(key, actor=Actor.system("bench"), now=timezone.now()) as change:
                    change.ticket.priority = Priority.URGENT
                    change.record("priority_changed", {"from": 3, "to": 1})
                committed.append(time.monotonic())
                time.sleep(SECONDS / CHANGES)
        finally:
            connection.close()

    thread = threading.Thread(target=change)
    thread.start()
    worst, seen = 0.0, 0
    until = time.monotonic() + SECONDS * 4
    while (thread.is_alive() or seen < len(committed)) and time.monotonic() < until:
        time.sleep(COUNT_EVERY)
        there = len(committed)
        kpi.refresh(now=timezone.now())
        done = time.monotonic()
        worst = max([worst, *(done - at for at in committed[seen:there])])
        seen = there
    thread.join()
    day = kpi.Period.days(DAYS + 2, until=timezone.now() + timedelta(days=1), zone=ZoneInfo("UTC"))
    urgent = kpi.tickets_behind("opened", day, {"priority": ["1"]}).filter(pk__in=keys).count()
    kept = Ticket.objects.filter(pk__in=keys).exclude(resolution__in=("merged", "converted", "duplicate")).count()
    if urgent != kept:
        raise SystemExit(f"{kept} tickets were changed, figures have {urgent}")
    return worst


def _sizes() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_size_pretty(pg_total_relation_size(oid)) FROM pg_class WHERE relname = ANY(%s)",
            [["tickets_kpimark", "tickets_kpidims", "tickets_kpirollup", "tickets_message", "tickets_ticketevent"]],
        )
        return dict(cursor.fetchall())


assert set(_TIMES_AND_RATES) | set(_QUALITY) | set(_MONEY) <= set(FIGURES)
