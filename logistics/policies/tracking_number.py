"""Tracking numbers in what people write.

A number with letters counts wherever it stands; a row of digits counts only near a word such as "tracking" or "运单",
or when the message holds nothing else, because order and phone numbers look the same. A number whose format has a
check digit and fails it is not a finding.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from logistics.policies.characters import SAME_PLACE_FOLD
from logistics.policies.tracking_formats import (
    CARRIER_WORDS,
    LONGEST,
    SHORTEST,
    Format,
    match_lettered,
    match_numeric,
)

MOST_NUMBERS = 200
_MOST_PIECES = 9
_BEFORE, _AFTER = 60, 30
_LONGEST_SEARCH = 64


@dataclass(frozen=True, slots=True)
class Found:
    """A tracking number: upper case without separators, its format's code, whether a check digit vouches for it.

    ``start`` and ``end`` are where it stands in the text it was found in.
    """

    number: str
    format: str
    checked: bool
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


# Groups a number may be written in: with a digit, short letters before a digit, short letters after one.
_TOKEN = re.compile(
    r"(?<![a-z0-9])(?:[a-z]*+[0-9][a-z0-9]*|[a-z]{1,7}(?=[ \-][0-9])|(?<=[0-9][ \-])[a-z]{1,4}(?![a-z0-9]))"
)
_AMOUNT_BEFORE = re.compile(r"(?:\d[.,:/]|[+$€£¥₩₹#@&]|\+ ?\(?)$")
_AMOUNT_AFTER = re.compile(r"[.,:/]\d|[%€£¥]|@")
_DATE = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])")

_TRACKING_WORDS = (
    r"track|way\s?bill|parcel|package|shipment|consignment|delivery n|"
    r"运单|運單|[单單][号號]|快[递遞]|物流|查件|包裹|面[单單]|"
    r"sendung|paket|frachtbrief|env[ií]o|gu[ií]a|seguimiento|rastre|localizador|paquete|"
    r"suivi|colis|encomenda|objeto|remessa|追跡|伝票|荷物|配送番号|운송장|송장|택배|"
    r"отслеж|трек|накладн|посылк|spedizion|tracciamento|pacco|zending|pakket|przesył|paczk|"
    r"vận đơn|bưu kiện|\bresi\b|พัสดุ|تتبع|شحنة|kargo|takip|gönderi"
)
_OTHER_WORDS = (
    r"\border|[订訂][单單][号號]?|bestell|pedido|commande|ordine\b|注文|주문|заказ|zamówien|invoice|factura|rechnung|facture|fatura|发票|"
    r"phone|\btel\b|telef|t[ée]l[ée]ph|mobile|\bcell|whatsapp|\bcall|\bfax|电话|電話|手机|手機|微信|携帯|전화|телефон|"
    r"post(?:al )?code|\bzip\b|邮编|\bplz\b|\bvat\b|\btax|\biban\b|account|\bkonto|customer n|kundenn|\beori\b|"
    r"passport|护照|身份证|\bcpf\b|\bcurp\b|\bssn\b|\bbsn\b|\bcard\b|kartennummer|tarjeta|\bhs\b"
)
_CONTEXT = re.compile(
    f"(?P<other>{_OTHER_WORDS})|(?P<tracking>{_TRACKING_WORDS})|"
    + "|".join(
        f"(?P<{'c_' + carrier}>{words})"
        for carrier, words in sorted(CARRIER_WORDS.items(), key=lambda item: item[0] != "air")
    )
)


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows of digits with single blanks or dashes between them."""

    pieces: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        return self.pieces[-1][1]


def find_tracking_numbers(text: str) -> tuple[Found, ...]:
    """The tracking numbers in a text, in order of appearance, each once, at most MOST_NUMBERS."""
    found: dict[str, Found] = {}
    for one in scan(text):
        found.setdefault(one.number, one)
        if len(found) == MOST_NUMBERS:
            break
    return tuple(found.values())


def scan(text: str, *, digits_alone: bool = True) -> list[Found]:
    """Every occurrence of a tracking number in a text, with its place, in order of appearance; linear in the text.

    ``digits_alone`` lets rows of digits count that are the whole of the message.
    """
    folded = text.translate(SAME_PLACE_FOLD).lower()
    lettered, runs = _walk(folded)
    alone = digits_alone and not lettered and not any(map(str.isalpha, folded))
    numeric = list(_numeric(folded, runs, alone=alone)) if runs else []
    return sorted(lettered + numeric, key=lambda one: one.start)


def is_valid(number: str) -> bool:
    """Whether the whole of ``number`` has a tracking number's format, with a right check digit where there is one."""
    plain = _plain(number)
    if not SHORTEST <= len(plain) <= LONGEST or not plain.isascii():
        return False
    return (match_numeric(plain) if plain.isdigit() else match_lettered(plain)) is not None


def normalise_tracking_number(text: str) -> str:
    """What somebody typed or pasted into a search box as a tracking number is stored: upper case, no separators.

    A pasted link or sentence gives the first number found in it; anything else is returned without its separators,
    cut to 64 characters, and is empty when it holds neither letter nor digit.
    """
    text = text[:4096]
    if not is_valid(text) and (found := find_tracking_numbers(text)):
        return found[0].number
    return _plain(text)[:_LONGEST_SEARCH]


def _plain(text: str) -> str:
    return "".join(letter for letter in text.translate(SAME_PLACE_FOLD).upper() if letter.isalnum())


