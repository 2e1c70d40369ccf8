"""How pages say amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from common.admin import words


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("37.6", "EUR", "37.60\xa0EUR"),
        ("1200", "JPY", "1,200\xa0JPY"),
        ("3.125", "KWD", "3.125\xa0KWD"),
        ("0", "USD", "0.00\xa0USD"),
    ],
)
def test_amount_has_as_many_decimals_as_its_currency(amount: str, currency: str, said: str) -> None:
    assert words.money(Decimal(amount), currency) == said
