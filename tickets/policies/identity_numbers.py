"""The identity numbers of persons we can tell apart from business numbers, and how each is checked.

Check digits are python-stdnum's; shapes and words follow how people write the numbers in messages. Company numbers
(CNPJ, VAT, EORI, NIF of companies) are business data and not here. IBAN lengths: SWIFT IBAN registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from stdnum.br import cpf
from stdnum.cn import ric
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.jp import in_ as jp_individual
from stdnum.kr import rrn
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.th import pin
from stdnum.tr import tckimlik
from stdnum.us import ssn


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """One kind: how it is written, its check on the bare upper-case characters, the words that must stand near it."""

    code: str
    shape: re.Pattern[str]
    check: Callable[[str], bool]
    words: re.Pattern[str] | None = None


def _kind(code: str, shape: str, check: Callable[[str], bool], words: str = "") -> IdentityNumber:
    whole = rf"(?<![A-Za-z0-9*+])(?<![0-9][.\-/])(?:{shape})(?![A-Za-z0-9*])(?![.\-/][0-9])"
    near = re.compile(words, re.IGNORECASE) if words else None
    return IdentityNumber(code, re.compile(whole, re.IGNORECASE | re.ASCII), check, near)


def _has_national_insurance_shape(number: str) -> bool:
    """A UK number has no check digit; HMRC rules out some prefixes (NIM39110)."""
    return number[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ") and not set(number[:2]) & set("DFIQUV")


_TAX_ID = r"steuer.?id|steueridentifikation|id\.?nr\b|identifikationsnummer|\btin\b|tax id"
_CPF = r"\bcpf\b"

IDENTITY_NUMBERS: Final[tuple[IdentityNumber, ...]] = (
    _kind("cn_resident_id", r"[1-9]\d{5}[ \-]?(?:18|19|20)\d\d ?[01]\d ?[0-3]\d[ \-]?\d{3}[\dX]", ric.is_valid),
    _kind("br_cpf", r"\d{3}\.\d{3}\.\d{3}[\-.]\d{2}", cpf.is_valid),
    _kind("br_cpf", r"\d{3} ?\d{3} ?\d{3}[ \-]?\d{2}", cpf.is_valid, _CPF),
    _kind("es_dni", r"\d{8}[ \-]?[A-Z]|\d{2}\.\d{3}\.\d{3}[ \-]?[A-Z]", dni.is_valid),
    _kind("es_nie", r"[XYZ][ \-]?\d{7}[ \-]?[A-Z]", nie.is_valid),
    _kind("de_tax_id", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", idnr.is_valid, _TAX_ID),
    _kind("fr_nir", r"[1-478] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3}[ \-]?\d{2}", nir.is_valid),
    _kind(
        "it_codice_fiscale",
        r"[A-Z]{6}[\dLMNPQRSTUV]{2}[ABCDEHLMPRST][\dLMNPQRSTUV]{2}[A-Z][\dLMNPQRSTUV]{3}[A-Z]|"
        r"[A-Z]{3} [A-Z]{3} \d{2}[A-Z]\d{2} [A-Z]\d{3}[A-Z]",
        codicefiscale.is_valid,
    ),
    _kind("pl_pesel", r"\d{11}", pesel.is_valid, r"pesel"),
    _kind("kr_rrn", r"\d{6} ?- ?[1-8]\d{6}", rrn.is_valid),
    _kind("kr_rrn", r"\d{6} ?[1-8]\d{6}", rrn.is_valid, r"주민|\brrn\b|resident registration"),
    _kind("mx_curp", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d", curp.is_valid),
    _kind("us_ssn", r"\d{3}[ \-]?\d{2}[ \-]?\d{4}", ssn.is_valid, r"\bssn\b|social security"),
    _kind(
        "gb_nino",
        r"[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        _has_national_insurance_shape,
        r"national insurance|\bnino?\b|\bni (?:number|no)",
    ),
    _kind("nl_bsn", r"\d{9}|\d{4}\.\d{2}\.\d{3}", bsn.is_valid, r"\bbsn\b|burgerservice|sofi.?num"),
    _kind("jp_my_number", r"\d{4}[ \-]?\d{4}[ \-]?\d{4}", jp_individual.is_valid, r"マイナンバー|個人番号|my number"),
    _kind("tr_identity", r"\d{11}", tckimlik.is_valid, r"kimlik|t\.?c\.? ?no"),
    _kind("th_identity", r"\d-\d{4}-\d{5}-\d{2}-\d", pin.is_valid),
    _kind("th_identity", r"\d{13}", pin.is_valid, r"บัตรประชาชน|ประจำตัวประชาชน|thai id"),
)

IBAN_LENGTHS: Final[dict[str, int]] = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU XK",
        21: "CH CR HR LI LV",
        22: "BG BH DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
