"""Where tickets are and go: the funnel of a kind's states, lanes, and how old the open ones are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tickets.choices import Phase, WaitingOn
from tickets.errors import KpiRefused
from tickets.policies.kpi.measures import stay_name
from tickets.policies.kpi.periods import Period, quarter_of
from tickets.policies.states import STATES
from tickets.services.kpi.asking import breakdown
from tickets.services.kpi.behind import open_tickets
from tickets.services.kpi.cells import Filters, read

_EDGES = (
    timedelta(hours=4),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=14),
    timedelta(days=30),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One state of a kind. ``count`` stays ended in the period; times in seconds; ``share`` of the time of all.

    ``now``: tickets that stand there at this moment.
    """

    state: str
    label: str | Promise
    phase: Phase
    waiting_on: WaitingOn
    count: int
    share: float
    average: float | None
    median: float | None
    p90: float | None
    now: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane and its tickets of a period; ``median_resolution`` in seconds."""

    part: str
    origin: str
    destination: str
    opened: int
    open_now: int
    median_resolution: float | None


@dataclass(frozen=True, slots=True)
class Age:
    """How many open tickets were opened at least so long ago, and less than ``below`` (None: any longer)."""

    at_least: timedelta
    below: timedelta | None
    count: int


def funnel(kind: str, period: Period, filters: Filters | None = None) -> list[Step]:
    """The open states of a kind in the order of the work, with the time tickets spent in each. Raises KpiRefused."""
    if kind not in STATES:
        raise KpiRefused(_("There is no such kind of ticket."), code="unknown_figure", data={"kind": kind})
    states = [state for state in STATES[kind].values() if state.is_open]
    names = [stay_name(kind, state.name) for state in states]
    # The measures are the kind's own: no need to ask for the kind once more.
    wanted = {name: parts for name, parts in (filters or {}).items() if name != "kind"}
    cells = read(names, [quarter_of(period.since), quarter_of(period.until)], filters=wanted, classes=names)
    found = {name: cells.of(name, 0) for name in names}
    whole = sum(cell.total for cell in found.values())
    standing = open_tickets({**wanted, "kind": [kind]}).values("state").annotate(count=Count("id"))
    now = dict(standing.values_list("state", "count"))
    steps = []
    for state, name in zip(states, names, strict=True):
        cell = found[name]
        steps.append(
            Step(
                state=state.name,
                label=state.label,
                phase=state.phase,
                waiting_on=state.waiting_on[0],
                count=cell.n,
                share=cell.total / whole if whole else 0.0,
                average=cell.total / cell.n if cell.n else None,
                median=cell.percentile(0.5),
                p90=cell.percentile(0.9),
                now=now.get(state.name, 0),
            )
        )
    return steps


def lane_flow(period: Period, filters: Filters | None = None, limit: int = 40) -> list[Lane]:
    """The lanes with most tickets in a period. Raises KpiRefused."""
    rows = breakdown(("opened", "backlog", "resolution"), period, "lane", filters, limit)
    lanes = []
    for row in rows:
        origin, _dash, destination = row.part.partition("-")
        lanes.append(
            Lane(
                part=row.part,
                origin=origin.replace("?", ""),
                destination=destination.replace("?", ""),
                opened=row.values["opened"].count,
                open_now=row.values["backlog"].count,
                median_resolution=row.values["resolution"].median,
            )
        )
    return lanes


def backlog_ages(now: datetime, filters: Filters | None = None) -> list[Age]:
    """How old the open tickets are at this moment."""
    spans = list(zip((None, *_EDGES), (*_EDGES, None), strict=True))
    counts: Mapping[str, int] = open_tickets(filters or {}).aggregate(
        **{
            f"age_{number}": Count("id", filter=_opened(now, since, until))
            for number, (since, until) in enumerate(spans)
        }
    )
    return [Age(since or timedelta(0), until, counts[f"age_{number}"]) for number, (since, until) in enumerate(spans)]


def _opened(now: datetime, since: timedelta | None, until: timedelta | None) -> Q:
    longest = Q(opened_at__gt=now - until) if until else Q()
    return Q(opened_at__lte=now - since) & longest if since else longest
