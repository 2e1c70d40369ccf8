"""How one reader writes days, times, money and numbers, and which language they read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta, get_timezone_location
from babel.numbers import format_currency, format_decimal

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads in a language and lives in a zone."""

    locale: Locale
    zone: tzinfo

    @classmethod
    def of(cls, language: str, zone: tzinfo) -> Reader:
        """The reader of a BCP 47 language. Raises ValueError for one that is unknown."""
        return cls(locale_of(language), zone)

    def day(self, day: date) -> str:
        return format_date(day, "full", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """Day, time and the place whose time it is."""
        local = moment.astimezone(self.zone)
        place = (
            get_timezone_location(self.zone, locale=self.locale, return_city=True)
            if isinstance(self.zone, ZoneInfo) and self.zone.key != "UTC"
            else "UTC"
        )
        return f"{self.day(local.date())}, {format_time(local, 'short', locale=self.locale)} ({place})"

    def money(self, amount: Decimal, currency: str) -> str:
        return format_currency(amount, currency, locale=self.locale)

    def number(self, number: int | Decimal) -> str:
        return format_decimal(number, locale=self.locale)

    def duration(self, duration: timedelta) -> str:
        """A length of time in its largest whole unit but one: 3 days, 36 hours, 90 minutes."""
        duration = abs(duration)
        unit: Literal["day", "hour", "minute"] = (
            "day" if duration >= 3 * _DAY else "hour" if duration >= 3 * _HOUR else "minute"
        )
        return format_timedelta(duration, granularity=unit, threshold=1_000_000, locale=self.locale)


def bullets(lines: Iterable[str]) -> str:
    """A list of things, one line each."""
    return "\n".join(f"• {line}" for line in lines)


def locale_of(language: str) -> Locale:
    """How a BCP 47 language is written. Raises ValueError for one that is unknown."""
    try:
        return Locale.parse(language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise ValueError(language) from error


def is_language(language: str) -> bool:
    """Whether we know how a BCP 47 language writes days and money."""
    try:
        locale_of(language)
    except ValueError:
        return False
    return True


def match_language(wanted: Iterable[str], available: Collection[str]) -> str:
    """The one of the ``available`` BCP 47 languages that fits the first wanted one that any fits; "" when none does.

    A language fits itself, then what it is when its last parts are taken away (RFC 4647, lookup), then another variety
    of the same language: whoever reads pt-BR or zh-Hant reads pt and zh-Hans rather than English.
    """
    by_tag = {_tag(language): language for language in available}
    for language in wanted:
        parts = _tag(language).split("-")
        for count in range(len(parts), 0, -1):
            if found := by_tag.get("-".join(parts[:count])):
                return found
        for tag, known in by_tag.items():
            if parts[0] and tag.split("-")[0] == parts[0]:
                return known
    return ""


def _tag(language: str) -> str:
    return language.strip().lower().replace("_", "-")
