"""From a declared card to what the page draws: a chart as plain data, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.admin import words
from tickets.admin.dashboards import links, saying
from tickets.admin.dashboards.asked import Asked
from tickets.admin.dashboards.declared import Ages, Card, Flow, Funnel, Heat, Lines, Parts
from tickets.choices import Kind, WaitingOn
from tickets.policies.channel_names import channel_label
from tickets.policies.kpi import FIGURES, Figure, Unit
from tickets.services import kpi
from tickets.services.kpi import Value

_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a table: its text, a colour when a goal says so, and the tickets behind it."""

    text: str
    address: str = ""
    color: str = ""
    bar: int | None = None
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a card as rows."""

    head: list[str]
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card ready to print. ``chart`` is None where the table is all; ``note`` is a line below."""

    key: str
    title: str
    is_wide: bool
    table: Table
    chart: dict[str, Any] | None = None
    note: str = ""
    choices: list[tuple[str, str, bool]] = field(default_factory=list)
    height: int = 240
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.table.rows


def draw(card: Card, asked: Asked) -> Drawn:
    """Draw one card."""
    return _DRAW[type(card)](card, asked)


# ------------------------------------------------------------ over time


def _lines(card: Lines, asked: Asked) -> Drawn:
    figures = [FIGURES[name] for name in card.figures]
    found = kpi.series(card.figures, asked.period, asked.step, asked.filters, card.by or None)
    starts = found.starts
    names = [_step_name(start, asked.step) for start in starts]
    ends = [*starts[1:], asked.period.until]
    drawn: list[tuple[str, Figure, str, list[Value]]] = []
    if card.by:
        figure, lines = figures[0], found.lines[figures[0].name]
        parts = sorted(lines, key=lambda part: (-sum(value.count for value in lines[part]), part))
        labels = kpi.part_labels(card.by, parts[: card.most])
        drawn = [(part_label(card.by, part, labels[part]), figure, part, lines[part]) for part in parts[: card.most]]
        if rest := parts[card.most :]:
            drawn.append((_("Others"), figure, links.REST, _added([lines[part] for part in rest])))
    else:
        drawn = [(str(figure.label), figure, "", found.lines[figure.name][""]) for figure in figures]
    now = asked.now
    series: list[dict[str, Any]] = []
    for label, figure, part, values in drawn:
        filters = {**asked.filters, card.by: (part,)} if card.by else asked.filters
        addresses = [
            "" if part == links.REST else links.behind(figure.name, since, until, asked, filters=filters)
            for since, until in zip(starts, ends, strict=True)
        ]
        for name, points in _points(figure, label, values, starts, now):
            series.append({"name": name, "values": points, "links": addresses, "stack": card.is_stacked})
    if len(figures) == 1 and not card.by and not figures[0].is_money:
        before = kpi.series(card.figures, asked.before, asked.step, asked.filters).lines[figures[0].name][""]
        points = [_plotted(figures[0], value) for value in before][: len(starts)]
        series.append({"name": _("the period before"), "values": points, "before": True})
    chart = {
        "type": "lines",
        "unit": _unit(figures[0]),
        "isScore": figures[0].unit == Unit.SCORE,
        "x": names,
        "series": series,
        "goals": _goals(figures),
    }
    head = [_("From"), *(label for label, *_rest in drawn)]
    rows = [
        [
            Cell(names[number], is_head=True),
            *(
                Cell(
                    saying.said(figure, values[number]),
                    ""
                    if part == links.REST or not values[number].count
                    else links.behind(
                        figure.name,
                        starts[number],
                        ends[number],
                        asked,
                        filters={**asked.filters, card.by: (part,)} if card.by else asked.filters,
                    ),
                )
                for _label, figure, part, values in drawn
            ),
        ]
        for number in range(len(starts))
        if starts[number] <= now
    ]
    if not any(value.count for *_rest, values in drawn for value in values):
        rows = []
    return Drawn(card.key, str(card.title), card.is_wide, Table(head, rows), chart if rows else None)


def _points(
    figure: Figure, label: str, values: Sequence[Value], starts: Sequence[datetime], now: datetime
) -> Iterable[tuple[str, list[float | None]]]:
    """A line of a figure; of money a line for each currency. What is yet to come is left open."""
    if not figure.is_money:
        yield (
            label,
            [_plotted(figure, value) if start <= now else None for value, start in zip(values, starts, strict=True)],
        )
        return
    currencies = sorted({currency for value in values for currency in value.by_currency})
    for currency in currencies:
        amounts = [float(value.by_currency.get(currency, 0)) for value in values]
        yield f"{label} · {currency}", [a if s <= now else None for a, s in zip(amounts, starts, strict=True)]


