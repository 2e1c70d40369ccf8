"""Word lists compiled for reading messages: what words of which purpose stand in a text, in one pass.

The cost follows the length of the text, not of the lists: words are looked up by their first token, stems by their
prefixes, Chinese and Japanese by their first two characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from tickets.policies.text import fold

KIND_PREFIX: Final = "kind:"
KIND_FAMILY: Final = "kind"
ANGER: Final = "anger"
THANKS: Final = "thanks"

_CJK = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3"
_HAS_CJK = re.compile(f"[{_CJK}]")
_TOKEN = re.compile(rf"[^\W_{_CJK}]+")
_STEM = "*"
_SHORTEST_STEM, _MOST_PARTS = 2, 12
_MEMO, _LONGEST_MEMO = 20_000, 40
# A phrase says more than its words do; Chinese and Japanese are weighed by their length.
_PHRASE_WEIGHT = {1: 1.0, 2: 2.0}
_LONG_PHRASE_WEIGHT = 2.5
_CHARACTERS_WEIGHT = {1: 0.5, 2: 1.0, 3: 1.6}
_LONG_CHARACTERS_WEIGHT = 2.2


class WordListRow(Protocol):
    """One list as it is stored: words of a language for a purpose, ``*`` at a word's end marking a stem."""

    @property
    def purpose(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def words(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class WordList:
    """A list that is not a database row: ``kind:<kind>``, ``anger`` or ``thanks``; language ``en``, ``zh`` ….

    A word may be a phrase. Words with Chinese, Japanese or Korean characters match anywhere in the text.
    """

    purpose: str
    language: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    purpose: str
    language: str
    word: str
    weight: float
    parts: tuple[str, ...]
    stems: tuple[bool, ...]


class Hit(NamedTuple):
    """A listed word in a text: ``start`` and ``end`` are places in the folded text, ``parts`` how many words it has."""

    purpose: str
    language: str
    word: str
    weight: float
    parts: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class WordLists:
    """All lists of one version, compiled: build it once with ``compile`` and keep it, see ``word_lists_of_version``."""

    _families: dict[str, _Index]

    @classmethod
    def compile(cls, rows: Iterable[WordListRow]) -> WordLists:
        """Compile the rows, leaving out words without letter or digit, of over 12 words, and stems of one letter.

        Costs some 15 ms for the shipped lists.
        """
        families: dict[str, list[_Entry]] = {}
        for row in rows:
            entries = families.setdefault(_family(row.purpose), [])
            entries += filter(None, (_entry(row.purpose, row.language, word) for word in row.words))
        return cls({family: _Index.of(entries) for family, entries in families.items()})

    def hits(self, folded: str, *, family: str) -> list[Hit]:
        """The listed words of a family (``kind`` for all kinds, else one purpose) in a folded text, ordered by place.

        Where words overlap the longer counts: "refund not received" is no "refund".
        """
        index = self._families.get(family)
        if index is None:
            return []
        found = index.token_hits(folded)
        if _HAS_CJK.search(folded):
            found += index.character_hits(folded)
        found.sort(key=_by_place)
        kept: list[Hit] = []
        reach, begin = 0, -1
        for hit in found:
            # Equal spans of two purposes both count; what lies inside a longer one does not.
            if hit.end > reach or (hit.start, hit.end) == (begin, reach):
                kept.append(hit)
                begin, reach = hit.start, hit.end
        return kept


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """The entries of a family by how they begin."""

    exact: dict[str, tuple[_Entry, ...]]
    stems: dict[str, tuple[_Entry, ...]]
    stem_lengths: tuple[int, ...]
    characters: dict[str, tuple[_Entry, ...]]
    likely: re.Pattern[str]
    memo: dict[str, tuple[_Entry, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[_Entry]) -> _Index:
        exact: dict[str, list[_Entry]] = {}
        stems: dict[str, list[_Entry]] = {}
        characters: dict[str, list[_Entry]] = {}
        for entry in entries:
            if not entry.stems:
                characters.setdefault(entry.parts[0][:2], []).append(entry)
            elif entry.stems[0]:
                stems.setdefault(entry.parts[0], []).append(entry)
            else:
                exact.setdefault(entry.parts[0], []).append(entry)
        lengths = tuple(sorted({len(stem) for stem in stems}))
        return cls(_frozen(exact), _frozen(stems), lengths, _frozen(characters), _likely(characters))

    def token_hits(self, folded: str) -> list[Hit]:
        tokens: list[str] = _TOKEN.findall(folded)
        memo, last = self.memo, len(tokens)
        matched: list[tuple[int, _Entry]] = []
        for place, token in enumerate(tokens):
            known = memo.get(token)
            if known is None:
                known = self._starting(token)
            for entry in known:
                count = len(entry.parts)
                if place + count <= last and (count == 1 or _continues(entry, tokens, place)):
                    matched.append((place, entry))
        if not matched:
            return []
        starts: list[int] = []
        end = 0
        for token in tokens[: matched[-1][0] + _MOST_PARTS]:
            start = folded.find(token, end)  # what lies between two tokens holds no letter of a token
            starts.append(start)
            end = start + len(token)
        return [_hit(entry, starts[place], _end(entry, tokens, starts, place)) for place, entry in matched]

    def _starting(self, token: str) -> tuple[_Entry, ...]:
        known = self.exact.get(token, ())
        for length in self.stem_lengths:
            if length > len(token):
                break
            known += self.stems.get(token[:length], ())
        if len(self.memo) >= _MEMO:
            self.memo.clear()
        if len(token) <= _LONGEST_MEMO:
            self.memo[token] = known
        return known

    def character_hits(self, folded: str) -> list[Hit]:
        return [
            _hit(entry, place, place + len(entry.parts[0]))
            for place in (match.start() for match in self.likely.finditer(folded))
            for first in (folded[place : place + 2], folded[place])
            for entry in self.characters.get(first, ())
            if folded.startswith(entry.parts[0], place)
        ]


def word_lists_of_version(version: Hashable, load: Callable[[], Iterable[WordListRow]]) -> WordLists:
    """The compiled lists of a version, compiled once a process; ``load`` is called only when the version is new.

    Only the newest version asked for is kept.
    """
    known = _VERSIONS.get(version)
    if known is None:
        known = WordLists.compile(load())
        _VERSIONS.clear()
        _VERSIONS[version] = known
    return known


_VERSIONS: dict[Hashable, WordLists] = {}


def _family(purpose: str) -> str:
    return KIND_FAMILY if purpose.startswith(KIND_PREFIX) else purpose


def _entry(purpose: str, language: str, word: str) -> _Entry | None:
    folded = fold(word.strip())
    if _HAS_CJK.search(folded):
        text = folded.strip(_STEM + " ")
        weight = _CHARACTERS_WEIGHT.get(len(text), _LONG_CHARACTERS_WEIGHT)
        return _Entry(purpose, language, word.strip(_STEM + " "), weight, (text,), ())
    parts: list[str] = []
    stems: list[bool] = []
    for match in _TOKEN.finditer(folded):
        stem = folded[match.end() : match.end() + 1] == _STEM
        if stem and len(match.group()) < _SHORTEST_STEM:
            return None
        parts.append(match.group())
        stems.append(stem)
    if not 1 <= len(parts) <= _MOST_PARTS:
        return None
    weight = _PHRASE_WEIGHT.get(len(parts), _LONG_PHRASE_WEIGHT)
    return _Entry(purpose, language, word.replace(_STEM, "").strip(), weight, tuple(parts), tuple(stems))


def _likely(beginnings: Collection[str]) -> re.Pattern[str]:
    """Where a word without blanks may begin, by its first two characters; tells most places apart at once."""
    pairs = [beginning for beginning in beginnings if len(beginning) == 2]
    first, second = ("".join(sorted({pair[place] for pair in pairs})) for place in (0, 1))
    ways = [f"[{re.escape(first)}](?=[{re.escape(second)}])"] if first else []
    if alone := "".join(sorted(set(beginnings) - set(pairs))):
        ways.append(f"[{re.escape(alone)}]")
    return re.compile("|".join(ways) or r"(?!)")


def _continues(entry: _Entry, tokens: list[str], place: int) -> bool:
    """Whether the words after the first are the ones the phrase goes on with."""
    for offset in range(1, len(entry.parts)):
        token, part = tokens[place + offset], entry.parts[offset]
        if not (token.startswith(part) if entry.stems[offset] else token == part):
            return False
    return True


def _end(entry: _Entry, tokens: list[str], starts: list[int], place: int) -> int:
    last = place + len(entry.parts) - 1
    return starts[last] + len(tokens[last])


def _hit(entry: _Entry, start: int, end: int) -> Hit:
    return Hit(entry.purpose, entry.language, entry.word, entry.weight, len(entry.parts), start, end)


def _by_place(hit: Hit) -> tuple[int, int]:
    return hit.start, -hit.end


def _frozen(entries: dict[str, list[_Entry]]) -> dict[str, tuple[_Entry, ...]]:
    return {key: tuple(known) for key, known in entries.items()}
