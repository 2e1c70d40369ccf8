"""One word that ends status notices, in the languages our customers write in.

The word alone counts: "stop" in a sentence may mean the parcel. ENDE, ALTO and the like are what carriers of text
messages ask people to answer with (CTIA, Messaging Principles and Best Practices, 2023, 5.1.3).
"""

from __future__ import annotations

from typing import Final

from tickets.policies.text import fold

_WORDS: Final = {
    "en": ("stop", "unsubscribe"),
    "de": ("stopp", "abbestellen", "ende"),
    "es": ("alto", "baja", "cancelar suscripción"),
    "fr": ("arrêt", "désabonner", "stop sms"),
    "pt": ("parar", "sair", "cancelar inscrição"),
    "it": ("basta", "disiscriviti"),
    "nl": ("stoppen", "afmelden"),
    "pl": ("stój", "rezygnuję"),
    "tr": ("dur", "iptal"),
    "ru": ("стоп", "отписаться"),
    "zh": ("退订", "退訂", "停止", "取消订阅", "取消訂閱"),
    "ja": ("停止", "配信停止", "ストップ"),
    "ko": ("중지", "수신거부", "그만"),
}
_LONGEST: Final = 30
_AROUND: Final = " \t\r\n.!。！“”\"'«»「」"
_ALL: Final = frozenset(fold(word) for words in _WORDS.values() for word in words)
LANGUAGES: Final = tuple(_WORDS)


def is_stop(text: str) -> bool:
    """Whether a text is such a word and nothing else; marks and quotes around it do not matter."""
    return len(text) <= _LONGEST and fold(text.strip(_AROUND)) in _ALL
