"""What all readings of a text share: safe characters and folding."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile("[\x00\ud800-\udfff]")
_MARKS = re.compile("[\u0300-\u036f]+")


def safe(text: str) -> str:
    """The text without NUL and lone surrogates, which PostgreSQL's text and UTF-8 refuse."""
    return _UNSAFE.sub("", text)


def fold(text: str) -> str:
    """Lower case, compatibility forms and accents folded: "Envío" and "ＥＮＶＩＯ" both become "envio".

    Only the marks of Latin, Greek and Cyrillic go; kana's voicing marks and the vowel signs of other scripts carry the
    word and stay. German "ß" becomes "ss".
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", safe(text).casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed)).casefold()
