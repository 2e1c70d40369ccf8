"""Words for searching: what PostgreSQL's word index holds of a text, and what a search asks it for.

Tokens are letters and digits only, so they pass PostgreSQL's parser and quoting whole. Writing without blanks between
words is indexed by single characters and pairs (Chinese also by words), so that a search finds whatever stands in the
text however it was divided; a Chinese search is first divided into words, so that these need not stand together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from logistics.policies.tracking_number import scan
from tickets.policies.text import fold, safe

MOST_TOKENS: Final = 5_000
MOST_QUERY_TOKENS: Final = 32

_READ = 100_000
_READ_QUERY = 400
_LONGEST_TOKEN = 64
_SHORTEST_PREFIX = 2
_TAILS = (4, 6, 8)  # people read out the end of a number

_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
# Kana, Hangul, Thai, Lao, Burmese, Khmer.
_UNSPACED = f"{_HAN}\u3041-\u30ff\u31f0-\u31ff\uac00-\ud7a3\u0e01-\u0edf\u1000-\u109f\u1780-\u17df"
_ONLY_HAN = re.compile(f"[{_HAN}]+")
# Words, among them references in groups ("CLR-1024", "2026/11/24"), and runs without blanks.
_WORDS = re.compile(rf"([{_UNSPACED}]+)|[^\W_{_UNSPACED}]+(?:[\-/.][^\W_{_UNSPACED}]+)*")
_ASCII_WORDS = re.compile(r"((?!))|[a-z0-9]+(?:[\-/.][a-z0-9]+)*")
_GROUP = re.compile(r"[\-/.]")
_HAS_DIGIT = re.compile("[0-9]")
_DIGITS = {first + value: 0x30 + value for first in (0x0660, 0x06F0, 0x0966) for value in range(10)}


def _jieba() -> Any:
    """The dictionary of Chinese words, loaded by the first text that needs it: it takes a fifth of a second."""
    import rjieba

    return rjieba


def index_text(text: str) -> str:
    """The tokens of a text for ``to_tsvector('simple', …)``, separated by blanks, each once, at most MOST_TOKENS."""
    text = safe(text[:_READ])
    tokens: dict[str, None] = {}
    for token in _index_tokens(text):
        tokens[token[:_LONGEST_TOKEN]] = None
        if len(tokens) == MOST_TOKENS:
            break
    return " ".join(tokens)


def query_text(text: str) -> str:
    """What somebody typed as an expression for ``to_tsquery('simple', …)``: all words, the last one by its beginning.

    "" when nothing in it can be searched for. Safe for any input: tokens hold letters and digits only.
    """
    tokens = query_tokens(text)
    if not tokens:
        return ""
    terms = [f"'{token}'" for token in tokens]
    if _may_go_on(tokens[-1]):
        terms[-1] += ":*"
    return " & ".join(terms)


def query_tokens(text: str) -> tuple[str, ...]:
    """The tokens a text must all hold to be found by ``text``, in its order, at most MOST_QUERY_TOKENS."""
    text = safe(text[:_READ_QUERY])
    tokens: dict[str, None] = {}
    done = 0
    for found in scan(text):
        tokens |= dict.fromkeys(_query_tokens(text[done : found.start]))
        tokens[found.number.lower()] = None
        done = found.end
    tokens |= dict.fromkeys(_query_tokens(text[done:]))
    return tuple(token[:_LONGEST_TOKEN] for token in tokens)[:MOST_QUERY_TOKENS]


def _index_tokens(text: str) -> Iterator[str]:
    numbers = [found.number.lower() for found in scan(text)]
    yield from numbers
    for run, is_unspaced in _runs(text):
        if is_unspaced:
            yield from _unspaced_for_index(run)
            continue
        groups = _GROUP.split(run)
        yield from groups
        if _HAS_DIGIT.search(run):
            joined = "".join(groups)
            yield joined
            numbers.append(joined)
    for number in numbers:
        if len(number) > _TAILS[0] + 2:
            yield from (number[-tail:] for tail in _TAILS if tail < len(number))


def _query_tokens(text: str) -> Iterator[str]:
    for run, is_unspaced in _runs(text):
        if is_unspaced:
            yield from _unspaced_for_query(run)
        elif _HAS_DIGIT.search(run):
            yield _GROUP.sub("", run)
        else:
            yield from _GROUP.split(run)


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """The words of a text, and whether each is a run of writing without blanks."""
    plain = _plain(text)
    for match in (_ASCII_WORDS if plain.isascii() else _WORDS).finditer(plain):
        yield match.group(), match.group(1) is not None


def _plain(text: str) -> str:
    folded = fold(text)
    if folded.isascii():
        return folded
    return "".join(map(_letter, folded.translate(_DIGITS)))


def _letter(one: str) -> str:
    if one.isascii() or one.isalpha() or one.isdecimal():
        return one
    # Vowel signs and tone marks of Thai, Hindi, Arabic: PostgreSQL's parser would break the word there.
    return "" if unicodedata.category(one)[0] == "M" else " "


def _unspaced_for_index(run: str) -> Iterator[str]:
    yield from run
    yield from _pairs(run)
    if _ONLY_HAN.fullmatch(run):
        yield from (word for word in _jieba().cut_for_search(run, True) if len(word) > 2)


def _unspaced_for_query(run: str) -> Iterator[str]:
    words = _jieba().cut(run, True) if _ONLY_HAN.fullmatch(run) else [run]
    for word in words:
        if len(word) == 1:
            yield word
        else:
            yield from _pairs(word)


def _pairs(run: str) -> Iterator[str]:
    return map(str.__add__, run, run[1:])


def _may_go_on(token: str) -> bool:
    return len(token) >= _SHORTEST_PREFIX and not re.match(f"[{_UNSPACED}]", token)
