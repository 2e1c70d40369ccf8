"""Word lists are checked when they are edited, and the shipped ones pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings

from knowledge_base.admin.word_lists import WordListForm
from knowledge_base.models import WordList
from tickets.policies.word_lists import ANGER

pytestmark = pytest.mark.django_db
SHIPPED = json.loads((Path(settings.BASE_DIR) / "knowledge_base" / "data" / "word_lists.json").read_text())


def errors(**fields: str) -> list[str]:
    form = WordListForm({"purpose": "greeting", "language": "de", "words": "hallo", **fields})
    return [str(sentence) for sentences in form.errors.values() for sentence in sentences]


def test_a_sound_list_is_taken() -> None:
    assert errors(words="hallo\nguten tag\ngrüß*\n你好") == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"words": "…"}, "has no letter"),
        ({"words": "a*"}, "nearly every word"),
        ({"words": "be*schwerde"}, "at a word's end alone"),
        ({"words": " ".join("abcdefghijklm")}, "more than 12 words"),
        ({"language": "deutsch!"}, "is no language we know"),
        ({"purpose": "kind:dealy"}, "There is no such kind"),
        ({"purpose": "Angry words"}, "Write the purpose like"),
    ],
)
def test_what_would_never_work_is_refused_with_a_sentence(fields: dict[str, str], words: str) -> None:
    assert any(words in sentence for sentence in errors(**fields)), errors(**fields)


def test_the_shipped_lists_are_sound() -> None:
    for row in SHIPPED:
        WordList.objects.filter(purpose=row["purpose"], language=row["language"]).delete()
        assert errors(purpose=row["purpose"], language=row["language"], words="\n".join(row["words"])) == [], row[
            "purpose"
        ]


def test_anger_is_known_in_every_language_of_our_customers() -> None:
    languages = {row["language"] for row in SHIPPED if row["purpose"] == ANGER}
    assert languages == {"en", "zh", "es", "de", "fr", "pt", "ja"}
