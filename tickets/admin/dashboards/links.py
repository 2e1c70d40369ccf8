"""Addresses of the tickets behind a figure. A period stands in them as moments: such a link means the same tomorrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.urls import reverse

from tickets.admin.dashboards.asked import UNKNOWN, Asked

REST = "\x00rest"
"""The parts that are too small to be drawn: nothing can be opened behind them."""


def behind(
    figure: str,
    since: datetime,
    until: datetime,
    asked: Asked,
    *,
    filters: Mapping[str, Sequence[str]],
    only: str = "",
) -> str:
    """The tickets (or parcels) behind a figure of a span of time."""
    pairs = [("figure", figure), *_span(since, until, asked)]
    if only:
        pairs.append(("only", only))
    return _address([*pairs, *_filters(filters)])


def cell(figure: str, weekday: int, hour: int, asked: Asked) -> str:
    """The tickets of one weekday (Monday is 0) and hour of the zone."""
    pairs = [("figure", figure), *_span(asked.period.since, asked.period.until, asked)]
    return _address([*pairs, ("day", str(weekday)), ("hour", str(hour)), *_filters(asked.filters)])


def state(kind: str, name: str, asked: Asked) -> str:
    """The tickets whose stay in a state ended in the period."""
    pairs = [("kind", kind), ("state", name), *_span(asked.period.since, asked.period.until, asked)]
    return _address([*pairs, *_filters({cut: parts for cut, parts in asked.filters.items() if cut != "kind"})])


def ages(number: int, asked: Asked) -> str:
    """The open tickets of one band of age."""
    return _address([("age", str(number)), *_filters(asked.filters)])


def now(what: str, asked: Asked) -> str:
    """The tickets behind a number of what burns now."""
    return _address([("now", what), *_filters(asked.filters)])


def due(zone: str, hour: int | None, asked: Asked) -> str:
    """The tickets whose promise falls due in an hour, of customers of a zone."""
    pairs = [("due", "" if hour is None else str(hour)), ("of", zone or UNKNOWN)]
    return _address([*pairs, *_filters(asked.filters)])


def _span(since: datetime, until: datetime, asked: Asked) -> list[tuple[str, str]]:
    moments = [moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") for moment in (since, until)]
    return [("since", moments[0]), ("until", moments[1]), ("zone", asked.zone.key)]


def _filters(filters: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(cut, part or UNKNOWN) for cut, parts in filters.items() for part in parts]


def _address(pairs: Sequence[tuple[str, str]]) -> str:
    return f"{reverse('dashboards:behind')}?{urlencode(pairs)}"
