"""The shapes of tracking numbers and their check digits, one row a format.

Sources: UPU S10-12 (postal items), ISO 6346 (containers), IATA resolution 600a (air waybills: 3 + 7 digits and the
remainder by 7), GS1 general specifications (SSCC), ISO 7064 mod 37,36 (DPD), the open descriptions in the
``tracking_numbers`` package (UPS, FedEx, USPS, DHL Express, OnTrac, Amazon), and the carriers' own help pages for
formats that carry no check digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import tracking_numbers
from stdnum import iso6346
from stdnum.iso7064 import mod_37_36
from tracking_numbers.definition import TrackingNumberDefinition

SHORTEST, LONGEST = 8, 40


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its code, its whole shape, its check digit (None when it has none).

    ``carriers`` names who uses it, as in CARRIER_WORDS; a numeric format that is not ``distinct`` and has no check
    digit counts only when one of them is named nearby.
    """

    code: str
    shape: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    carriers: tuple[str, ...] = ()
    distinct: bool = True


CARRIER_WORDS: dict[str, str] = {
    "sf": r"顺丰|順豐|\bsf\b|s\.?f\.? express",
    "zto": r"中通|\bzto\b",
    "sto": r"申通|\bsto express\b",
    "yto": r"圆通|圓通|\byto\b",
    "yunda": r"韵达|韻達|\byunda\b",
    "ems": r"邮政|\bems\b|china post",
    "jt": r"极兔|極兔|j\s?&\s?t\b",
    "4px": r"递四方|遞四方|\b4px\b",
    "dpd": r"\bdpd\b",
    "gls": r"\bgls\b",
    "fedex": r"fed\s?ex|联邦快递|聯邦快遞",
    "dhl": r"\bdhl\b",
    "ups": r"\bups\b",
    "usps": r"\busps\b|u\.s\. postal",
    "japan": r"ヤマト|佐川|ゆうパック|日本郵便|クロネコ|お?問い?合わ?せ?番号|送り状|yamato|sagawa",
    "inpost": r"in\s?post\b|paczkomat",
    "evri": r"\bevri\b|\bhermes\b|\bmyhermes\b",
    "air": r"\bm?h?awb\b|air\s?way\s?bill|空运|空運|主单|luftfracht|航空",
}

# UPU S10 leaves these first letters of the service indicator unassigned.
_S10_SERVICE = "[ABCDEGHLMNPQRUVZ]"
# Designated operators outside the package's list of UPU members.
_S10_MORE_COUNTRIES = frozenset(
    [
        "TW",
        "MO",
        "JE",
        "GG",
        "IM",
        "GI",
        "FO",
        "GL",
        "NC",
        "PF",
        "RE",
        "GP",
        "MQ",
        "GF",
        "PR",
        "GU",
        "VI",
        "AW",
        "CW",
        "SX",
        "BM",
        "KY",
        "FK",
        "PS",
        "XK",
        "AX",
        "YT",
        "PM",
        "WF",
        "VG",
        "TC",
        "AI",
        "MS",
        "SH",
        "BQ",
        "CK",
    ]
)


def _definition(product: str) -> TrackingNumberDefinition:
    found = tracking_numbers.get_definition(product)
    if found is None:
        raise RuntimeError(f"The tracking_numbers package no longer describes {product}.")
    return found


_S10 = _definition("S10")
_S10_COUNTRIES = _S10_MORE_COUNTRIES | {
    matcher.value
    for validation in _S10.additional_validations
    if validation.regex_group_name == "CountryCode"
    for matcher in validation.value_matchers
    if hasattr(matcher, "value")
}


