"""Templates as they are asked for: by key, in the reader's language, with clear refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from knowledge_base.errors import TemplateUnusable, ValuesMissing
from knowledge_base.models import MessageTemplate, TemplateText
from knowledge_base.services.templates import in_use, render, template

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def hello() -> MessageTemplate:
    made = MessageTemplate.objects.create(key="hello", name="Hello", fallback_language="de")
    TemplateText.objects.create(template=made, language="de", subject="Vorgang {reference}", text="Hallo[ {carrier}].")
    TemplateText.objects.create(template=made, language="pt", text="Olá {reference}, {opens_at}.")
    return made


def test_the_reader_gets_the_language_there_is_and_else_the_fallback(hello: MessageTemplate) -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    portuguese = render(key="hello", language="pt-BR", values={"reference": "CLR-1", "opens_at": at}, zone=BERLIN)
    other = render(key="hello", language="ja", values={"reference": "CLR-1"}, zone=BERLIN)

    assert portuguese.language == "pt"
    assert portuguese.text == "Olá CLR-1, terça-feira, 24 de novembro de 2026, 13:00 (Berlim)."
    assert (other.language, other.subject, other.text) == ("de", "Vorgang CLR-1", "Hallo.")


def test_missing_values_are_named_and_nothing_is_written(hello: MessageTemplate) -> None:
    with pytest.raises(ValuesMissing) as refused:
        render(key="hello", language="pt", values={"reference": ""}, zone=BERLIN)

    assert refused.value.data == {"template": "hello", "missing": ["reference", "opens_at"]}
    assert "the ticket's number ({reference})" in str(refused.value)


def test_an_unknown_or_switched_off_template_is_refused(hello: MessageTemplate) -> None:
    with pytest.raises(TemplateUnusable):
        template("goodbye")
    hello.is_active = False
    hello.save()
    with pytest.raises(TemplateUnusable):
        render(key="hello", language="de", values={"reference": "CLR-1"}, zone=BERLIN)
    assert "hello" not in [one.key for one in in_use(["customer"])]


def test_a_changed_text_is_used_at_once(hello: MessageTemplate) -> None:
    render(key="hello", language="de", values={"reference": "CLR-1"}, zone=BERLIN)
    text = hello.texts.get(language="de")
    text.text = "Guten Tag."
    text.save()

    assert render(key="hello", language="de", values={"reference": "CLR-1"}, zone=BERLIN).text == "Guten Tag."
