"""Figures: of the whole house, for integrations of ours alone."""

from __future__ import annotations

from logistics.models import Partner
from tests.security.api_walking import Case, World, case


@case("kpi/")
def catalogue(world: World, partner: Partner) -> Case:
    return Case()


@case("kpi/figures/")
def figures(world: World, partner: Partner) -> Case:
    return Case(feelers=(f"partner={partner.pk}",))


@case("kpi/series/")
def series(world: World, partner: Partner) -> Case:
    return Case(feelers=(f"partner={partner.pk}",))


@case("kpi/breakdown/")
def breakdown(world: World, partner: Partner) -> Case:
    return Case(feelers=("by=partner",))
