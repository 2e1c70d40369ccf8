"""A carrier's local times made aware: from an offset where there is one, else from the place's zone.

A time without an offset is the local time of the place where it was scanned, never UTC by default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.core import get_global

# Countries with several zones: the one where most parcels are handled (capital or main gateway). A time that rests on
# one of these is marked as not exact. Countries with one zone come from CLDR.
_MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
# Several zones by name, one time in practice: China is on Beijing time by law, Büsingen keeps Berlin's, and so on.
_ONE_TIME = frozenset({"AR", "CN", "CY", "DE", "MH", "MY", "PS", "UA", "UZ"})

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])\s*(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
# Kiribati's Line Islands; nobody is further from UTC.
LARGEST_OFFSET = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class LocalTime:
    """An aware instant with its local offset in minutes (None: not known) and whether the zone was certain."""

    at: datetime
    offset_minutes: int | None
    exact: bool


@lru_cache(maxsize=1024)
def country_zone(country: str) -> tuple[str, bool] | None:
    """IANA zone of an ISO 3166-1 alpha-2 country and whether the whole country keeps it; None for no country."""
    if country in _MAIN_ZONES:
        return _MAIN_ZONES[country], country in _ONE_TIME
    zones = [zone for zone, territory in get_global("zone_territories").items() if territory == country]
    known = sorted(zone for zone in zones if zone in available_timezones() and not zone.startswith("Etc/"))
    return (known[0], len(known) == 1) if known else None


def zone_or_offset(text: str) -> timezone | ZoneInfo | None:
    """Read ``+08:00``, ``UTC-5``, ``GMT+0530``, ``Z`` or an IANA name; None for anything else."""
    text = text.strip()
    if text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    if found := _OFFSET.fullmatch(text):
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-offset if sign == "-" else offset) if offset <= LARGEST_OFFSET else None
    try:
        return ZoneInfo(text) if "/" in text else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def with_offset(moment: datetime) -> LocalTime:
    """Wrap an aware moment, its zone replaced by the fixed offset that it has then."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("An aware datetime is needed.")
    minutes = round(offset.total_seconds() / 60)
    return LocalTime(moment.astimezone(timezone(timedelta(minutes=minutes))), minutes, exact=True)


def at_offset_shown(utc: datetime, *, wall_clock: datetime | None) -> LocalTime:
    """An instant known in UTC, with the offset that the place's wall clock shows (quarters of an hour, as zones are).

    Without a wall clock, or with one that fits no offset on earth, the offset stays unknown; the instant is exact.
    """
    if wall_clock is not None:
        quarters = round((wall_clock - utc.replace(tzinfo=None)) / timedelta(minutes=15))
        offset = timedelta(minutes=15 * quarters)
        if abs(offset) <= LARGEST_OFFSET:
            return with_offset(utc.astimezone(timezone(offset)))
    return LocalTime(utc, None, exact=True)


def localise(
    naive: datetime,
    *,
    zone: str = "",
    countries: tuple[str, ...] = (),
    fallback_zone: str = "UTC",
) -> LocalTime:
    """Make a wall-clock time aware: by ``zone`` (name or offset), else by the first known country.

    The first country is the place of the scan; a later one only stands in for it, and its zone is therefore not
    exact. With no zone and no country ``fallback_zone`` keeps the time sortable, without an offset and not exact.
    """
    if (given := zone_or_offset(zone)) is not None:
        return with_offset(naive.replace(tzinfo=given))
    for place, country in enumerate(countries):
        if (found := country_zone(country)) is not None:
            name, whole_country = found
            local = with_offset(naive.replace(tzinfo=ZoneInfo(name)))
            return LocalTime(local.at, local.offset_minutes, exact=whole_country and place == 0)
    assumed = with_offset(naive.replace(tzinfo=ZoneInfo(fallback_zone)))
    return LocalTime(assumed.at, None, exact=False)


def end_of_day(day: date, *, country: str) -> datetime:
    """The last second of a promised day at its destination (main zone of the country; UTC when it has none)."""
    return localise(datetime.combine(day, time(23, 59, 59)), countries=(country,)).at