def s10_check(number: str) -> bool:
    """Whether an upper-case S10 number names a postal country and its check digit is right."""
    digits = [int(digit) for digit in number[2:10]]
    remainder = sum(digit * weight for digit, weight in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    expected = {0: 5, 1: 0}.get(remainder, 11 - remainder)
    return expected == int(number[10]) and number[11:] in _S10_COUNTRIES


def gs1_check(number: str) -> bool:
    """Whether the last digit is the GS1 check digit of the ones before it (weights 3, 1 from the right)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number[:-1])))
    return (10 - total % 10) % 10 == int(number[-1])


def mod7_check(number: str) -> bool:
    """Whether the last digit is the remainder by 7 of the number before it (Yamato, Sagawa, Japan Post)."""
    return int(number[:-1]) % 7 == int(number[-1])


def air_waybill_check(number: str) -> bool:
    """Whether an 11-digit air waybill's last digit is the remainder by 7 of its seven serial digits."""
    return int(number[3:10]) % 7 == int(number[10])


def _described(*products: str, checksum_only: bool = False) -> Callable[[str], bool]:
    definitions = [_definition(product) for product in products]

    def check(number: str) -> bool:
        for definition in definitions:
            result = definition.test(number)
            # The package's list of UPS services is older than the numbers in use; the check digit decides.
            if result and not (
                any(name == "checksum" for name, _ in result.validation_errors)
                if checksum_only
                else result.validation_errors
            ):
                return True
        return False

    return check


def _format(
    code: str,
    shape: str,
    check: Callable[[str], bool] | None = None,
    *,
    carriers: tuple[str, ...] = (),
    distinct: bool = True,
) -> Format:
    return Format(code, re.compile(shape, re.ASCII), check, carriers, distinct)


LETTERED: tuple[Format, ...] = (
    _format("s10", rf"{_S10_SERVICE}[A-Z]\d{{9}}(?!Y[PWK])[A-Z]{{2}}", s10_check),
    _format("ups", r"1Z[A-Z0-9]{15}\d", _described("UPS", checksum_only=True)),
    _format("container", r"[A-Z]{3}[UJZ]\d{7}", iso6346.is_valid),
    _format("amazon", r"TB[ACM]\d{12}"),
    _format("ontrac", r"C\d{14}", _described("OnTrac")),
    _format("dpd", r"\d{14}[A-Z]", mod_37_36.is_valid),
    _format("yunexpress", r"YT\d{16}"),
    _format("yto", r"YT\d{13}"),
    _format("4px", r"4PX\d{10,16}(?:CN)?"),
    _format("cainiao", r"CAINIAO\d{8,20}|LP\d{12,16}|CN[A-Z]{0,3}\d{11,18}"),
    _format("sf", r"SF\d{12,13}"),
    _format("yanwen", r"[A-Z]{2}\d{9}Y[PWK]|YW[A-Z]{2,5}\d{8,12}"),
    _format("sunyou", r"SY[A-Z]{2,3}\d{8,12}"),
    _format("jt", r"JT\d{12,15}|J[PXZO]\d{10,12}"),
    _format("dhl", r"J?JD\d{16,20}|GM\d{16,22}|JVGL\d{10,24}"),
    _format("jd", r"JD[VXKAY][A-Z]?\d{11,14}"),
    _format("deppon", r"DPK\d{12,14}"),
    _format("postnl", r"3S[A-Z]{4,6}\d{7,9}"),
    _format("colissimo", r"[5-9][A-Z]\d{11}"),
    _format("chronopost", r"X[A-Z]\d{9}(?:JB|TS|EE|FR)"),
    _format("correos", r"P[A-Z][A-Z0-9]{4}\d{16}[A-Z]"),
    _format("evri", r"[HT]\d{2}[A-Z]{3}\d{10}"),
)

NUMERIC: tuple[Format, ...] = (
    _format("dhl", r"\d{10}", _described("DHL Express"), carriers=("dhl",)),
    _format("air_waybill", r"\d{11}", air_waybill_check, carriers=("air",)),
    _format("fedex", r"\d{12}", _described("FedEx Express (12)"), carriers=("fedex",)),
    _format("fedex", r"\d{15}", _described("FedEx Ground"), carriers=("fedex",)),
    _format(
        "fedex",
        r"(?:92\d{20}|96\d{20}|96\d{32}|100\d{31}|0[0124]\d{16})",
        _described(
            "FedEx SmartPost",
            "FedEx Ground 96 (22)",
            "FedEx Ground GSN",
            "FedEx Express (34)",
            "FedEx Ground (SSCC-18)",
        ),
        carriers=("fedex",),
    ),
    _format(
        "usps",
        r"(?:420\d{5}(?:\d{4})?)?(?:9[1-5]\d{20}|9[1-5]\d{24}|(?:03|7[0137]|81|9[1-5])\d{18})",
        _described("USPS 20", "USPS 91", "USPS 34v2"),
        carriers=("usps",),
    ),
    _format("sscc", r"00\d{18}", gs1_check, carriers=("dhl", "gls")),
    _format("japan", r"\d{12}", mod7_check, carriers=("japan",), distinct=False),
    _format("sf", r"\d{12}|\d{15}", carriers=("sf",), distinct=False),
    _format("4px", r"3000\d{8,12}", carriers=("4px",)),
    _format("zto", r"7[3-9]\d{12}|\d{12}|\d{14}", carriers=("zto",), distinct=False),
    _format("sto", r"77\d{13}", carriers=("sto",)),
    _format("yunda", r"\d{13}|\d{15}", carriers=("yunda",), distinct=False),
    _format("ems", r"1[0-3]\d{11}|9[0-9]\d{11}", carriers=("ems",), distinct=False),
    _format("jt", r"888\d{12}|8\d{11}", carriers=("jt",), distinct=False),
    _format("dpd", r"\d{14}", carriers=("dpd",), distinct=False),
    _format("gls", r"\d{11,12}", carriers=("gls",), distinct=False),
    _format("inpost", r"\d{24}", carriers=("inpost",), distinct=False),
    _format("evri", r"\d{16}", carriers=("evri",), distinct=False),
    _format("ups", r"80\d{16}", carriers=("ups",), distinct=False),
)


_ANY_LETTERED = re.compile("|".join(format_.shape.pattern for format_ in LETTERED), re.ASCII)


def match_lettered(number: str) -> Format | None:
    """The lettered format an upper-case number without spaces has, None when none fits or its check digit is wrong."""
    if not _ANY_LETTERED.fullmatch(number):
        return None
    for format_ in LETTERED:
        if format_.shape.fullmatch(number) and (format_.check is None or format_.check(number)):
            return format_
    return None


def match_numeric(number: str, *, named: frozenset[str] = frozenset()) -> Format | None:
    """The numeric format a row of digits has.

    ``named`` holds the carriers named near it: when one of them has a format of this shape, only that one counts, so
    that "FedEx 123456789013" with a wrong check digit is nothing at all.
    """
    fitting = [format_ for format_ in NUMERIC if format_.shape.fullmatch(number)]
    of_named = [format_ for format_ in fitting if named.intersection(format_.carriers)]
    for format_ in of_named or fitting:
        if not of_named and not format_.distinct:
            continue
        if format_.check is None or format_.check(number):
            return format_
    return None
