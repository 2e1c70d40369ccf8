"""Card and identity numbers in messages, masked before anything is stored or sent.

A number is masked when its check digit is right and it looks like what it is; where a format is easily something else
(eleven digits may be a telephone number), only near a word that names it. Tracking numbers, orders, telephone numbers,
VAT and EORI numbers are business data and stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import iban, luhn

from logistics.policies.characters import SAME_PLACE_FOLD
from logistics.policies.tracking_number import scan
from tickets.policies.identity_numbers import IBAN_LENGTHS, IDENTITY_NUMBERS, IdentityNumber
from tickets.policies.text import safe

MASK = "*"
_CARD, _IBAN = "card", "iban"
_KEPT = {_CARD: 4, _IBAN: 4}
_KEPT_OF_IDENTITY = 2
# More findings than this is no letter that names its parcel beside a card, and looking for parcels would only cost.
_MOST_PROTECTED = 200
_PASSES = 4
_CONTEXT_BEFORE, _CONTEXT_AFTER = 48, 16


@dataclass(frozen=True, slots=True)
class Finding:
    """How many numbers of a kind ("card", "iban", "cn_resident_id", …) a text holds."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Masked:
    """A text whose card and identity numbers show only their last characters, and what was found."""

    text: str
    found: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: str


_RUN = re.compile(r"(?<![A-Za-z0-9*+])[0-9](?:[ .\-]?[0-9]){12,}")
_PIECE = re.compile(r"[0-9]+")
_ORDER_BEFORE = re.compile(
    r"(?:order|bestell|pedido|commande|ordine|invoice|factura|rechnung|[订訂][单單]|注文|주문)[^0-9\n]{0,24}$",
    re.IGNORECASE,
)
_CARD_WORD = re.compile(r"card|visa|amex|karte|tarjeta|carte|cart[aã]o|信用卡|银行卡|卡号|カード|카드", re.IGNORECASE)
_IBAN_START = re.compile(r"(?<![A-Za-z0-9*])[A-Za-z]{2}[0-9]{2}(?=[ \-]?[A-Za-z0-9])")
_SEPARATORS = " .-"
# No number we know has fewer digits; most messages end here.
_ENOUGH_DIGITS = re.compile(r"(?:[0-9][^0-9]*+){6}")


def mask(text: str) -> Masked:
    """The text with card and identity numbers masked; masking twice changes nothing more.

    Cards and IBANs keep their last four characters, identity numbers their last two; separators stay.
    """
    text = safe(text)
    counts: Counter[str] = Counter()
    for _ in range(_PASSES):
        spans = _find(text)
        if not spans:
            break
        counts.update(span.kind for span in spans)
        text = _masked(text, spans)
    return Masked(text, _findings(counts))


def contains_personal_data(text: str) -> tuple[Finding, ...]:
    """What ``mask`` would mask in the text, by kind; empty when nothing."""
    return _findings(Counter(span.kind for span in _find(safe(text))))


def _findings(counts: Counter[str]) -> tuple[Finding, ...]:
    return tuple(Finding(kind, count) for kind, count in sorted(counts.items()))


def _masked(text: str, spans: list[_Span]) -> str:
    parts: list[str] = []
    done = 0
    for span in spans:
        parts.append(text[done : span.start])
        number = text[span.start : span.end]
        hidden = sum(map(str.isalnum, number)) - _KEPT.get(span.kind, _KEPT_OF_IDENTITY)
        for character in number:
            if character.isalnum():
                parts.append(MASK if hidden > 0 else character)
                hidden -= 1
            else:
                parts.append(character)
        done = span.end
    parts.append(text[done:])
    return "".join(parts)


def _find(text: str) -> list[_Span]:
    """The numbers to mask, in order, none overlapping another."""
    folded = text.translate(SAME_PLACE_FOLD)
    if not _ENOUGH_DIGITS.search(folded):
        return []
    candidates = [*_ibans(folded), *_identities(folded), *_cards(folded)]
    if not candidates:
        return []
    # A number with letters of its own or a stricter check explains itself better than sixteen digits do.
    candidates.sort(key=lambda span: (span.start, span.kind == _CARD, -span.end))
    if len(candidates) <= _MOST_PROTECTED:
        tracking = [(found.start, found.end) for found in scan(text, digits_alone=False)]
        candidates = [
            span
            for span in candidates
            if span.kind == _IBAN or not any(start < span.end and span.start < end for start, end in tracking)
        ]
    spans: list[_Span] = []
    for span in candidates:
        if not spans or span.start >= spans[-1].end:
            spans.append(span)
    return spans


