"""What a figure is: its name, what it is made of, in which unit, and what we want it to be.

A figure is a sum of measures divided by another sum, or one sum alone. Sums can be added over parts and quarter hours,
so parts make the whole; the division comes last.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from tickets.policies.kpi.cuts import CUTS, OF_PARCELS
from tickets.policies.kpi.measures import MEASURES


class Unit(StrEnum):
    COUNT = "count"
    SECONDS = "seconds"
    SHARE = "share"
    PER_THOUSAND = "per_thousand"
    SCORE = "score"
    MONEY = "money"
    NUMBER = "number"


class Of(StrEnum):
    """Which sum of a measure: how many marks, or what their values come to."""

    N = "n"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Term:
    """One summand."""

    measure: str
    of: Of = Of.N
    sign: int = 1


type Sum = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``over`` empty: it is the sum alone. ``clock``: how its time is counted, "" where it has none.

    ``help`` is its definition in words, ``includes`` what is counted, ``group`` where it stands in docs/kpi.md.
    """

    name: str
    label: str | Promise
    help: str | Promise
    includes: str | Promise
    group: str
    unit: Unit
    top: Sum
    over: Sum = ()
    clock: str = ""
    better: str = ""
    goal: float | None = None
    histogram: str = ""
    is_level: bool = False

    @property
    def has_percentiles(self) -> bool:
        return bool(self.histogram)

    @property
    def measures(self) -> tuple[str, ...]:
        """All measures it reads, each once."""
        return tuple(dict.fromkeys(term.measure for term in (*self.top, *self.over)))

    @property
    def is_money(self) -> bool:
        return self.unit == Unit.MONEY

    @property
    def of_parcels(self) -> bool:
        """Whether it is counted of parcels alone, which have no tickets behind them."""
        return all(MEASURES[name].of_parcels for name in self.measures)

    @property
    def cuts(self) -> tuple[str, ...]:
        """The cuts it can be divided by. Per thousand parcels, a cut that parcels do not have divides the top alone."""
        return OF_PARCELS if self.of_parcels else tuple(CUTS)

    @property
    def sources(self) -> tuple[str, ...]:
        """The tables and events it is made from."""
        return tuple(dict.fromkeys(source for name in self.measures for source in MEASURES[name].sources))
