"""What a dashboard is: figures on top, cards below, all declared as data and drawn by one page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

type Text = str | Promise


@dataclass(frozen=True, slots=True)
class Card:
    """One card. ``is_wide``: it takes the whole width where there is room for two."""

    key: str
    title: Text
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Lines(Card):
    """Figures over time. With ``by``: one figure, a line (``is_stacked``: a band) for each of its largest parts.

    A single figure that is not cut is drawn with the period before and with its goal.
    """

    figures: tuple[str, ...] = ()
    by: str = ""
    is_stacked: bool = False
    most: int = 6


@dataclass(frozen=True, slots=True)
class Heat(Card):
    """A figure by weekday and hour of the chosen zone."""

    figure: str = ""


@dataclass(frozen=True, slots=True)
class Parts(Card):
    """A table: the parts of a cut, and figures of each. ``bars``: the first figure is also drawn."""

    by: str = ""
    figures: tuple[str, ...] = ()
    has_bars: bool = False
    most: int = 12


@dataclass(frozen=True, slots=True)
class Flow(Card):
    """Lanes as a flow from where parcels come to where they go."""


@dataclass(frozen=True, slots=True)
class Funnel(Card):
    """The states of a kind, and where its time goes."""


@dataclass(frozen=True, slots=True)
class Ages(Card):
    """Open tickets by their age at this moment."""


@dataclass(frozen=True, slots=True)
class Due(Card):
    """Promises that fall due in the next hours, by the customers' time zones."""


@dataclass(frozen=True, slots=True)
class Teams(Card):
    """The zones of the day: which team is at work, and what falls due before they change."""


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard. ``permission``: who reads it. ``has_burning``: what burns now stands above the figures."""

    name: str
    title: Text
    icon: str
    figures: tuple[str, ...]
    cards: tuple[Card, ...]
    permission: str = "tickets.view_dashboards"
    preset: str = "30"
    has_burning: bool = False

    @property
    def names(self) -> set[str]:
        """All figures that it shows."""
        found = set(self.figures)
        for card in self.cards:
            if isinstance(card, Lines | Parts):
                found.update(card.figures)
            elif isinstance(card, Heat):
                found.add(card.figure)
        return found