def _cards(folded: str) -> Iterator[_Span]:
    for run in _RUN.finditer(folded):
        pieces = [match.span() for match in _PIECE.finditer(folded, run.start(), run.end())]
        place = 0
        while place < len(pieces):
            end = _card_from(folded, pieces, place)
            if end is None:
                place += 1
                continue
            yield _Span(pieces[place][0], pieces[end][1], _CARD)
            place = end + 1


def _card_from(folded: str, pieces: list[tuple[int, int]], place: int) -> int | None:
    """The last piece of the card number that begins with this piece."""
    digits = ""
    fitting: list[tuple[int, int]] = []
    spelled = pieces[place][1] - pieces[place][0] <= 2
    if spelled and place:  # digit by digit or in pairs: only as the whole of what is written together
        return None
    for end in range(place, len(pieces)):
        if (pieces[end][1] - pieces[end][0] <= 2) != spelled:
            break
        digits += folded[pieces[end][0] : pieces[end][1]]
        if len(digits) > 19:
            break
        if len(digits) >= 13 and _is_card(digits) and _is_grouped_as_card(folded, pieces[place : end + 1]):
            fitting.append((abs(len(digits) - 16), end))
    return min(fitting)[1] if fitting else None


def _is_grouped_as_card(folded: str, pieces: list[tuple[int, int]]) -> bool:
    lengths = [end - start for start, end in pieces]
    if len(pieces) == 1:
        before = folded[max(0, pieces[0][0] - 40) : pieces[0][0]]
        return not _ORDER_BEFORE.search(before) or bool(_CARD_WORD.search(before))
    return lengths != [3, 7, 7]  # Amazon's order numbers


def _is_card(digits: str) -> bool:
    """Whether issuer range and length (ISO/IEC 7812) and the Luhn digit fit."""
    return _is_issued(digits) and len(set(digits)) > 1 and bool(luhn.is_valid(digits))


def _is_issued(digits: str) -> bool:
    length, two, three, four = len(digits), int(digits[:2]), int(digits[:3]), int(digits[:4])
    if digits[0] == "4":
        return length in (13, 16, 19)  # Visa
    if 51 <= two <= 55 or 2221 <= four <= 2720 or 2200 <= four <= 2204:
        return length == 16  # Mastercard, Mir
    if two in (34, 37):
        return length == 15  # American Express
    if 300 <= three <= 305 or two in (36, 38, 39):
        return length in (14, 16)  # Diners Club
    if 3528 <= four <= 3589 or four == 6011 or 644 <= three <= 649 or two == 65:
        return 16 <= length <= 19  # JCB, Discover
    if two in (62, 81):
        return 16 <= length <= 19  # UnionPay
    if four in (5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763):
        return length >= 13  # Maestro
    return two in (60, 50) and length == 16  # RuPay, Elo


def _ibans(folded: str) -> Iterator[_Span]:
    for match in _IBAN_START.finditer(folded):
        length = IBAN_LENGTHS.get(folded[match.start() : match.start() + 2].upper())
        end = _end_of(folded, match.start(), length) if length else None
        if end is not None and iban.is_valid(folded[match.start() : end].upper()):
            yield _Span(match.start(), end, _IBAN)


def _end_of(folded: str, start: int, length: int) -> int | None:
    """Where the ``length``-th letter or digit from ``start`` ends, separators of one character between them at most."""
    seen, place, blank = 0, start, False
    while place < len(folded):
        character = folded[place]
        place += 1
        if character.isascii() and character.isalnum():
            seen, blank = seen + 1, False
            if seen == length:
                following = folded[place : place + 1]
                return None if following.isascii() and following.isalnum() else place
        elif blank or character not in _SEPARATORS:
            return None
        else:
            blank = True
    return None


def _identities(folded: str) -> Iterator[_Span]:
    for kind in IDENTITY_NUMBERS:
        for match in kind.shape.finditer(folded):
            if _is_identity(kind, match.group()) and _is_named(kind, folded, match):
                yield _Span(match.start(), match.end(), kind.code)


def _is_identity(kind: IdentityNumber, written: str) -> bool:
    return kind.check("".join(filter(str.isalnum, written)).upper())


def _is_named(kind: IdentityNumber, folded: str, match: re.Match[str]) -> bool:
    if kind.words is None:
        return True
    begin, end = max(0, match.start() - _CONTEXT_BEFORE), match.end() + _CONTEXT_AFTER
    return bool(kind.words.search(folded, begin, match.start()) or kind.words.search(folded, match.end(), end))
