"""docs/kpi.md says what the code counts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.utils import translation

from tickets.errors import KpiRefused
from tickets.policies.kpi import CUTS, FIGURES, figure_of
from tickets.policies.kpi.description import describe, formula
from tickets.policies.kpi.measures import MEASURES
from tickets.services import kpi

PAGE = Path(__file__).parents[3] / "docs" / "kpi.md"


def test_page_is_written_from_the_figures() -> None:
    """CLEARWAY_WRITE_KPI=1 writes it."""
    with translation.override("en"):
        text = describe()
    if os.environ.get("CLEARWAY_WRITE_KPI") == "1":
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text


def test_every_figure_says_all_there_is_to_say() -> None:
    for figure in FIGURES.values():
        assert figure.label, figure.name
        assert figure.help, figure.name
        assert figure.includes, figure.name
        assert figure.sources, figure.name
        assert set(figure.measures) <= set(MEASURES), figure.name
        assert figure.clock or figure.unit != "seconds", figure.name


def test_every_measure_of_tickets_is_in_a_figure_or_in_a_funnel() -> None:
    used = {name for figure in FIGURES.values() for name in figure.measures}

    assert {name for name in MEASURES if not name.startswith("stay.")} == used


def test_formula_reads_as_it_is_counted() -> None:
    assert formula(FIGURES["resolution_rate"]) == "n(solved_of_opened) ÷ (n(opened) − n(set_aside))"
    assert formula(FIGURES["complaints_per_thousand"]) == "n(complaint) ÷ n(parcel) · 1000"


@pytest.mark.django_db
def test_unknown_names_are_refused() -> None:
    from tests.tickets.kpi.test_refreshing import TODAY

    with pytest.raises(KpiRefused) as refused:
        figure_of("happiness")
    assert refused.value.code == "unknown_figure"
    for call in (
        lambda: kpi.breakdown(["opened"], TODAY, "weather"),
        lambda: kpi.figures(["opened"], TODAY, {"weather": ["rain"]}),
        lambda: kpi.tickets_behind("opened", TODAY, {"weather": ["rain"]}),
        lambda: kpi.part_labels("weather", ["rain"]),
    ):
        with pytest.raises(KpiRefused) as refused:
            call()
        assert refused.value.code == "unknown_cut"
    with pytest.raises(KpiRefused):
        kpi.tickets_behind("on_time", TODAY)
    with pytest.raises(KpiRefused):
        kpi.shipments_behind("opened", TODAY)
    with pytest.raises(KpiRefused):
        kpi.funnel("holiday", TODAY)
    assert len(CUTS) == 11
