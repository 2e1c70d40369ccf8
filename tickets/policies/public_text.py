"""What must not stand in a text that everybody can read: who somebody is, where they live, what was paid. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from logistics.policies.tracking_number import scan
from tickets.policies.personal_data import contains_personal_data


class Private(StrEnum):
    """What was found."""

    NUMBER = "number"
    AMOUNT = "amount"
    EMAIL = "email"
    PHONE = "phone"
    PARCEL = "parcel"
    NAME = "name"


_DIGITS = r"\d[\d.,'\u00a0 ]*"
_CODES = (
    "EUR|USD|GBP|CNY|RMB|JPY|KRW|BRL|MXN|CHF|PLN|CZK|HUF|SEK|NOK|DKK|RON|BGN|TRY|RUB|UAH|INR|THB|VND|IDR|MYR|SGD|PHP"
    "|AUD|NZD|CAD|HKD|TWD|ZAR|AED|SAR|ILS|ARS|CLP|COP|PEN"
)
_AMOUNT = re.compile(
    rf"(?:[€$£¥₩₹₽฿₫₺]|\b(?:{_CODES})\b)\s*{_DIGITS}"
    rf"|{_DIGITS}\s*(?:[€$£¥₩₹₽฿₫₺元円원]|(?:{_CODES})\b|euros?\b|dollars?\b|pounds?\b|yuan\b|reais\b|d[oó]lares\b)",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_PHONE = re.compile(r"(?<![\w-])(?:\+|00)\d(?:[ ()/.-]?\d){7,14}(?!\d)|(?<![\w-])0\d(?:[ ()/.-]?\d){7,12}(?!\d)")
_SHORTEST_NAME = 2


def private_in(text: str, *, names: Iterable[str] = (), parcels: Iterable[str] = ()) -> set[Private]:
    """What of a text is nobody else's business; empty when it may stand in public.

    ``names`` are people's, whole: each of their words of some length counts; ``parcels`` are numbers by which anybody
    could follow a parcel, whatever other tracking numbers look like.
    """
    found = set()
    if contains_personal_data(text):
        found.add(Private.NUMBER)
    if _AMOUNT.search(text):
        found.add(Private.AMOUNT)
    if _EMAIL.search(text):
        found.add(Private.EMAIL)
    if _PHONE.search(text):
        found.add(Private.PHONE)
    folded = text.casefold()
    if any(one.casefold() in folded for one in parcels if one) or any(scan(text, digits_alone=False)):
        found.add(Private.PARCEL)
    if any(_holds(folded, name) for name in names):
        found.add(Private.NAME)
    return found


def _holds(folded: str, name: str) -> bool:
    """Whether a name stands in a text: the whole of it, or its last word where words are written apart."""
    words = [word for word in name.casefold().split() if len(word) >= _SHORTEST_NAME]
    if not words:
        return False
    if not name.isascii() and len(words) == 1:
        return words[0] in folded
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", folded) for one in {" ".join(words), words[-1]})
