"""Where a customer's clock runs, as far as we can tell."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from logistics.policies.local_time import country_zone


def known_zone(time_zone: str, countries: Iterable[str]) -> ZoneInfo | None:
    """The customer's own IANA zone, else the usual one of the first country (ISO 3166) that has any; None without both.

    A country with several zones counts as where most of its parcels are handled: hours that are nearly right spare more
    nights than none.
    """
    if time_zone:
        return ZoneInfo(time_zone)
    for country in countries:
        if country and (found := country_zone(country)):
            return ZoneInfo(found[0])
    return None
