"""Whether a text names a date, in the forms people write in English, Chinese, Spanish, German, French, Portuguese and
Japanese: 27 Nov, November 27th, 27.11., 27/11/2026, 2026-11-27, 11月27日, 27 de noviembre, 25–27 Nov, 25. bis 27.11.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

_MONTHS = (
    "january jan januar jänner jaenner janvier janv enero ene janeiro",
    "february feb februar février fevrier févr fevr febrero fevereiro fev",
    "march mar märz maerz mrz mars marzo março marco",
    "april apr avril avr abril abr",
    "may mai mayo maio",
    "june jun juni juin junio junho",
    "july jul juli juillet juil julio julho",
    "august aug août aout agosto ago",
    "september sep sept septembre septiembre setiembre setembro set",
    "october oct oktober okt octobre octubre outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre decembre déc diciembre dic dezembro",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}

_NAMES = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_TH = r"(?:\s?(?:st|nd|rd|th|er|º|ª|\.))?"
_TO = (
    r"\s*(?:-|–|—|~|〜|/|to|and|or|until|through|till|bis|und|oder|y|o|e|ou|a|al|au|et|à|até|ao|hasta el|hasta)"
    r"\s*(?:the\s|el\s|le\s|den\s|zum\s)?"
)
_YEAR = r"(?:\d{4})"

_DAY_MONTH = re.compile(
    rf"(?<![\d./])(?P<d1>{_DAY}){_TH}(?:{_TO}(?P<d2>{_DAY}){_TH})?\s*(?:of\s|de\s|do\s|d['’])?\s*(?P<m>{_NAMES})\b\.?"
    rf"(?:,?\s*(?:de\s|del\s)?(?P<y>{_YEAR})\b)?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"\b(?P<m>{_NAMES})\.?\s+(?:the\s)?(?P<d1>{_DAY})(?:st|nd|rd|th)?(?!\d|:)(?:{_TO}(?P<d2>{_DAY})(?:st|nd|rd|th)?(?!\d|:))?"
    rf"(?:\s*,?\s*(?P<y>{_YEAR})\b)?",
    re.IGNORECASE,
)
_CJK = re.compile(
    r"(?:(?P<y>\d{4})\s*年\s*)?(?<!\d)(?P<m>1[0-2]|0?[1-9])\s*月\s*(?P<d1>" + _DAY + r")(?!\d)\s*[日号號]?"
    r"(?:\s*(?:-|–|—|~|〜|～|至|到|から|或|、|和)\s*(?P<d2>" + _DAY + r")(?!\d)\s*[日号號]?(?!\s*月))?"
)
_YEAR_FIRST = re.compile(
    rf"(?<!\d)(?P<y>{_YEAR})\s?(?P<sep>[-/.])\s?(?P<m>1[0-2]|0?[1-9])\s?(?P=sep)\s?(?P<d1>{_DAY})(?!\d)"
)
_DOTTED = re.compile(
    rf"(?<![\d.])(?P<d1>{_DAY})\.?(?:{_TO}(?P<d2>{_DAY})\.?)?(?<=\.)\s?(?P<m>1[0-2]|0?[1-9])(?:\.\s?(?P<y>\d{{4}}|\d{{2}})?(?!\d)|(?![\d:]))",
    re.IGNORECASE,
)
_SLASHED = re.compile(
    rf"(?<![\d/-])(?P<a>{_DAY})(?P<sep>[/-])(?P<b>{_DAY})(?:(?P=sep)(?P<y>\d{{4}}|\d{{2}}))?(?![\d/]|-\d)"
)


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A date as written: the year is 0 when the text leaves it out."""

    month: int
    day: int
    year: int = 0

    def means(self, wanted: date) -> bool:
        return (self.month, self.day) == (wanted.month, wanted.day) and self.year in (0, wanted.year)


def named_dates(text: str) -> frozenset[NamedDate]:
    """Every date a text names. Where day and month can be told apart only by habit (3/4), both readings are given."""
    return frozenset(_found(unicodedata.normalize("NFKC", text)))


def names_dates(text: str, first: date, last: date | None = None) -> bool:
    """Whether a text names a date, or of a range both its ends."""
    found = named_dates(text)
    return all(any(named.means(wanted) for named in found) for wanted in {first, last or first})


def _found(text: str) -> Iterator[NamedDate]:
    for pattern in (_DAY_MONTH, _MONTH_DAY, _CJK, _YEAR_FIRST, _DOTTED):
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = _month(parts["m"])
            for day in (parts["d1"], parts.get("d2")):
                if day:
                    yield NamedDate(month, int(day), _year(parts["y"]))
    for match in _SLASHED.finditer(text):
        first, second, year = int(match["a"]), int(match["b"]), _year(match["y"])
        if match["sep"] == "-" and not year:
            continue  # 11-27 alone is as often a range of days, and read with its month by the patterns above
        for month, day in {(first, second), (second, first)}:
            if month <= 12:
                yield NamedDate(month, day, year)


@cache
def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTH_OF[text.lower()]


def _year(text: str | None) -> int:
    if not text:
        return 0
    return int(text) if len(text) == 4 else 2000 + int(text)
