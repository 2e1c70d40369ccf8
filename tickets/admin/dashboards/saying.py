"""How figures are said: their number with its unit, how they changed, and whether that is good."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.admin import words
from tickets.policies.kpi import Figure, Unit
from tickets.services.kpi import Value

_HOUR, _DAY = 3_600, 86_400
_NEAR = 0.9
"""A figure that reaches this share of its goal has nearly made it."""
NONE = "—"


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure moved since the period before. ``color``: green for the better, amber for the worse."""

    text: str
    color: str
    spoken: str


def number_of(figure: Figure, value: Value) -> float | None:
    """The number that stands for a figure: of times the median, else its value."""
    return value.median if figure.has_percentiles else value.value


def said(figure: Figure, value: Value) -> str:
    """A figure in words, with its unit; a dash where there is none."""
    if figure.is_money:
        if value.value is None and not value.by_currency:
            return NONE
        amounts = [words.money(amount, currency) for currency, amount in value.by_currency.items()]
        return "\n".join(amounts) or "0"  # a line for each currency
    number = number_of(figure, value)
    return NONE if number is None else said_number(figure, number)


def said_number(figure: Figure, number: float) -> str:
    """A number in a figure's unit."""
    match figure.unit:
        case Unit.SECONDS:
            return span(number)
        case Unit.SHARE:
            return _("%(number)s %%") % {"number": f"{number * 100:.1f}"}
        case Unit.PER_THOUSAND:
            return _("%(number)s ‰") % {"number": f"{number:.1f}"}
        case Unit.SCORE:
            return _("%(number)s of 5") % {"number": f"{number:.1f}"}
        case Unit.COUNT:
            return f"{number:,.0f}"
        case _:
            return f"{number:,.1f}"


def span(seconds: float) -> str:
    """A length of time that is read at a glance: 24 min, 5.8 h, 3.1 d."""
    if seconds < _HOUR:
        return _("%(number)s min") % {"number": f"{seconds / 60:.0f}"}
    if seconds < 2 * _DAY:
        return _("%(number)s h") % {"number": f"{seconds / _HOUR:.1f}"}
    return _("%(number)s d") % {"number": f"{seconds / _DAY:.1f}"}


def change_of(figure: Figure, now: Value, before: Value) -> Change | None:
    """How a figure changed; None when one of both is missing. Shares change by points, the others in percent."""
    here, there = number_of(figure, now), number_of(figure, before)
    if here is None or there is None:
        return None
    if figure.unit == Unit.SHARE:
        moved = (here - there) * 100
        amount = _("%(number)s points") % {"number": f"{abs(moved):.1f}"}
        flat = abs(moved) < 0.05
    elif there == 0:
        return None
    else:
        moved = (here / there - 1) * 100
        amount = _("%(number)s %%") % {"number": f"{abs(moved):.0f}"}
        flat = abs(moved) < 0.5
    if flat:
        return Change("＝", "", _("as before"))
    is_better = (moved > 0) == (figure.better == "higher")
    color = "" if not figure.better else "green" if is_better else "amber"
    up = moved > 0
    spoken = (_("up by %(amount)s") if up else _("down by %(amount)s")) % {"amount": amount}
    return Change(f"{'▲' if up else '▼'} {amount}", color, spoken)


def color_of(figure: Figure, value: Value) -> str:
    """Against its goal: green when it is reached, amber when nearly, red when not; "" without a goal or a number."""
    number = number_of(figure, value)
    if figure.goal is None or number is None:
        return ""
    reached = number / figure.goal if figure.better == "higher" else figure.goal / number if number else 1.0
    return "green" if reached >= 1 else "amber" if reached >= _NEAR else "red"


def goal_of(figure: Figure) -> str:
    """The goal in words, "" without one."""
    return _("goal %(goal)s") % {"goal": said_number(figure, figure.goal)} if figure.goal is not None else ""
