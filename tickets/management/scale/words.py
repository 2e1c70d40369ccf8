"""What people write in these tickets, with the words that the search finds it by."""

from __future__ import annotations

import random
from functools import cache

from tickets.policies.search_words import index_text

LANGUAGES = ("en", "zh-Hans", "es", "de", "fr", "pt", "ja")
COUNTRIES = {"en": "US", "zh-Hans": "CN", "es": "MX", "de": "DE", "fr": "FR", "pt": "BR", "ja": "JP"}
ZONES = {
    "US": "America/New_York",
    "CN": "Asia/Shanghai",
    "MX": "America/Mexico_City",
    "DE": "Europe/Berlin",
    "FR": "Europe/Paris",
    "BR": "America/Sao_Paulo",
    "JP": "Asia/Tokyo",
}
NAMES = ("Anna", "Marcus", "Lucía", "João", "健", "伟", "Claire")
SENTENCES = {
    "en": ("Where is my parcel", "it has been stuck at customs for", "nobody rang the bell", "the box arrived damaged"),
    "zh-Hans": ("我的包裹在哪里", "海关一直没有放行", "快递员没有打电话", "外包装破损了"),
    "es": ("Dónde está mi paquete", "sigue retenido en la aduana", "nadie llamó a la puerta", "llegó roto"),
    "de": ("Wo ist mein Paket", "der Zoll hält es fest seit", "niemand hat geklingelt", "der Karton ist beschädigt"),
    "fr": ("Où est mon colis", "il est bloqué en douane depuis", "personne n'a sonné", "le carton est abîmé"),
    "pt": ("Onde está meu pacote", "está parado na alfândega há", "ninguém tocou a campainha", "chegou quebrado"),
    "ja": ("荷物はどこですか", "税関で止まっています", "不在票がありません", "箱が壊れていました"),
}
WORDS = (
    "invoice",
    "address",
    "Friday",
    "refund",
    "broker",
    "storm",
    "urgent",
    "photo",
    "label",
    "depot",
    "order",
    "gift",
    "shoes",
    "lamp",
    "camera",
)


@cache
def _lexemes(text: str) -> tuple[str, ...]:
    return tuple(f"'{word}'" for word in index_text(text).split())


def lexemes_of_number(number: str) -> tuple[str, ...]:
    """The search's words for a tracking number: it is found by its end, too."""
    return tuple(f"'{word}'" for word in index_text(number).split())


def said(chance: random.Random, language: str, number: str, words_of_number: tuple[str, ...]) -> tuple[str, str]:
    """A message and its tsvector."""
    chosen = (*chance.sample(SENTENCES[language], 2), *chance.sample(WORDS, 3))
    vector = {word for part in chosen for word in _lexemes(part)}
    vector.update(words_of_number)
    return f"{' '.join(chosen)} {number}", " ".join(vector)
