"""Every text has its translations, they fit the text, and the .po files are what collecting would write."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import gettext, pgettext

from scripts import messages
from scripts.messages import APPS, CUSTOMERS_LANGUAGES, CUSTOMERS_READ, KEYWORDS, LANGUAGE, ROOT, Book, books
from tickets.policies.customer_languages import CUSTOMER_LANGUAGES
from tickets.portal.reader import LANGUAGES

PO_FILES = sorted(path for app in APPS for path in (ROOT / app / "locale").glob("*/LC_MESSAGES/*.po"))
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?\d*[a-z%]|\{\w*\}")

every_book = pytest.mark.parametrize("book", books(), ids=str)
every_file = pytest.mark.parametrize("path", PO_FILES, ids=lambda path: str(path.relative_to(ROOT)))


def read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale=path.parent.parent.name, abort_invalid=True)


def strings_of(message: Message) -> list[tuple[str, str]]:
    """The message's text beside each of its translations; of a plural, its plural beside every form."""
    text = message.id if isinstance(message.id, str) else message.id[1]
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return [(text, string) for string in strings]


def translated(path: Path) -> Iterator[tuple[str, str]]:
    for message in read(path):
        if message.id:
            yield from strings_of(message)


def placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


@every_book
def test_every_text_is_translated(book: Book) -> None:
    assert messages.faults(book) == []


@every_book
def test_collecting_changes_nothing(book: Book) -> None:
    assert messages.merged(book) == book.path.read_bytes(), "run `make messages` and translate what is new"


def test_there_is_no_file_that_nobody_collects() -> None:
    assert sorted(book.path for book in books()) == PO_FILES


@every_file
def test_every_file_is_read_without_a_guess_in_it(path: Path) -> None:
    catalog = read(path)

    assert catalog.locale is not None
    assert str(catalog.locale) == path.parent.parent.name
    assert [message.id for message in catalog if message.fuzzy and message.id] == []


@every_file
def test_placeholders_are_the_same_in_name_and_number(path: Path) -> None:
    wrong = [pair for pair in translated(path) if placeholders(pair[0]) != placeholders(pair[1])]

    assert wrong == []


@every_file
def test_line_breaks_at_the_ends_are_kept(path: Path) -> None:
    def breaks(text: str) -> tuple[bool, bool]:
        return text.strip(" ").startswith("\n"), text.strip(" ").endswith("\n")

    assert [text for text, string in translated(path) if breaks(text) != breaks(string)] == []


@every_file
def test_plurals_have_the_forms_of_the_language(path: Path) -> None:
    catalog = read(path)
    counts = {len(message.string or ()) for message in catalog if message.id and isinstance(message.id, tuple)}

    assert counts <= {catalog.num_plurals}
    assert catalog.num_plurals == (1 if path.parent.parent.name in (LANGUAGE, "ja") else 2)


@pytest.mark.parametrize("language", [LANGUAGE, *CUSTOMERS_LANGUAGES])
def test_a_text_reads_the_same_in_every_app(language: str) -> None:
    found = defaultdict(set)
    for path in PO_FILES:
        if path.parent.parent.name == language and path.stem == "django":
            for message in read(path):
                for text, string in strings_of(message) if message.id else ():
                    found[message.context, text].add(string)

    assert {key: strings for key, strings in found.items() if len(strings) > 1} == {}


@every_book
def test_no_library_speaks_before_us(book: Book) -> None:
    """A library's own translation of the same words must not win over ours."""
    messages.compile_changed()
    if book.domain == "djangojs":
        return  # the admin's scripts are given a catalogue of their own
    other = []
    with translation.override(translation.to_language(book.language)):
        for message in read(book.path):
            if message.id and isinstance(message.id, str):
                shown = pgettext(message.context, message.id) if message.context else gettext(message.id)
                if shown != message.string:
                    other.append((message.id, message.string, shown))

    assert other == []


