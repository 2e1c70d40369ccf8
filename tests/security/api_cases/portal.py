"""A partner's own figures."""

from __future__ import annotations

from logistics.models import Partner
from tests.security.api_walking import Case, World, case


@case("me/performance/")
def my_figures(world: World, partner: Partner) -> Case:
    return Case(marks=(partner.name,))
