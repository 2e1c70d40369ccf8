"""How pages say things: spans of time, local times, languages, countries."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def span(seconds: float) -> str:
    """A length of time in two parts at most: 11 min, 2 h 43, 3 days."""
    seconds = max(seconds, 0)
    if seconds < _HOUR:
        return _("%(minutes)d min") % {"minutes": seconds // _MINUTE}
    if seconds < _DAY:
        hours, rest = divmod(int(seconds), _HOUR)
        minutes = rest // _MINUTE
        if hours < 10 and minutes:
            return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": minutes}
        return _("%(hours)d h") % {"hours": hours}
    days = int(seconds // _DAY)
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def age(then: datetime | None, now: datetime) -> str:
    """How long ago something was; beyond two weeks its day."""
    if then is None:
        return ""
    seconds = (now - then).total_seconds()
    if seconds < _MINUTE:
        return _("just now")
    if seconds > 14 * _DAY:
        return day(timezone.localdate(then))
    return _("%(span)s ago") % {"span": span(seconds)}


def day(value: date) -> str:
    """A day without its year when that is the current one."""
    if value.year == timezone.localdate().year:
        return formats.date_format(value, "n月j日" if _is_chinese() else "j M")
    return formats.date_format(value, "Y年n月j日" if _is_chinese() else "j M Y")


def moment(value: datetime, zone: zoneinfo.ZoneInfo | None = None) -> str:
    """A point in time in a zone (the reader's own when none is given): 21 Nov 13:05."""
    local = timezone.localtime(value, zone) if zone else timezone.localtime(value)
    return f"{day(local.date())} {local:%H:%M}"


def clock_time(now: datetime, zone: zoneinfo.ZoneInfo) -> str:
    """The hour somewhere: 09:17."""
    return f"{now.astimezone(zone):%H:%M}"


def both_times(value: datetime, zone: zoneinfo.ZoneInfo | None) -> str:
    """A point in time for the reader and, where it differs, for the other: 21 Nov 13:05 (06:05 there)."""
    here = timezone.localtime(value)
    text = f"{day(here.date())} {here:%H:%M}"
    if zone is None:
        return text
    there = value.astimezone(zone)
    if there.utcoffset() == here.utcoffset():
        return text
    other = f"{there:%H:%M}" if there.date() == here.date() else f"{day(there.date())} {there:%H:%M}"
    return _("%(here)s (%(there)s there)") % {"here": text, "there": other}


def offset_time(value: datetime, offset_minutes: int | None) -> str:
    """A scan's time as the place's clock showed it, with its offset; without a known offset, UTC and said so."""
    if offset_minutes is None:
        return f"{day(value.date())} {value:%H:%M} UTC"
    local = value + timedelta(minutes=offset_minutes)
    sign = "+" if offset_minutes >= 0 else "−"
    hours, minutes = divmod(abs(offset_minutes), 60)
    offset = f"{sign}{hours}" + (f":{minutes:02d}" if minutes else "")
    return f"{day(local.date())} {local:%H:%M} ({offset})"


@lru_cache(maxsize=512)
def _language(code: str, reader: str) -> str:
    try:
        name = Locale.parse(code, sep="-").get_display_name(reader)
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:] if name else code


def language(code: str) -> str:
    """A language's name in the reader's language; the code itself when unknown."""
    return _language(code, _reader()) if code else ""


@lru_cache(maxsize=1024)
def _country(code: str, reader: str) -> str:
    return str(Locale.parse(reader).territories.get(code, code))


def country(code: str) -> str:
    """A country's name in the reader's language; the code itself when unknown."""
    return _country(code, _reader()) if code else ""


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency's code and as many decimals as the currency has (ISO 4217): 37.60 EUR, 1,200 JPY."""
    return format_currency(amount, currency, format="#,##0.00\xa0¤¤", locale=_reader())


def _is_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def _reader() -> str:
    return "zh_Hans" if _is_chinese() else "en"
