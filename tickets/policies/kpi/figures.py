"""Figures and cuts by their names."""

from __future__ import annotations

from django.utils.translation import gettext

from tickets.errors import KpiRefused
from tickets.policies.kpi.cuts import CUTS
from tickets.policies.kpi.figure import Figure, Of, Sum, Unit
from tickets.policies.kpi.figure_list import ALL

__all__ = ["FIGURES", "Figure", "Of", "Sum", "Unit", "figure_of", "refuse_unknown_cuts"]

FIGURES: dict[str, Figure] = {figure.name: figure for figure in ALL}
if len(FIGURES) != len(ALL):
    raise RuntimeError("two figures have one name")


def figure_of(name: str) -> Figure:
    """The figure of that name. Raises KpiRefused (``unknown_figure``)."""
    if name not in FIGURES:
        raise KpiRefused(gettext("There is no such figure."), code="unknown_figure", data={"figure": name})
    return FIGURES[name]


def refuse_unknown_cuts(*names: str) -> None:
    """Raise KpiRefused (``unknown_cut``) when there is no such cut."""
    for name in names:
        if name not in CUTS:
            raise KpiRefused(gettext("Figures cannot be divided by that."), code="unknown_cut", data={"cut": name})
