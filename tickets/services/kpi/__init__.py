"""Figures: kept up to date by the clock (``refresh``), read by dashboards, reports and the API."""

from tickets.policies.kpi.periods import Period
from tickets.services.kpi.asking import (
    Compared,
    Row,
    Series,
    Value,
    breakdown,
    compare,
    figures,
    heat_map,
    series,
)
from tickets.services.kpi.behind import open_tickets, shipments_behind, tickets_behind, tickets_behind_state
from tickets.services.kpi.cells import Filters
from tickets.services.kpi.flows import Age, Lane, Step, backlog_ages, funnel, lane_flow
from tickets.services.kpi.labels import available_parts, part_labels
from tickets.services.kpi.progress import Freshness, freshness, touch
from tickets.services.kpi.rebuilding import rebuild
from tickets.services.kpi.refreshing import refresh

__all__ = [
    "Age",
    "Compared",
    "Filters",
    "Freshness",
    "Lane",
    "Period",
    "Row",
    "Series",
    "Step",
    "Value",
    "available_parts",
    "backlog_ages",
    "breakdown",
    "compare",
    "figures",
    "freshness",
    "funnel",
    "heat_map",
    "lane_flow",
    "open_tickets",
    "part_labels",
    "rebuild",
    "refresh",
    "series",
    "shipments_behind",
    "tickets_behind",
    "tickets_behind_state",
    "touch",
]
