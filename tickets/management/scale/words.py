"""What people write in these tickets, with the words that the search finds it by."""

from __future__ import annotations

import random
from functools import cache
from itertools import permutations

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


type Said = tuple[str, str]
"""A text, and the words that the search finds it by as they stand in a tsvector."""


def _said(*parts: str) -> Said:
    return " ".join(parts), " ".join(f"'{word}'" for part in parts for word in index_text(part).split())


@cache
def _beginnings(language: str) -> list[Said]:
    return [_said(*pair) for pair in permutations(SENTENCES[language], 2)]


@cache
def _ends() -> list[Said]:
    return [_said(*three) for three in permutations(WORDS, 3)]


def lexemes_of_number(number: str) -> str:
    """The search's words for a tracking number of ours, which is found by its end, too; see ``index_text``."""
    return f"'{number.lower()}' '{number[-4:]}' '{number[-6:]}' '{number[-8:]}'"


def say_something(chance: random.Random, language: str, number: str, lexemes: str) -> Said:
    """A message that names a tracking number, and its tsvector; ``lexemes`` are those of the number."""
    begins, ends = _beginnings(language), _ends()
    begin, found = begins[int(chance.random() * len(begins))]
    end, also_found = ends[int(chance.random() * len(ends))]
    return f"{begin} {end} {number}", f"{found} {also_found} {lexemes}"
