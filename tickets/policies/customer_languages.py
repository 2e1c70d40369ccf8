"""The languages in which we write to customers by ourselves."""

from __future__ import annotations

from common.policies.reader import match_language

CUSTOMER_LANGUAGES = ("en", "zh-hans", "es", "de", "fr", "pt", "ja")
"""As Django names them; each has its texts in ``tickets/locale``."""


def customer_language(*codes: str) -> str:
    """The first of these BCP 47 codes that we can write in, by Django's name; else English.

    Traditional Chinese is answered in simplified characters rather than in English.
    """
    return match_language(codes, CUSTOMER_LANGUAGES) or "en"
