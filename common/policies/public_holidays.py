"""Public holidays by country and subdivision, as the ``holidays`` library knows them.

https://holidays.readthedocs.io/ · ISO 3166-1 countries; most subdivisions are ISO 3166-2 without the country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import holidays

# What the library calls a reader's language, the best first; then it falls back to the country's own.
_LANGUAGES = {"zh": ("zh_CN", "zh_TW", "en_US", "en_GB", "en"), "en": ("en_US", "en_GB", "en")}


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The countries that the library knows."""
    return frozenset(code for code in holidays.list_supported_countries() if len(code) == 2)


@lru_cache(maxsize=256)
def subdivisions(country: str) -> Mapping[str, str]:
    """The subdivisions of a country that the library tells apart: code to name (the code where it has no other)."""
    if country not in countries():
        return MappingProxyType({})
    entity = holidays.country_holidays(country)
    names = {str(code): str(name) for name, code in getattr(entity, "subdivisions_aliases", {}).items()}
    return MappingProxyType({code: names.get(code, code) for code in entity.subdivisions})


def is_known(country: str, subdivision: str = "") -> bool:
    """Whether the library has holidays for this place."""
    return country in countries() and (not subdivision or subdivision in subdivisions(country))


@lru_cache(maxsize=2048)
def holidays_of(country: str, subdivision: str, year: int, language: str = "en") -> Mapping[date, str]:
    """The public holidays of a year, substitutes included, with their names; nothing for a place that is unknown."""
    if not is_known(country, subdivision):
        return MappingProxyType({})
    names = _LANGUAGES.get(language[:2], _LANGUAGES["en"])
    supported = holidays.country_holidays(country).supported_languages
    best = next((name for name in names if name in supported), None)
    found = _entity(country, subdivision, year, language=best)
    return MappingProxyType({day: name for day, name in sorted(found.items()) if day.year == year})


@lru_cache(maxsize=1024)
def make_up_days(country: str, subdivision: str, year: int) -> Mapping[date, int]:
    """Days of a weekend that are worked for a holiday elsewhere, each with the weekday (Monday is 0) it works like.

    China, Hungary, Vietnam and others move working days to a weekend; such a day has the hours of the weekday that it
    makes up for. Where the library does not say for which, it is a Friday.
    """
    if not is_known(country, subdivision):
        return MappingProxyType({})
    found: dict[date, int] = {}
    for holiday_year in (year, year + 1):  # a day in December may make up for one in January
        entity = _entity(country, subdivision, holiday_year)
        for day in getattr(entity, "weekend_workdays", ()):
            if day.year == year:
                found.setdefault(day, 4)
        for worked, free in _exchanged(entity, holiday_year):
            if worked in found:
                found[worked] = free.weekday()
    return MappingProxyType(dict(sorted(found.items())))


def _entity(country: str, subdivision: str, year: int, *, language: str | None = None) -> Any:
    return holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=language)


def _exchanged(entity: Any, year: int) -> Iterator[tuple[date, date]]:
    """What the library lists as (free month, day, worked month, day, sometimes the year that is worked in)."""
    if not getattr(entity, "has_substituted_holidays", False):
        return
    listed = getattr(entity, "special_public_holidays", {}).get(year, ())
    for row in listed if listed and isinstance(listed[0], tuple) else (listed,):
        numbers = [part for part in row if isinstance(part, int)]
        if len(numbers) == len(row) and len(row) in {4, 5}:
            worked_in = row[4] if len(row) == 5 else year
            yield date(worked_in, row[2], row[3]), date(year, row[0], row[1])