def _added(lines: Sequence[Sequence[Value]]) -> list[Value]:
    """Counts of several parts as one."""
    return [
        Value(sum(value.value or 0 for value in step), sum(value.count for value in step))
        for step in zip(*lines, strict=True)
    ]


def _plotted(figure: Figure, value: Value) -> float | None:
    number = saying.number_of(figure, value)
    if number is None:
        return None
    if figure.unit == Unit.SECONDS:
        return round(number / _HOUR, 2)
    return round(number * 100, 2) if figure.unit == Unit.SHARE else round(number, 2)


def _unit(figure: Figure) -> str:
    units = {Unit.SECONDS: _("h"), Unit.SHARE: "%", Unit.PER_THOUSAND: "‰"}
    return str(units.get(figure.unit, ""))


def _goals(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    goals = {figure.goal for figure in figures}
    if len(goals) != 1 or None in goals:
        return []
    figure = figures[0]
    assert figure.goal is not None
    return [{"at": _plotted(figure, Value(figure.goal, 1, figure.goal)), "name": saying.goal_of(figure)}]


def _step_name(start: datetime, step: str) -> str:
    if step == "hour":
        return f"{start:%H:%M}"
    return f"{start:%Y-%m}" if step == "month" else words.day(start.date())


# ------------------------------------------------------------ weekday and hour


def _heat(card: Heat, asked: Asked) -> Drawn:
    figure = FIGURES[card.figure]
    cells = kpi.heat_map(card.figure, asked.period, asked.filters)
    days = [str(day) for day in _weekdays()]
    most = max((value.count for row in cells for value in row), default=0)
    points = [
        [hour, weekday, _plotted(figure, value), links.cell(card.figure, weekday, hour, asked)]
        for weekday, row in enumerate(cells)
        for hour, value in enumerate(row)
        if value.count
    ]
    head = [_("Hour"), *days]
    rows = [
        [
            Cell(f"{hour:02d}:00", is_head=True),
            *(
                Cell(
                    saying.said(figure, cells[weekday][hour]),
                    links.cell(card.figure, weekday, hour, asked) if cells[weekday][hour].count else "",
                )
                for weekday in range(7)
            ),
        ]
        for hour in range(24)
    ]
    note = ""
    if most:
        weekday, hour = max(
            ((day, hour) for day in range(7) for hour in range(24)), key=lambda at: cells[at[0]][at[1]].count
        )
        note = _("Most on %(day)s at %(hour)s, in %(zone)s.") % {
            "day": days[weekday],
            "hour": f"{hour:02d}:00",
            "zone": asked.zone.key,
        }
    chart = {
        "type": "heat",
        "days": days,
        "hours": [f"{hour:02d}" for hour in range(24)],
        "points": points,
        "name": str(figure.label),
    }
    return Drawn(
        card.key, str(card.title), card.is_wide, Table(head, rows if most else []), chart if most else None, note
    )


def _weekdays() -> list[str]:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


# ------------------------------------------------------------ parts


def _parts(card: Parts, asked: Asked) -> Drawn:
    figures = [FIGURES[name] for name in card.figures]
    found = kpi.breakdown(card.figures, asked.period, card.by, asked.filters, card.most)
    shown = [figure for figure in figures if card.by in figure.cuts]
    most = max((row.values[shown[0].name].count for row in found), default=0)
    rows = []
    for row in found:
        if shown[0].is_money and not any(value.by_currency for value in row.values.values()):
            continue  # nothing was paid there
        filters = {**asked.filters, card.by: (row.part,)}
        cells = [Cell(part_label(card.by, row.part, row.label), is_head=True)]
        for number, figure in enumerate(shown):
            value = row.values[figure.name]
            cells.append(
                Cell(
                    saying.said(figure, value),
                    links.behind(figure.name, asked.period.since, asked.period.until, asked, filters=filters)
                    if value.count
                    else "",
                    saying.color_of(figure, value),
                    round(100 * value.count / most) if card.has_bars and most and number == 0 else None,
                )
            )
        rows.append(cells)
    return Drawn(card.key, str(card.title), card.is_wide, Table(["", *(str(figure.label) for figure in shown)], rows))


def part_label(cut: str, part: str, label: str) -> str:
    """A part's word: countries, languages and channels by their names."""
    name = {"country": words.country, "language": words.language, "channel": channel_label}.get(cut)
    return str(name(part)) if name and part else label


# ------------------------------------------------------------ states, lanes, ages


def _funnel(card: Funnel, asked: Asked) -> Drawn:
    steps = kpi.funnel(asked.kind, asked.period, asked.filters)
    used = [step for step in steps if step.count or step.now]
    waiting = dict(WaitingOn.choices)
    bars = [
        {
            "name": str(step.label),
            "share": round(step.share * 100, 1),
            "median": saying.span(step.median) if step.median is not None else saying.NONE,
            "party": str(step.waiting_on),
            "party_label": str(waiting.get(step.waiting_on, step.waiting_on)),
            "link": links.state(asked.kind, step.state, asked),
        }
        for step in used
    ]
    head = [
        _("State"),
        _("Waits on"),
        _("Share of time"),
        _("Median"),
        _("Nine of ten within"),
        _("Stays"),
        _("There now"),
    ]
    rows = [
        [
            Cell(str(step.label), is_head=True),
            Cell(str(waiting.get(step.waiting_on, step.waiting_on))),
            Cell(saying.said_number(FIGURES["promises_kept"], step.share)),
            Cell(saying.span(step.median) if step.median is not None else saying.NONE),
            Cell(saying.span(step.p90) if step.p90 is not None else saying.NONE),
            Cell(f"{step.count:,}", links.state(asked.kind, step.state, asked) if step.count else ""),
            Cell(f"{step.now:,}"),
        ]
        for step in used
    ]
    choices = [(str(value), str(label), value == asked.kind) for value, label in Kind.choices]
    chart = {"type": "funnel", "bars": bars, "median": _("median %(time)s"), "waits": _("waits on %(party)s")}
    return Drawn(
        card.key,
        str(card.title),
        card.is_wide,
        Table(head, rows),
        chart if used else None,
        choices=choices,
        height=max(120, 34 * len(used) + 30),
    )


def _flow(card: Flow, asked: Asked) -> Drawn:
    lanes = kpi.lane_flow(asked.period, asked.filters, limit=25)
    flows, rows = [], []
    for lane in lanes:
        origin = words.country(lane.origin) if lane.origin else _("Not known")
        goes_to = words.country(lane.destination) if lane.destination else _("Not known")
        address = links.behind(
            "opened", asked.period.since, asked.period.until, asked, filters={**asked.filters, "lane": (lane.part,)}
        )
        if lane.opened:
            flows.append({"from": origin, "to": goes_to, "count": lane.opened, "link": address})
        rows.append(
            [
                Cell(f"{origin} → {goes_to}", is_head=True),
                Cell(f"{lane.opened:,}", address if lane.opened else ""),
                Cell(
                    f"{lane.open_now:,}",
                    links.behind(
                        "backlog",
                        asked.period.since,
                        asked.period.until,
                        asked,
                        filters={**asked.filters, "lane": (lane.part,)},
                    )
                    if lane.open_now
                    else "",
                ),
                Cell(saying.span(lane.median_resolution) if lane.median_resolution is not None else saying.NONE),
            ]
        )
    head = [_("Lane"), _("Opened"), _("Open"), _("Resolution time, median")]
    height = max(200, 26 * len({flow["to"] for flow in flows}) + 40)
    return Drawn(
        card.key,
        str(card.title),
        card.is_wide,
        Table(head, rows),
        {"type": "flow", "flows": flows} if flows else None,
        height=min(height, 520),
    )


def _ages(card: Ages, asked: Asked) -> Drawn:
    ages = kpi.backlog_ages(asked.now, asked.filters)
    names = [_age_name(age.at_least, age.below) for age in ages]
    bars = [
        {"name": name, "count": age.count, "link": links.ages(number, asked)}
        for number, (name, age) in enumerate(zip(names, ages, strict=True))
    ]
    rows = [
        [Cell(str(bar["name"]), is_head=True), Cell(f"{bar['count']:,}", str(bar["link"]) if bar["count"] else "")]
        for bar in bars
    ]
    some = any(age.count for age in ages)
    return Drawn(
        card.key,
        str(card.title),
        card.is_wide,
        Table([_("Opened"), _("Open tickets")], rows if some else []),
        {"type": "bars", "bars": bars} if some else None,
    )


def _age_name(at_least: timedelta, below: timedelta | None) -> str:
    if below is None:
        return _("%(span)s and more") % {"span": _whole(at_least)}
    return (
        _("less than %(span)s") % {"span": _whole(below)} if not at_least else f"{_whole(at_least)} – {_whole(below)}"
    )


def _whole(length: timedelta) -> str:
    if length < timedelta(days=1):
        hours = int(length.total_seconds() // _HOUR)
        return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    return ngettext("%(days)d day", "%(days)d days", length.days) % {"days": length.days}


_DRAW: dict[type[Card], Callable[[Any, Asked], Drawn]] = {
    Lines: _lines,
    Heat: _heat,
    Parts: _parts,
    Funnel: _funnel,
    Flow: _flow,
    Ages: _ages,
}

__all__ = ["Cell", "Drawn", "Table", "draw"]
