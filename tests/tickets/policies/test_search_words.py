"""What the word index holds and what a search asks for."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.policies.search_words import MOST_QUERY_TOKENS, MOST_TOKENS, index_text, query_text, query_tokens


def finds(query: str, text: str) -> bool:
    """Whether PostgreSQL would find the text: every token held, the last by its beginning when it is a word."""
    held = index_text(text).split()
    terms = query_text(query).split(" & ")
    return all(
        any(token.startswith(term[1:-3]) for token in held) if term.endswith(":*") else term[1:-1] in held
        for term in terms
    )


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("customs invoice", "Customs wants an INVOICE from me"),
        ("inv", "please send the invoice"),
        ("envio retras", "El envío está retrasado"),
        ("hauptstrasse", "Hauptstraße 5"),
        ("RR 123 456 785 CN", "where is rr123456785cn"),
        ("rr123456785cn", "where is RR 123 456 785 CN"),
        ("6785CN", "where is RR123456785CN"),
        ("CLR-1024", "About CLR-1024: solved?"),
        ("clr1024", "About CLR-1024: solved?"),
        ("1024", "About CLR-1024: solved?"),
        ("海关", "我的包裹被海关扣留了"),
        ("包裹 扣留", "我的包裹被海关扣留了"),
        ("包裹扣留", "我的包裹被海关扣留了"),
        ("补发", "请尽快给我补发一个新的"),
        ("商业发票", "需要提供商业发票吗"),
        ("扣", "我的包裹被海关扣留了"),
        ("税関", "荷物が税関で止まっています"),
        ("止まって", "荷物が税関で止まっています"),
        ("インボイス", "ｲﾝﾎﾞｲｽが必要ですか"),
        ("택배", "제 택배가 안 왔어요"),
        ("ศุลกากร", "พัสดุติดที่ศุลกากร"),
        ("посылка", "Где моя посылка?"),
        ("ＤＨＬ", "dhl parcel"),
        ("anna@example.com", "From: Anna@Example.com"),
        ("٢٠٢٦", "2026"),
    ],
)
def test_search_finds_what_people_mean(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("refund", "customs wants an invoice"),
        ("海关", "关于海上运输"),
        ("RR123456785CN", "RR123456799CN"),
        ("fund", "refund"),
    ],
)
def test_search_leaves_out_what_is_not_there(query: str, text: str) -> None:
    assert not finds(query, text)


def test_query_asks_for_every_word_and_the_beginning_of_the_last() -> None:
    assert query_text("Foo bar") == "'foo' & 'bar':*"
    assert query_text("包裹") == "'包裹'"
    assert query_text("  ") == ""
    assert query_text("':* | !") == ""


@pytest.mark.parametrize("hostile", ["a' | 'b", "a\\", "\x00a", "a':*B", "a & ! (b)", "<-> a", "\ud800a", "a\n'b"])
def test_query_is_letters_digits_and_our_own_signs(hostile: str) -> None:
    for term in query_text(hostile).split(" & "):
        assert term.removesuffix(":*").startswith("'")
        assert term.removesuffix(":*")[1:-1].isalnum()


@given(st.text(max_size=200))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert set(query_tokens(text)) <= set(index_text(text).split())


@given(st.text(max_size=200))
def test_tokens_are_letters_and_digits_only(text: str) -> None:
    tokens = index_text(text).split(" ")

    assert all(token.isalnum() for token in tokens if token)
    assert all(token.isalnum() for token in query_tokens(text))


def test_tokens_are_bounded_for_a_huge_text() -> None:
    text = " ".join(f"word{number}" for number in range(100_000)) + "\U0001f600" * 10_000 + "汉字" * 100_000
    begin = time.process_time()

    assert len(index_text(text).split()) == MOST_TOKENS
    assert len(query_tokens(text)) <= MOST_QUERY_TOKENS
    assert max(map(len, index_text("x" * 5000).split())) == 64
    assert time.process_time() - begin < 2
