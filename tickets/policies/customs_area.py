"""Customs areas that decide which papers a parcel needs."""

from __future__ import annotations

EUROPEAN_UNION = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MC MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - a table to read
)
"""The customs territory of the Union by ISO 3166 country.

Regulation (EU) No 952/2013, article 4; Monaco belongs to it.
"""


def leaves_european_union(from_country: str, to_country: str) -> bool:
    """Whether goods sent from one country to another go out of the Union's customs territory. Unknown countries: no."""
    return from_country in EUROPEAN_UNION and bool(to_country) and to_country not in EUROPEAN_UNION