def test_customers_languages_are_those_we_write_to_them_in() -> None:
    ours = {translation.to_language(language) for language in (LANGUAGE, *CUSTOMERS_LANGUAGES)}

    assert set(CUSTOMER_LANGUAGES) == {"en", *ours}
    assert set(LANGUAGES) == {"en", *ours}


def test_what_customers_read_stands_where_we_say() -> None:
    assert [place for place in CUSTOMERS_READ if not (ROOT / place).exists()] == []


def test_every_name_for_gettext_is_one_that_is_collected() -> None:
    strange = []
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                    names = [name.asname or name.name for name in node.names if "gettext" in name.name]
                    strange += [f"{path.relative_to(ROOT)}: {name}" for name in names if name not in KEYWORDS]

    assert strange == []


@pytest.fixture
def little_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with one app, whose texts and translations a test writes."""
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    (tmp_path / "common" / "templates").mkdir(parents=True)
    return tmp_path / "common"


def write_po(book: Book, text: str) -> None:
    book.path.parent.mkdir(parents=True)
    book.path.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n{text}', encoding="utf-8")


def test_check_names_what_is_missing_different_guessed_or_gone(little_app: Path) -> None:
    book = Book("common")
    (little_app / "words.py").write_text('_("New")\n_("Empty")\n_("Until %(day)s")\n_("Guess")\n', encoding="utf-8")
    write_po(
        book,
        'msgid "Empty"\nmsgstr ""\n\n'
        'msgid "Until %(day)s"\nmsgstr "至 %(date)s"\n\n'
        '#, fuzzy\nmsgid "Guess"\nmsgstr "猜"\n\n'
        'msgid "Gone"\nmsgstr "没了"\n',
    )

    assert messages.faults(book) == [
        "not collected: New",
        "not translated: Empty",
        "other placeholders in the translation: Until %(day)s",
        "only a guess: Guess",
        "no longer in the code: Gone",
    ]


def test_merging_keeps_translations_adds_new_texts_and_drops_old_ones(little_app: Path) -> None:
    book = Book("common")
    (little_app / "words.py").write_text('_("Kept")\n_("New")\n', encoding="utf-8")
    write_po(book, 'msgid "Kept"\nmsgstr "保留"\n\nmsgid "Gone"\nmsgstr "没了"\n')

    book.path.write_bytes(messages.merged(book))

    assert {message.id: message.string for message in book.read() if message.id} == {"Kept": "保留", "New": ""}
    assert messages.merged(book) == book.path.read_bytes()


def test_texts_in_templates_are_collected_from_tags_and_filters(little_app: Path) -> None:
    (little_app / "templates" / "page.html").write_text(
        '{% load i18n %}{% translate "Tag" %}{{ name|default:_("Filter") }}'
        "{% blocktranslate with day=today %}Until {{ day }}{% endblocktranslate %}"
        "{% blocktranslate count n=number %}{{ n }} file{% plural %}{{ n }} files{% endblocktranslate %}",
        encoding="utf-8",
    )

    found = {message.id for message in messages.collect(Book("common")) if message.id}

    assert found == {"Tag", "Filter", "Until %(day)s", ("%(n)s file", "%(n)s files")}


def test_customers_languages_hold_only_what_customers_read(little_app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "CUSTOMERS_READ", {"common/portal/": (), "common/choices.py": ("Shown",)})
    (little_app / "portal").mkdir()
    (little_app / "portal" / "page.py").write_text('_("On the page")\n', encoding="utf-8")
    (little_app / "choices.py").write_text(
        'class Shown:\n    A = _("Shown")\n\n\nclass Kept:\n    A = _("Ours")\n', encoding="utf-8"
    )

    def ids(language: str) -> set[str]:
        return {str(message.id) for message in messages.collect(Book("common", language)) if message.id}

    assert ids("de") == {"On the page", "Shown"}
    assert ids(LANGUAGE) == {"On the page", "Shown", "Ours"}
