"""Dates as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from tickets.policies.named_dates import named_dates, names_dates

DAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    "text",
    [
        "It arrives on 27 Nov.",
        "It arrives on Nov 27, as far as we know.",
        "November 27th, 2026",
        "the 27th of November",
        "Sie kommt am 27.11. an.",
        "am 27.11.2026",
        "am 27.11.26",
        "am 27. November",
        "预计11月27日送达",
        "预计 2026年11月27日 送达",
        "预计１１月２７号到",
        "11月27日にお届け予定です",
        "llegará el 27 de noviembre",
        "llegará el 27 de noviembre de 2026",
        "il arrivera le 27 novembre",
        "chega no dia 27 de novembro",
        "2026-11-27",
        "2026/11/27",
        "27/11/2026",
        "27/11",
        "11/27/2026",
        "between 25 and 27 November",
        "25–27 Nov",
        "zwischen dem 25. und 27.11.",
        "25.–27.11.",
        "11月25日至27日",
        "entre el 25 y el 27 de noviembre",
        "entre le 25 et le 27 novembre",
        "Nov 25 - 27, 2026",
    ],
)
def test_date_is_found_in_the_forms_people_write(text: str) -> None:
    assert names_dates(text, DAY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It arrives soon.",
        "It arrives on 28 Nov.",
        "27 October",
        "27 November 2025",
        "27.10.",
        "11月28日",
        "order 2711, 27 pieces in November",
        "at 11:27",
        "RB112726112CN",
        "11月2日",
        "127 Nov",
        "2.11.",
    ],
)
def test_another_date_or_number_is_not_taken_for_it(text: str) -> None:
    assert not names_dates(text, DAY)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("between 25 and 27 November", True),
        ("25 Nov to 27 Nov", True),
        ("25.11. bis 27.11.", True),
        ("11月25日から27日", True),
        ("11月25日～11月27日", True),
        ("by 27 November", False),
    ],
)
def test_range_is_named_by_both_its_ends(text: str, named: bool) -> None:
    assert names_dates(text, date(2026, 11, 25), DAY) is named


@given(
    st.dates(date(2020, 1, 1), date(2039, 12, 31)),
    st.sampled_from(["en", "en_GB", "zh_Hans", "es", "de", "fr", "pt", "ja"]),
    st.sampled_from(["full", "long", "medium"]),
)
def test_every_date_is_found_as_its_language_writes_it(day: date, locale: str, length: str) -> None:
    assert names_dates(f"– {format_date(day, length, locale=locale)}.", day)


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    for named in named_dates(text):
        assert 1 <= named.month <= 12
        assert 1 <= named.day <= 31