def _walk(folded: str) -> tuple[list[Found], list[_Run]]:
    """The lettered numbers, and the runs of digits that are in none of them."""
    tokens = [match.span() for match in _TOKEN.finditer(folded)]
    lettered: list[Found] = []
    runs: list[_Run] = []
    place = 0
    while place < len(tokens):
        hit = _lettered_at(folded, tokens, place)
        if hit:
            one, used = hit
            lettered.append(one)
            place += used
            continue
        start, end = tokens[place]
        if folded[start:end].isdigit():
            run = [tokens[place]]
            while (
                place + 1 < len(tokens)
                and _joins(folded, tokens[place][1], tokens[place + 1][0])
                and folded[slice(*tokens[place + 1])].isdigit()
            ):
                place += 1
                run.append(tokens[place])
            runs.append(_Run(tuple(run)))
        place += 1
    return lettered, runs


def _joins(folded: str, end: int, start: int) -> bool:
    return start - end == 1 and folded[end] in " -"


def _lettered_at(folded: str, tokens: list[tuple[int, int]], place: int) -> tuple[Found, int] | None:
    """The lettered number that begins with this token and how many tokens it takes."""
    start, end = tokens[place]
    joined = folded[start:end]
    if len(joined) > LONGEST:
        return None
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    has_digit = not joined.isalpha()
    if not joined.isdigit() and has_digit and len(joined) >= SHORTEST:
        format_ = match_lettered(joined.upper())
        if format_:
            return _found(joined, format_, start, end), 1
    # A number written in groups begins with a short group; a word before a number is no group of it.
    if (
        following is None
        or len(joined) > 12
        or not (has_digit or (len(joined) <= 7 and folded[following[0]].isdigit()))
    ):
        return None
    lettered = not joined.isdigit()
    for used in range(1, min(_MOST_PIECES, len(tokens) - place)):
        next_start, next_end = tokens[place + used]
        if not _joins(folded, end, next_start):
            return None
        piece = folded[next_start:next_end]
        lettered = lettered or not piece.isdigit()
        joined += piece
        end = next_end
        if len(joined) > LONGEST:
            return None
        if len(joined) < SHORTEST or not lettered:
            continue
        format_ = match_lettered(joined.upper())
        if format_:
            return _found(joined, format_, start, end), used + 1
    return None


def _numeric(folded: str, runs: list[_Run], *, alone: bool) -> Iterator[Found]:
    likely = [run for run in runs if _looks_like_number(folded, run)]
    context = _Context(folded, likely)
    for run in likely:
        near, named = (True, frozenset[str]()) if alone else context.around(run)
        if not near:
            continue
        yield from _numbers_in(folded, run, named)


def _looks_like_number(folded: str, run: _Run) -> bool:
    if sum(end - start for start, end in run.pieces) < 10 or (
        _AMOUNT_BEFORE.search(folded, max(0, run.start - 3), run.start) or _AMOUNT_AFTER.match(folded, run.end)
    ):
        return False
    return not _DATE.match(folded, run.start)


def _numbers_in(folded: str, run: _Run, named: frozenset[str]) -> Iterator[Found]:
    whole_pieces = [
        (piece, format_)
        for piece in run.pieces
        if piece[1] - piece[0] >= 10 and (format_ := _numeric_format(folded, (piece,), named))
    ]
    if whole_pieces:
        for (start, end), format_ in whole_pieces:
            yield _found(folded[start:end], format_, start, end)
    elif len(run.pieces) > 1 and (format_ := _numeric_format(folded, run.pieces, named)):
        yield _found("".join(folded[start:end] for start, end in run.pieces), format_, run.start, run.end)


def _numeric_format(folded: str, pieces: tuple[tuple[int, int], ...], named: frozenset[str]) -> Format | None:
    if sum(end - start for start, end in pieces) > LONGEST:
        return None
    format_ = match_numeric("".join(folded[start:end] for start, end in pieces), named=named)
    # Eleven digits are a mobile number more often than an air waybill, unless written 3-8 or called one.
    if (
        format_
        and format_.code == "air_waybill"
        and "air" not in named
        and [end - start for start, end in pieces] != [3, 8]
    ):
        return None
    return format_


def _found(joined: str, format_: Format, start: int, end: int) -> Found:
    return Found(joined.upper(), format_.code, format_.check is not None, start, end)


class _Context:
    """The telling words around runs of digits; looks at each place of the text once however many runs there are."""

    def __init__(self, folded: str, runs: list[_Run]) -> None:
        self._words: list[tuple[int, int, str]] = []
        done = 0
        for run in runs:
            begin, until = max(done, run.start - _BEFORE), run.end + _AFTER
            if begin < until:
                self._words += [
                    (match.start(), match.end(), match.lastgroup or "")
                    for match in _CONTEXT.finditer(folded, begin, until)
                ]
                done = until
        self._starts = [start for start, _, _ in self._words]

    def around(self, run: _Run) -> tuple[bool, frozenset[str]]:
        """Whether the nearest telling word speaks of tracking, and which carriers are named near."""
        first = bisect_left(self._starts, run.start - _BEFORE)
        middle = bisect_left(self._starts, run.start)
        last = bisect_left(self._starts, run.end + _AFTER)
        before, after = self._words[first:middle], self._words[middle:last]
        named = frozenset(kind[2:] for _, _, kind in before + after if kind.startswith("c_"))
        nearest = before[-1] if before else (after[0] if after else None)
        return nearest is not None and nearest[2] != "other", named
