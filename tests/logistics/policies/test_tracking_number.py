"""Tracking numbers in what people write."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.policies.tracking_number import Found, find_tracking_numbers, is_valid, normalise_tracking_number, scan


def numbers(text: str) -> list[str]:
    return [found.number for found in find_tracking_numbers(text)]


@pytest.mark.parametrize(
    ("text", "expected", "format_"),
    [
        ("Where is RR123456785CN?", "RR123456785CN", "s10"),
        ("my parcel rr 123 456 785 cn is late", "RR123456785CN", "s10"),
        ("单号：ＲＲ１２３４５６７８５ＣＮ，请查", "RR123456785CN", "s10"),
        ("RR-123456785-TW", "RR123456785TW", "s10"),
        ("UPS 1Z 999 AA1 01 2345 6784 please", "1Z999AA10123456784", "ups"),
        ("https://example.com/track?trackingNumber=1Z999AA10123456784&lang=en", "1Z999AA10123456784", "ups"),
        ("Mein Container MSKU9070323 steht", "MSKU9070323", "container"),
        ("CSQU 305438 3", "CSQU3054383", "container"),
        ("包裹LP00432123456789一直没到", "LP00432123456789", "cainiao"),
        ("CAINIAO0123456789", "CAINIAO0123456789", "cainiao"),
        ("YT2412345678901234 stuck", "YT2412345678901234", "yunexpress"),
        ("圆通 YT7412345678901", "YT7412345678901", "yto"),
        ("(4PX3001234567890CN)", "4PX3001234567890CN", "4px"),
        ("顺丰单号 SF1234567890123", "SF1234567890123", "sf"),
        ("顺丰运单号 312345678901", "312345678901", "sf"),
        ("中通快递 78123456789012", "78123456789012", "zto"),
        ("Amazon TBA123456789012", "TBA123456789012", "amazon"),
        ("Sendungsnummer JD014600003456789012", "JD014600003456789012", "dhl"),
        ("DHL Sendung 00340434161094042557", "00340434161094042557", "sscc"),
        ("tracking number: 9400 1000 0000 0000 0000 07", "", ""),
        ("FedEx tracking 986578788855", "986578788855", "fedex"),
        ("my tracking number is 9865 7878 8855.", "986578788855", "fedex"),
        ("DHL waybill 3318810025", "3318810025", "dhl"),
        ("AWB 176-12345675", "17612345675", "air_waybill"),
        ("air waybill 17612345675", "17612345675", "air_waybill"),
        ("ヤマトの追跡番号 1234-5678-9013", "123456789013", "japan"),
        ("986578788855", "986578788855", "fedex"),
        ("  RR123456785CN\n", "RR123456785CN", "s10"),
    ],
)
def test_number_is_found_as_people_write_it(text: str, expected: str, format_: str) -> None:
    found = find_tracking_numbers(text)

    assert [(one.number, one.format) for one in found] == ([(expected, format_)] if expected else [])


@pytest.mark.parametrize(
    "text",
    [
        "RR123456786CN",  # wrong check digit
        "RR123456785QQ",  # no such country
        "1Z999AA10123456785",
        "MSKU9070324",
        "FedEx tracking 986578788856",
        "AWB 176-12345676",
        "my order number is 986578788855",
        "订单号 986578788855",
        "tracking? call me: phone 13912345675",
        "Call +49 30 12345678 90",
        "We paid 1234567890.50 EUR for the parcel",
        "parcel sent on 2026-11-24 10 15",
        "Hello, where is my parcel? Thanks 2026",
        "EORI DE123456789012345",
        "VAT GB123456789",
        "",
        "\x00\ud800",
    ],
)
def test_what_only_looks_like_a_number_is_not_found(text: str) -> None:
    assert numbers(text) == []


def test_several_numbers_keep_their_order_and_are_named_once() -> None:
    text = "LP00432123456789 and rr123456785cn, again RR 123456785 CN. UPS: 1Z999AA10123456784"

    assert numbers(text) == ["LP00432123456789", "RR123456785CN", "1Z999AA10123456784"]


def test_list_of_digits_alone_is_a_list_of_numbers() -> None:
    assert numbers("986578788855\n3318810025") == ["986578788855", "3318810025"]


def test_check_digit_is_reported() -> None:
    assert find_tracking_numbers("RR123456785CN SF1234567890123") == (
        Found("RR123456785CN", "s10", True),
        Found("SF1234567890123", "sf", False),
    )


def test_place_is_where_the_number_stands() -> None:
    text = "看 ＲＲ１２３４５６７８５ＣＮ 吧"

    (one,) = scan(text)

    assert text[one.start : one.end] == "ＲＲ１２３４５６７８５ＣＮ"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" rr 123 456 785 cn ", "RR123456785CN"),
        ("https://t.example/?n=1Z999AA10123456784&x=1", "1Z999AA10123456784"),
        ("9865-7878-8855", "986578788855"),
        ("abc-123", "ABC123"),
        ("!!!", ""),
        ("x" * 5000, "X" * 64),
    ],
)
def test_search_box_takes_what_people_paste(typed: str, stored: str) -> None:
    assert normalise_tracking_number(typed) == stored


def test_validity_of_one_number() -> None:
    assert is_valid("rr 123 456 785 cn")
    assert is_valid("986578788855")
    assert not is_valid("986578788856")
    assert not is_valid("hello")
    assert not is_valid("")


@given(st.text(max_size=300))
def test_any_text_gives_upper_case_ascii_numbers_that_are_found_again(text: str) -> None:
    for found in find_tracking_numbers(text):
        assert found.number.isascii()
        assert found.number.isalnum()
        assert found.number == found.number.upper()
        assert found.number in numbers(f"tracking {found.number}") or found.number.isdigit()
        assert is_valid(found.number) or found.number.isdigit()


@given(st.text(alphabet="0123456789 -+RC NtrackLP单号", max_size=200))
def test_digits_in_any_grouping_never_raise(text: str) -> None:
    assert all(one.start < one.end <= len(text) for one in scan(text))


@pytest.mark.parametrize("unit", ["1234567890 ", "RR 123 ", "tracking 986578788856 ", "a1 ", "9", "单号 1-2 "])
def test_a_megabyte_takes_under_a_few_seconds(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))

    begin = time.process_time()
    scan(text)

    assert time.process_time() - begin < 5
