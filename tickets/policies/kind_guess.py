"""A first guess of what a message is about, from word lists that administrators edit; staff correct it in one click."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from tickets.policies.text import fold
from tickets.policies.word_lists import KIND_FAMILY, KIND_PREFIX, THANKS, Hit, WordLists

FALLBACK_KIND: Final = "inquiry"
SAFETY_KIND: Final = "safety"

# The beginning of a mail says what it is about; the rest only costs time.
_READ = 4_000
_LEAST_SCORE = 0.25
# One word alone is worth half; the more a message says of other kinds, the less sure the guess.
_DOUBT = 1.0
# A single word of another language than the message's is as likely a different word spelt alike.
_FOREIGN_WORD = 0.4
# Between kinds that say equally much, the one that hurts more if missed.
_ORDER = ("safety", "loss", "failed_delivery", "clearance", "payment", "return", "warehouse", "delay")

# "not lost" and "no injury" deny; "not refunded" and "not cleared" complain, so only these kinds are read so.
_DENIABLE = frozenset({"safety", "loss"})
_NEGATIONS = frozenset(
    [
        *("not", "no", "never", "isn", "wasn", "aren", "weren", "hasn", "didn", "t", "without"),
        *("nicht", "kein", "keine", "keinen", "keinerlei", "nie", "ohne", "pas", "jamais", "sans", "non"),
        *("sin", "ningun", "ninguna", "nunca", "nao", "nem", "sem"),
    ]
)
_NEGATION_BEFORE = re.compile("(?:没有?|沒有?|并未|未|不是|并非|不会)$")
_NEGATION_AFTER = re.compile("(?:し|れ)?(?:て|では|じゃ)(?:い)?(?:な|ませ|あり?ませ)")
_WORD = re.compile(r"[^\W\d_]+")
_CLAUSE_END = re.compile(r"[.,;:!?\n…，。；！？、]")

_LONGEST_THANKS = 240
_MOST_NAME_WORDS = 3
_QUESTION = re.compile(r"[?？¿؟]|吗|嗎")
_WAVE = re.compile("[👍🙏👌🤝❤♥😊🙂😀😃😄😁🥰😍🎉✅💯👏🤗☺]")
_NOT_SAID = re.compile(r"[\W_]+")
_NAME = re.compile(r"(?:[,，\n]|^)\s*((?:[A-ZÀ-ÖØ-Þ][\w.'’\-]*[ \t]*){1,3})\s*$")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a message seems to be about.

    ``kind`` is a ticket kind, "inquiry" when the words do not say; ``score`` is between 0 (no word) and 1 (many words,
    all of one kind); ``hits`` are the listed words that spoke for the kind, in the order of the message.
    """

    kind: str
    score: float
    hits: tuple[str, ...]


def guess_kind(text: str, *, word_lists: WordLists, language: str = "") -> Guess:
    """Guess the ticket's kind from the words of a message.

    All languages' lists are tried; ``language`` (BCP 47) makes single words of other languages count less. Safety wins
    over whatever else is said.
    """
    folded = fold(text[:_READ])
    weights: defaultdict[str, float] = defaultdict(float)
    words: defaultdict[str, dict[str, None]] = defaultdict(dict)
    spoken = language.split("-", maxsplit=1)[0]
    for hit in word_lists.hits(folded, family=KIND_FAMILY):
        kind = hit.purpose[len(KIND_PREFIX) :]
        if hit.word in words[kind] or (kind in _DENIABLE and _is_denied(folded, hit)):
            continue
        foreign = spoken and hit.parts == 1 and hit.weight <= 1 and hit.language != spoken
        weights[kind] += hit.weight * (_FOREIGN_WORD if foreign else 1.0)
        words[kind][hit.word] = None
    if not weights:
        return Guess(FALLBACK_KIND, 0.0, ())
    best = max(weights, key=lambda kind: (weights[kind], -_rank(kind)))
    if weights.get(SAFETY_KIND, 0.0) >= 1:
        best = SAFETY_KIND
    score = weights[best] / (sum(weights.values()) + _DOUBT)
    if score < _LEAST_SCORE and best != SAFETY_KIND:
        return Guess(FALLBACK_KIND, round(score, 3), tuple(words[best]))
    return Guess(best, round(score, 3), tuple(words[best]))


def word_hits(text: str, *, word_lists: WordLists, purpose: str) -> tuple[str, ...]:
    """The listed words of one purpose ("anger", …) in a text, each once, in the order of the text."""
    folded = fold(text[:_READ])
    hits = word_lists.hits(folded, family=purpose)
    return tuple(dict.fromkeys(hit.word for hit in hits))


def is_thanks(text: str, word_lists: WordLists) -> bool:
    """Whether a short message holds nothing but thanks, greetings and a sign-off, so that it reopens no ticket.

    A question, a word that is none of these, or a word that speaks of a kind makes it more than thanks. A name may
    follow the last comma or stand in the last line.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST_THANKS or _QUESTION.search(text):
        return False
    if _only_thanks(text, word_lists):
        return True
    signed = _NAME.search(text)
    return bool(
        signed
        and signed.start(1) > 0
        and len(signed.group(1).split()) <= _MOST_NAME_WORDS
        and not word_lists.hits(fold(signed.group(1)), family=KIND_FAMILY)
        and _only_thanks(text[: signed.start(1)], word_lists)
    )


def _only_thanks(text: str, word_lists: WordLists) -> bool:
    folded = fold(text)
    said = list(folded)
    hits = word_lists.hits(folded, family=THANKS)
    for hit in hits:
        said[hit.start : hit.end] = " " * (hit.end - hit.start)
    return bool(hits or _WAVE.search(text)) and not _NOT_SAID.sub("", "".join(said))


def _is_denied(folded: str, hit: Hit) -> bool:
    """Whether a word (not a phrase, which says itself what it denies) stands right behind or before a negation."""
    if hit.parts > 1:
        return False
    if not folded[hit.start].isascii():
        after = folded[hit.end : hit.end + 8]
        return bool(_NEGATION_BEFORE.search(folded, max(0, hit.start - 3), hit.start) or _NEGATION_AFTER.match(after))
    clause = _CLAUSE_END.split(folded[max(0, hit.start - 24) : hit.start])[-1]
    return not _NEGATIONS.isdisjoint(_WORD.findall(clause)[-2:])


def _rank(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
