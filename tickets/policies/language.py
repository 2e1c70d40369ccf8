"""Which language a message is written in.

The script decides where it can (kana, Hangul, Thai, …). Latin text is judged by py3langid restricted to our languages,
helped by each language's own common words, since a few words give the model too little to go by. What stays unclear
is the hint, or unknown; a wrong language is worse than none, because answers follow it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final

from tickets.policies.language_words import COMMON_WORDS
from tickets.policies.text import safe

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LATIN: Final = ("en", "es", "de", "fr", "pt", "it", "nl", "pl", "vi", "id", "tr")
LANGUAGES: Final = (*LATIN, "zh-Hans", "zh-Hant", "ja", "ko", "ru", "uk", "th", "ar", "he", "el", "hi")

# Enough to tell a language by; the rest of a long mail only costs time.
_READ = 1_000
_LEAST_SHARE = 0.55
_WORD_WEIGHT = 1.3
_HINT_WEIGHT = 1.2
_MOST_WORD_HITS = 4

_NOISE = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+\.\S+|[@#]\w+|"
    r"\b(?=\w*\d)\w[\w\-/]*|"  # every word with a digit: tracking numbers, references, dates, amounts
    r"[_\d]+"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SCRIPTS = re.compile(
    "(?P<latin>[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+)|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+)|"
    "(?P<kana>[\u3041-\u30fa\u30fc-\u30ff\uff66-\uff9d]+)|(?P<hangul>[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]+)|"
    "(?P<cyrillic>[\u0400-\u052f]+)|(?P<thai>[\u0e01-\u0e5b]+)|(?P<arabic>[\u0600-\u06ff\u0750-\u077f]+)|"
    "(?P<hebrew>[\u05d0-\u05ea]+)|(?P<greek>[\u0370-\u03ff]+)|(?P<devanagari>[\u0900-\u097f]+)"
)
# How many letters of a script say about as much as one letter of an alphabet's word of five.
_LETTERS_A_WORD = {"latin": 5.0, "han": 1.6, "kana": 2.5, "hangul": 2.2}
_BY_SCRIPT = {"hangul": "ko", "thai": "th", "arabic": "ar", "hebrew": "he", "greek": "el", "devanagari": "hi"}
# Letters only Ukrainian has; its common words that Russian has not, for short messages without such a letter.
_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]|\b(?:дякую|але|ще|що|де|чому|немає|будь|прийшла|прийшов|чекаю|замовлення)\b")
_RUSSIAN = re.compile("[ыэъёЫЭЪЁ]")
# Words of Han characters alone that Japanese writes and Chinese does not.
_JAPANESE_WORDS = re.compile(
    "追跡|荷物|配達|配送状況|番号|未着|届|返品希望|返金希望|御中|拝啓|至急|注文|確認|連絡先|状況"
)


def detect_language(text: str, *, hint: str = "") -> str:
    """The BCP 47 tag of the text's language (``zh-Hans``, ``pt``, …), ``hint`` reduced to ours, or "" when unknown.

    ``hint`` is what the channel or the customer's record says, any BCP 47 or POSIX form ("pt-BR", "zh_TW").
    """
    hinted = supported_language(hint)
    cleaned = _NOISE.sub(" ", safe(text[:_READ]))
    letters: Counter[str] = Counter()
    for match in _SCRIPTS.finditer(cleaned):
        letters[match.lastgroup or ""] += match.end() - match.start()
    if not letters:
        return hinted
    weight = {script: count / _LETTERS_A_WORD.get(script, 5.0) for script, count in letters.items()}
    weight["han"] = weight.get("han", 0.0) + weight.pop("kana", 0.0)
    script = max(weight, key=lambda name: weight[name])
    if script == "latin":
        return _latin(cleaned, hinted)
    if script == "han":
        return _han(cleaned, letters, hinted)
    if script == "cyrillic":
        ukrainian = _UKRAINIAN.search(cleaned.lower()) or hinted == "uk"
        return "uk" if ukrainian and not _RUSSIAN.search(cleaned) else "ru"
    return _BY_SCRIPT[script]


def supported_language(tag: str) -> str:
    """One of LANGUAGES for a BCP 47 or POSIX tag, "" when it is none of ours."""
    parts = [part for part in re.split(r"[-_.@]", tag.strip().lower()[:35]) if part]
    if not parts:
        return ""
    if parts[0] in ("zh", "yue", "cmn"):
        traditional = parts[0] == "yue" or {"hant", "tw", "hk", "mo"} & set(parts)
        return "zh-Hant" if traditional and "hans" not in parts else "zh-Hans"
    aliases = {"in": "id", "iw": "he", "jp": "ja"}
    language = aliases.get(parts[0], parts[0])
    return language if language in LANGUAGES else ""


@cache
def _identifier() -> LanguageIdentifier:
    """The model, read once a process (about 0.6 s) when first needed."""
    # Brings numpy along: a process that reads no message starts without it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LATIN))
    return identifier


def _latin(cleaned: str, hinted: str) -> str:
    words = [word.replace("’", "'") for word in _WORD.findall(cleaned.lower())]
    hits: Counter[str] = Counter()
    for word in set(words[:120]):
        for language in COMMON_WORDS.get(word, ()):
            hits[language] += 1
    judged = " ".join(words)
    score: dict[str, float] = {language: math.log(max(share, 1e-9)) for language, share in _identifier().rank(judged)}
    most = max(hits.values(), default=0)
    scale = _WORD_WEIGHT * (min(most, _MOST_WORD_HITS) / most if most else 0.0)
    for language, count in hits.items():
        score[language] += scale * count
    if hinted in score:
        score[hinted] += _HINT_WEIGHT
    best: str = max(score, key=lambda language: score[language])
    share = 1 / sum(math.exp(value - score[best]) for value in score.values())
    # One word the language does not vouch for is a name or a code as likely as not.
    if share < _LEAST_SHARE or (len(words) == 1 and not hits[best]):
        return hinted
    return best


@cache
def _han_only_in() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Characters only simplified, only traditional, and only Japanese writing has, by what its old charset holds."""
    simplified, traditional, japanese = (_characters_of(name) for name in ("gb2312", "big5", "shift_jis"))
    return (simplified - traditional, traditional - simplified, japanese - simplified - traditional)


def _characters_of(charset: str) -> frozenset[str]:
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    return frozenset(every.encode(charset, errors="ignore").decode(charset, errors="ignore"))


def _han(cleaned: str, letters: Counter[str], hinted: str) -> str:
    # A Chinese text may quote one の or a product's name in kana.
    if letters["kana"] * 10 >= letters["han"] + letters["kana"]:
        return "ja"
    only_simplified, only_traditional, only_japanese = _han_only_in()
    characters = [character for character in cleaned if "\u4e00" <= character <= "\u9fff"]
    simplified = sum(character in only_simplified for character in characters)
    traditional = sum(character in only_traditional for character in characters)
    short = len(characters) <= 12
    if short and any(character in only_japanese for character in characters):
        return "ja"
    if short and _JAPANESE_WORDS.search(cleaned) and (hinted == "ja" or not simplified or traditional):
        return hinted if hinted.startswith("zh") and not (simplified and traditional) else "ja"
    if simplified != traditional:
        return "zh-Hans" if simplified > traditional else "zh-Hant"
    if hinted == "ja" and short:
        return "ja"
    return hinted if hinted in ("zh-Hans", "zh-Hant") else "zh-Hans"
