"""What customers read: complete in their languages, with their days, their time and their money."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

from scripts.messages import _texts, compile_changed
from tests.tickets.workflows import people
from tickets.models import Duty
from tickets.policies.customer_languages import CUSTOMER_LANGUAGES, customer_language
from tickets.policies.named_dates import names_dates
from tickets.services.effects import wording

TRANSLATED = [language for language in CUSTOMER_LANGUAGES if language != "en"]
WORDING = Path(wording.__file__)


@pytest.fixture(autouse=True, scope="module")
def _compiled() -> None:
    compile_changed()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_with_all_it_names(language: str) -> None:
    path = (
        Path(settings.BASE_DIR) / "tickets" / "locale" / translation.to_locale(language) / "LC_MESSAGES" / "django.po"
    )
    with path.open("rb") as stream:
        catalog = read_po(stream)
    sentences = [text for _line, text, *_rest in _texts(WORDING) if isinstance(text, str)]
    for text in sentences:
        message = catalog.get(text)
        assert message is not None, text
        assert isinstance(message.string, str), text
        assert message.string, text
        assert _names(message.string) == _names(text), text


def _names(text: str) -> set[str]:
    return {part.split(")s")[0] for part in text.split("%(")[1:]}


@pytest.mark.parametrize(
    ("codes", "language"),
    [
        (("zh-Hans",), "zh-hans"),
        (("zh-Hant",), "zh-hans"),
        (("pt-BR",), "pt"),
        (("ru", "de"), "de"),
        (("ru",), "en"),
        ((), "en"),
        (("",), "en"),
    ],
)
def test_language_is_the_first_that_we_can_write(codes: tuple[str, ...], language: str) -> None:
    assert customer_language(*codes) == language


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "first_line", "day", "amount"),
    [
        ("es", "Hola, Marta Ruiz:", "viernes, 27 de noviembre de 2026", "23,10\xa0€"),
        ("de", "Guten Tag Marta Ruiz,", "Freitag, 27. November 2026", "23,10\xa0€"),
        ("fr", "Bonjour Marta Ruiz,", "vendredi 27 novembre 2026", "23,10\xa0€"),
        ("pt", "Olá, Marta Ruiz,", "sexta-feira, 27 de novembro de 2026", "€\xa023,10"),
        ("ja", "Marta Ruiz 様", "2026年11月27日金曜日", "€23.10"),
        ("zh-Hans", "Marta Ruiz，您好：", "2026年11月27日星期五", "€23.10"),
        ("en", "Hello Marta Ruiz,", "Friday, November 27, 2026", "€23.10"),
    ],
)
def test_duties_are_asked_for_in_the_customers_language(language: str, first_line: str, day: str, amount: str) -> None:
    ticket = people.ticket("clearance", customer=people.customer(language=language), shipment=people.shipment())
    duties = [
        Duty(type="duty", amount=Decimal(20), currency="EUR"),
        Duty(type="fee", amount=Decimal("3.1"), currency="EUR"),
    ]

    letter = wording.duties_asked(ticket, duties, last_day=date(2026, 11, 27), payment_link="https://pay.example/1")

    assert letter.text.startswith(first_line)
    assert day in letter.text
    assert amount in letter.text
    assert "https://pay.example/1" in letter.text
    assert "RB123456785CN" in letter.text
    assert ticket.reference in letter.text
    assert translation.get_language() == "en"


@pytest.mark.django_db
def test_deadline_is_told_in_the_customers_own_time() -> None:
    ticket = people.ticket("clearance", customer=people.customer(language="en", time_zone="Asia/Tokyo"))
    due_at = datetime(2026, 11, 26, 16, 30, tzinfo=UTC)

    letter = wording.documents_asked(ticket, [], due_at=due_at, link="https://clearway.example/t/x/", words="")

    assert "Friday, November 27, 2026, 1:30\u202fAM (Tokyo)" in letter.text


@pytest.mark.django_db
@pytest.mark.parametrize("language", CUSTOMER_LANGUAGES)
def test_message_with_the_new_date_is_one_that_the_guard_accepts(language: str) -> None:
    ticket = people.ticket("delay", customer=people.customer(language=language))
    detail = ticket.delay_detail
    detail.new_from, detail.new_to, detail.cause = date(2026, 11, 27), date(2026, 12, 2), "weather"

    assert names_dates(wording.new_date(ticket).text, detail.new_from, detail.new_to)

    detail.new_to = detail.new_from
    assert names_dates(wording.new_date(ticket).text, detail.new_from)
