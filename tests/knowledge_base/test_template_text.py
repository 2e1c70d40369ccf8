"""How templates are written: placeholders, parts that may be left out, and what is said about mistakes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.policies.reader import Reader, is_language, match_language
from knowledge_base.policies.placeholders import CUSTOMER, PARTNER, PLACEHOLDERS, Money, written
from knowledge_base.policies.template_text import check, compare, parse

GERMAN = Reader.of("de", ZoneInfo("Europe/Berlin"))
ENGLISH = Reader.of("en", UTC)


def fill(text: str, reader: Reader = ENGLISH, **values: Any) -> str:
    return parse(text).fill(values, reader)


def told(text: str, audience: str = CUSTOMER) -> list[tuple[int, str]]:
    return [(problem.line, problem.sentence) for problem in check(text, audience=audience)]


def test_values_are_written_as_their_reader_writes_them() -> None:
    at = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
    assert fill("{opens_at}", GERMAN, opens_at=at) == "Dienstag, 24. November 2026, 14:05 (Berlin)"
    assert fill("{eta}", GERMAN, eta=date(2026, 11, 28)) == "Samstag, 28. November 2026"
    assert fill("{amount}", GERMAN, amount=Money(Decimal("1234.5"), "EUR")).replace("\xa0", " ") == "1.234,50 €"
    assert fill("{count}", GERMAN, count=1200) == "1.200"
    assert fill("{papers}", papers=["Invoice", "Licence"]) == "• Invoice\n• Licence"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=26), "26 hours"),
        (timedelta(hours=71, minutes=40), "72 hours"),
        (timedelta(days=5, hours=3), "5 days"),
    ],
)
def test_a_length_of_time_is_said_in_one_unit(length: timedelta, words: str) -> None:
    assert fill("{waited}", waited=length) == words


def test_doubled_braces_and_brackets_are_text() -> None:
    assert fill("{{x}} [[y]] {{{reference}}}", reference="CLR-1") == "{x} [y] {CLR-1}"


def test_a_customer_named_like_a_placeholder_stays_text() -> None:
    assert fill(
        "Hello {customer_name}, [{lane}] {reference}", customer_name="{reference} [{lane}]", reference="CLR-1"
    ) == ("Hello {reference} [{lane}], CLR-1")


def test_a_value_cannot_bring_lines_of_its_own() -> None:
    assert fill("Hello {customer_name}!", customer_name="Ana\n\nYour password:") == "Hello Ana Your password:!"


def test_a_part_in_brackets_is_left_out_with_its_gap() -> None:
    text = "Hello[ {customer_name}],\n\n[Expected: {eta}.]\n\n[By {due_at}.] Bye."
    assert fill(text) == "Hello,\n\nBye."
    assert fill(text, customer_name="Ana") == "Hello Ana,\n\nBye."


def test_a_part_with_two_placeholders_needs_both() -> None:
    assert fill("a[ {carrier} on {lane}]", carrier="DHL") == "a"
    assert fill("a[ {carrier} on {lane}]", carrier="DHL", lane="CN→DE") == "a DHL on CN→DE"


def test_what_must_be_said_is_named_when_it_is_missing() -> None:
    parsed = parse("{reference} [{eta}] {carrier}")
    assert parsed.missing({"reference": "CLR-1", "carrier": "  "}) == ["carrier"]
    assert parsed.missing({"reference": "CLR-1", "carrier": "DHL"}) == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Dear {custmer_name}", 1, "Do you mean {customer_name}"),
        ("a\nb {zzzzzz}", 2, "There is no {zzzzzz}."),
        ("a {reference", 1, "“{” is not closed"),
        ("a\nb\nc }", 3, "“}” closes nothing"),
        ("[a {eta}", 1, "“[” is not closed"),
        ("a ]", 1, "“]” closes nothing"),
        ("[Clearway] hello", 1, "needs a placeholder"),
        ("[a [b {eta}]]", 1, "cannot hold another one"),
        ("{}", 1, "names nothing"),
        ("{Carrier Name}", 1, "is no placeholder"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, words: str) -> None:
    assert any(at == line and words in sentence for at, sentence in told(text)), told(text)


def test_a_placeholder_of_other_readers_is_refused() -> None:
    assert told("See {link}") == []
    assert told("See {link}", PARTNER) == [(1, "{link} is not for these readers.")]


def test_what_a_translation_leaves_out_is_a_warning() -> None:
    [problem] = compare("Hallo {customer_name}", "Hello {customer_name}, {reference}")
    assert problem.is_warning
    assert "{reference}" in problem.sentence
    assert compare("{reference} {customer_name}", "Hello {customer_name}, {reference}") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("eta", datetime(2026, 1, 1, tzinfo=UTC)),
        ("opens_at", datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)),
        ("count", True),
        ("carrier", 3),
    ],
)
def test_a_value_of_another_type_is_an_error_and_no_nonsense(name: str, value: Any) -> None:
    with pytest.raises(TypeError):
        written(name, value, ENGLISH)


def test_every_placeholder_has_an_example_that_can_be_written() -> None:
    for one in PLACEHOLDERS.values():
        assert written(one.name, one.example, GERMAN)


@given(st.text(alphabet="ab {}[]\n", max_size=60))
def test_any_text_is_read_and_one_without_problems_keeps_its_words(text: str) -> None:
    parsed = parse(text)
    filled = parsed.fill({}, ENGLISH)
    assert "\n\n\n" not in filled
    if not parsed.problems and not parsed.names:
        assert re.sub(r"\s", "", filled) == re.sub(r"\s", "", re.sub(r"([{}\[\]])\1", r"\1", text))


@given(st.text(max_size=40))
def test_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    escaped = re.sub(r"([{}\[\]])", r"\1\1", text)
    assert parse(escaped).problems == ()
    assert "".join(fill(escaped).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["zh-Hant"], "zh-Hans"),
        (["zh_TW"], "zh-Hans"),
        (["pt-BR"], "pt"),
        (["de-AT"], "de"),
        (["ru", "de"], "de"),
        (["ru"], ""),
        ([""], ""),
        (["PT"], "pt"),
    ],
)
def test_a_reader_gets_the_nearest_language_there_is(wanted: list[str], found: str) -> None:
    assert match_language(wanted, ["en", "zh-Hans", "de", "pt"]) == found


def test_a_variety_of_its_own_is_taken_before_the_plain_language() -> None:
    assert match_language(["pt-BR"], ["pt", "pt-BR"]) == "pt-BR"
    assert match_language(["pt"], ["pt-BR"]) == "pt-BR"


def test_only_languages_we_can_write_days_in_are_languages() -> None:
    assert is_language("zh-Hans")
    assert is_language("pt-BR")
    assert not is_language("klingon")
    assert not is_language("")
