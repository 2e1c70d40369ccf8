"""The texts Clearway comes with: whole in seven languages, and sound with as much or as little as is known."""

from __future__ import annotations

import re
from collections import defaultdict
from zoneinfo import ZoneInfo

import pytest

from common.policies.reader import Reader
from knowledge_base.models import MessageTemplate, TemplateText
from knowledge_base.policies.placeholders import PLACEHOLDERS
from knowledge_base.policies.template_text import check, compare, parse
from knowledge_base.services.shipped_templates import SHIPPED, ShippedText, ship, shipped_texts

LANGUAGES = {"en", "zh-Hans", "es", "de", "fr", "pt", "ja"}
EXAMPLES = {one.name: one.example for one in PLACEHOLDERS.values()}

TEXTS: dict[str, dict[str, ShippedText]] = defaultdict(dict)
for _text in shipped_texts():
    TEXTS[_text.key][_text.language] = _text


def test_every_template_has_a_text_in_every_language() -> None:
    assert set(TEXTS) == set(SHIPPED)
    assert {key: set(texts) for key, texts in TEXTS.items()} == dict.fromkeys(SHIPPED, LANGUAGES)


@pytest.mark.parametrize("key", SHIPPED)
def test_no_text_has_a_problem_or_says_less_than_the_english_one(key: str) -> None:
    audience, _name, _purpose = SHIPPED[key]
    english = TEXTS[key]["en"]
    for language, text in TEXTS[key].items():
        assert text.subject, language
        assert text.text, language
        assert [*check(text.subject, audience=audience), *check(text.text, audience=audience)] == [], language
        assert [*compare(text.text, english.text), *compare(text.subject, english.subject)] == [], language
        needed = set(parse(text.text).missing({})) | set(parse(text.subject).missing({}))
        assert needed == set(parse(english.text).missing({})) | set(parse(english.subject).missing({})), language


_TORN = re.compile(r"\(\)|\( | [,.)]|,\.|\.\.|,,|；。|，。|。。|：。|[、，]$|^[,.;、，。]", re.MULTILINE)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_letter_reads_whole_with_the_least_and_with_everything_known(language: str) -> None:
    reader = Reader.of(language, ZoneInfo("Europe/Berlin"))
    for key, texts in TEXTS.items():
        parsed = parse(texts[language].text)
        least = {name: EXAMPLES[name] for name in parsed.missing({})}
        for values in (least, EXAMPLES):
            text = parsed.fill(values, reader)
            assert not _TORN.search(text), (key, text)
            assert not {"{", "["} & set(text), (key, text)


@pytest.mark.django_db
def test_what_an_administrator_changed_survives_the_next_migration() -> None:
    template = MessageTemplate.objects.get(key="out_of_hours")
    TemplateText.objects.filter(template=template, language="de").update(text="Unsere Worte")
    TemplateText.objects.filter(template=template, language="fr").delete()
    MessageTemplate.objects.filter(pk=template.pk).update(is_active=False, name="Closed")

    ship("default")

    template.refresh_from_db()
    assert (template.is_active, template.name) == (False, "Closed")
    assert TemplateText.objects.get(template=template, language="de").text == "Unsere Worte"
    assert TemplateText.objects.filter(template=template).count() == len(LANGUAGES)


@pytest.mark.django_db
def test_a_template_somebody_made_under_a_shipped_key_keeps_its_texts() -> None:
    MessageTemplate.objects.filter(key="no_scan").delete()
    ours = MessageTemplate.objects.create(key="no_scan", name="Ours")

    ship("default")

    assert not ours.texts.exists()


@pytest.mark.django_db
def test_a_new_site_has_them_all() -> None:
    assert set(MessageTemplate.objects.filter(is_shipped=True).values_list("key", flat=True)) == set(SHIPPED)
