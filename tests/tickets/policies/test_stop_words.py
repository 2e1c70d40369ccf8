"""A word that ends notices: it alone, in whatever language and dress."""

from __future__ import annotations

import pytest

from tickets.policies.stop_words import LANGUAGES, is_stop


@pytest.mark.parametrize(
    "text", ["STOP", " stop.\n", "Stopp!", "ARRÊT", "arret", "退订", "「停止」", "Стоп", "중지", "Baja"]
)
def test_the_word_alone_counts_whatever_its_dress(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize(
    "text", ["", "!", "stop my parcel", "Please stop", "STOP STOP", "stopover", "停止派送我的包裹", "no", "Stop" * 20]
)
def test_a_word_among_others_may_mean_the_parcel(text: str) -> None:
    assert not is_stop(text)


def test_thirteen_languages_have_a_word() -> None:
    assert len(LANGUAGES) == 13
