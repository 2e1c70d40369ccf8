"""docs/kpi.md, written from the figures."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from tickets.policies.kpi.cuts import CUTS
from tickets.policies.kpi.figures import FIGURES, Figure, Of, Sum, Unit

_GROUPS = {
    "response": "Response",
    "resolution": "Resolution",
    "promises": "Promises",
    "backlog": "Backlog",
    "quality": "Quality",
    "money": "Money",
    "messages": "Messages and knowledge",
    "partners": "Partners and carriers",
    "parcels": "Parcels",
}
_UNITS = {
    Unit.COUNT: "how many",
    Unit.SECONDS: "seconds",
    Unit.SHARE: "share, 0 to 1",
    Unit.PER_THOUSAND: "per thousand",
    Unit.SCORE: "mark, 1 to 5",
    Unit.MONEY: "each currency on its own",
    Unit.NUMBER: "number",
}
_CLOCKS = {"wall": "around the clock", "business": "working time of whose promise it is", "": "–"}
_INTRODUCTION = f"""# Figures

One definition each, and one piece of code each: this page is written from `tickets/policies/kpi/`, and a test
holds the two together (`tests/tickets/kpi/test_description.py`).

**What is counted.** A *mark* says that something happened to a ticket at a moment, with a value (seconds, yes
or no, an amount). Each measure in `tickets/policies/kpi/measures.py` is the SQL that finds its marks in raw
rows. A figure is a sum of marks, or one sum divided by another; the division comes last, so parts make the
whole.

**When.** A mark counts at its own moment: an answer when it was given, a promise kept when it was kept and one
missed at its deadline, everything about openings at the opening. What is learned later (a reopening, a
conversion, a merge, an event that arrived late) changes the past where it belongs.

**Cuts.** {", ".join(CUTS)}. What a ticket is (kind, lane, carrier, partner, channel, language, country) is as it is
known today. Team, person, priority and tier are as they stood at the moment; for openings as they stand now.
Answers count for whoever wrote them. Parcels have lane, carrier, partner and country (of destination); per
thousand parcels, any other cut divides the tickets alone.

**Medians and 90th percentiles** come from histograms of fixed classes, a tenth wide, that are added up; they
are off by less than five percent. There is no average of averages.

**Tickets that live on.** One that was merged, converted or is a duplicate lives on in another one; its messages
went there, and openings, solutions and responses are counted there.

**Money** is never added over currencies: each figure of money is one amount a currency.

**Fresh.** The clock counts every ten seconds what has committed; whoever shows figures says how old they are
when that is more than a minute. `manage.py rebuild_kpi` counts everything anew while people look. Working time
is counted by calendars as they are when it is counted.
"""


def describe() -> str:
    """The page, in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _INTRODUCTION.rstrip()
    ordered = sorted(FIGURES.values(), key=lambda figure: list(_GROUPS).index(figure.group))
    for group, figures in groupby(ordered, key=lambda figure: figure.group):
        yield ""
        yield f"## {_GROUPS[group]}"
        for figure in figures:
            yield ""
            yield from _figure(figure)


def _figure(figure: Figure) -> Iterator[str]:
    yield f"### `{figure.name}`: {figure.label}"
    yield ""
    yield str(figure.help)
    yield ""
    yield f"- formula: {formula(figure)}"
    yield f"- unit: {_UNITS[figure.unit]}{_goal(figure)}"
    yield f"- clock: {_CLOCKS[figure.clock]}"
    yield f"- counted: {figure.includes}"
    yield f"- from: {', '.join(figure.sources)}"


def formula(figure: Figure) -> str:
    """What is added and divided, by the measures' names: ``n`` counts marks, ``Σ`` adds their values."""
    top = _sum(figure.top)
    factor = " · 1000" if figure.unit == Unit.PER_THOUSAND else ""
    if figure.name == "backlog_age":
        return "end of the period − Σ(backlog: moment of opening) ÷ n(backlog), both of all that came less what went"
    if figure.is_level:
        return f"{top} of all that came less what went, until the end of the period"
    if not figure.over:
        return top
    percentiles = "; median and 90th percentile from the histogram" if figure.histogram else ""
    return f"{_bracketed(figure.top)} ÷ {_bracketed(figure.over)}{factor}{percentiles}"


def _bracketed(terms: Sum) -> str:
    return f"({_sum(terms)})" if len(terms) > 1 else _sum(terms)


def _sum(terms: Sum) -> str:
    text = ""
    for term in terms:
        name = f"n({term.measure})" if term.of == Of.N else f"Σ({term.measure})"
        sign = " − " if term.sign < 0 else " + " if text else ""
        text += f"{sign}{name}"
    return text


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    if figure.unit == Unit.SECONDS:
        return f"; goal {figure.goal / 3600:g} h"
    return f"; goal {figure.goal:.0%}" if figure.unit == Unit.SHARE else f"; goal {figure.goal:g}"
