"""A key's own address."""

from __future__ import annotations

from logistics.models import Partner
from tests.security.api_walking import Case, World, case


@case("me/")
def my_key(world: World, partner: Partner) -> Case:
    return Case(marks=(partner.name,))
