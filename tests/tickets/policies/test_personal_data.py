"""Card and identity numbers are masked, business numbers are not."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.policies.personal_data import Finding, contains_personal_data, mask


@pytest.mark.parametrize(
    ("text", "masked", "kind"),
    [
        ("My card is 4111 1111 1111 1111, thanks", "My card is **** **** **** 1111, thanks", "card"),
        ("4111111111111111", "************1111", "card"),
        ("卡号4111-1111-1111-1111请退款", "卡号****-****-****-1111请退款", "card"),
        ("卡号４１１１１１１１１１１１１１１１", "卡号************１１１１", "card"),
        ("Amex 3782 822463 10005", "Amex **** ****** *0005", "card"),
        ("378282246310005", "***********0005", "card"),
        ("银联 6250941006528599", "银联 ************8599", "card"),
        ("5555.5555.5555.4444", "****.****.****.4444", "card"),
        ("card 4111 1111 1111 1111 123", "card **** **** **** 1111 123", "card"),
        ("IBAN: DE89 3704 0044 0532 0130 00.", "IBAN: **** **** **** **** **30 00.", "iban"),
        ("gb82west12345698765432", "******************5432", "iban"),
        ("身份证360426199101010071", "身份证****************71", "cn_resident_id"),
        ("身份证号 11010519491231002x", "身份证号 ****************2x", "cn_resident_id"),
        ("CPF 390.533.447-05", "CPF ***.***.***-05", "br_cpf"),
        ("meu cpf é 39053344705", "meu cpf é *********05", "br_cpf"),
        ("DNI 12345678Z", "DNI *******8Z", "es_dni"),
        ("NIE X-1234567-L", "NIE *-******7-L", "es_nie"),
        ("Meine Steuer-ID: 36 574 261 809", "Meine Steuer-ID: ** *** *** *09", "de_tax_id"),
        ("sécu 2 95 10 99 126 111 93", "sécu * ** ** ** *** *** 93", "fr_nir"),
        ("cf RCCMNL83S18D969H", "cf **************9H", "it_codice_fiscale"),
        ("mój PESEL 44051401359", "mój PESEL *********59", "pl_pesel"),
        ("주민번호 971013-9019902", "", ""),
        ("주민번호 971013-1019907", "", ""),
        ("CURP BOXW310820HNERXN09", "CURP ****************09", "mx_curp"),
        ("my SSN is 536-90-4399", "my SSN is ***-**-**99", "us_ssn"),
        ("National Insurance AB 12 34 56 C", "National Insurance ** ** ** *6 C", "gb_nino"),
        ("BSN: 111222333", "BSN: *******33", "nl_bsn"),
        ("TC kimlik no 17291716060", "TC kimlik no *********60", "tr_identity"),
    ],
)
def test_number_shows_only_its_end(text: str, masked: str, kind: str) -> None:
    result = mask(text)

    assert (result.text, result.found) == ((masked, (Finding(kind, 1),)) if masked else (text, ()))


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # Luhn fails
        "0000 0000 0000 0000",
        "RR123456785CN",
        "UPS 1Z999AA10123456784",
        "YT2412345678901234 LP00432123456789 SF1234567890123",
        "tracking number 9400111899223197428490",
        "DHL Sendung 00340434161094042557",
        "order number 4111111111111111",
        "订单号 4111111111111111",
        "Amazon 402-1234567-1234567",
        "Call +49 30 1234567890 or +86 138 1234 5678",
        "电话 13812345678",
        "44051401359",
        "111222333",
        "536-90-4399",
        "2026-11-24 10:15:30",
        "EUR 1.234.567,89 and USD 4,111,111,111,111.11",
        "EORI DE123456789012345, VAT ESB12345674, CNPJ 11.222.333/0001-81",
        "container MSKU9070323, AWB 176-12345675",
        "",
    ],
)
def test_business_numbers_stay(text: str) -> None:
    assert mask(text).text == text
    assert contains_personal_data(text) == ()


def test_findings_are_counted_by_kind() -> None:
    text = "4111111111111111 and 5555555555554444, DNI 12345678Z, 4111 1111 1111 1111 4012 8888 8888 1881"

    assert mask(text).found == (Finding("card", 4), Finding("es_dni", 1))
    assert contains_personal_data(text) == (Finding("card", 4), Finding("es_dni", 1))


def test_masked_text_holds_no_personal_data_and_no_broken_characters() -> None:
    result = mask("4111111111111111\x00\ud800 ok")

    assert result.text == "************1111 ok"
    assert contains_personal_data(result.text) == ()


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask(text).text

    assert mask(once).text == once
    assert len(once) <= len(text)


_PIECES = st.sampled_from(
    [
        "4111",
        "1111",
        "4242",
        "12",
        "3",
        " ",
        "-",
        ".",
        "4111111111111111",
        "5555 5555 5555 4444",
        "378282246310005",
        "*",
        "360426199101010071",
        "DE89 3704 0044 0532 0130 00",
        "12345678Z",
        "cpf",
        "39053344705",
        "track",
        "order",
        "+",
    ]
)


@settings(max_examples=400)
@given(st.lists(_PIECES, max_size=14).map("".join))
def test_masking_pieces_of_numbers_twice_changes_nothing_more(text: str) -> None:
    once = mask(text).text

    assert mask(once).text == once


@pytest.mark.parametrize(
    "unit",
    [
        "4111 1111 1111 1111 ",
        "1",
        "1 ",
        "12-",
        "GB29 ",
        "Where is my parcel 12345 ",
        "包裹到哪里了",
        "a1.",
        "4111111111111111\n",
    ],
)
def test_a_megabyte_is_bounded(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    begin = time.process_time()

    mask(text)

    assert time.process_time() - begin < 3
