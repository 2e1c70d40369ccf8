"""Translations without gettext's tools: collects texts into .po files and compiles them to .mo, both with Babel.

`python -m scripts.messages` collects, merges and compiles; `--compile` only compiles what has changed; `--check` fails,
naming the texts, when one has no translation, has other placeholders than its translation, or is gone from the code.
Each app's texts lie in its own `locale/`; `config/locale` also holds those texts of libraries that come without a
Chinese translation. Staff read everything in Chinese; customers' languages hold only what customers read.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import io
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
APPS = ("common", "knowledge_base", "logistics", "tickets", "channels_integrations", "config")
LANGUAGE = "zh_Hans"
CUSTOMERS_LANGUAGES = ("de", "es", "fr", "ja", "pt")
CUSTOMERS_READ: dict[str, tuple[str, ...]] = {
    "tickets/portal/": (),
    "tickets/templates/tickets/portal/": (),
    "tickets/services/effects/wording.py": (),
    "tickets/services/effects/papers.py": ("_refuse_empty_handed",),
    "tickets/services/attachments.py": ("store_uploads", "refuse_upload", "refusal_of_size"),
    "tickets/workflows/guards.py": (),
    "tickets/choices.py": ("PaperState", "DelayCause", "DeliveryProblem", "DutyType", "InstructionChoice"),
    "logistics/choices.py": ("TrackingStatus", "TrackingReason"),
    "knowledge_base/models/checklist.py": ("PaperType",),
}
"""Where the texts stand that customers read: folders and files, of a file only these classes and functions."""
PARTNERS_READ = ("tickets/portal/partner/",)
"""Below a folder that customers read, but for partners, whose pages speak the desk's languages."""
UNTRANSLATED_LIBRARIES = ("unfold", "axes", "django_q")
ONLY_MODELS = {"axes", "django_q"}
"""Of these, people see the names of models and fields; the rest is for logs and terminals."""
UNUSED_PARTS = {"constance", "guardian", "hijack", "import_export", "location_field", "reversion", "reversion_compare"}
UNUSED_PARTS |= {"simple_history", "waffle"}  # Unfold's looks for libraries that are not here
UNUSED_PARTS |= {"wysiwyg.html"}  # its editor, which no form has; its "Strike" is no strike of workers
_MODEL_FILES = {"apps.py", "admin.py", "models.py"}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(?:n?p?gettext|_)\({_STRING}(?:, ?{_STRING})*(?:, ?\w+)?\)")
_PLACEHOLDER = re.compile(r"%\([^)]*\)\d*[sd]|\{[a-z_]*\}|%[sd]")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_now": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


@dataclass(frozen=True, slots=True)
class Book:
    """The translations of one app into one language; those of scripts (``djangojs``) apart from the others."""

    app: str
    language: str = LANGUAGE
    domain: str = "django"

    @property
    def path(self) -> Path:
        """Where its .po lies."""
        return ROOT / self.app / "locale" / self.language / "LC_MESSAGES" / f"{self.domain}.po"

    def read(self) -> Catalog:
        """What the .po holds, nothing when there is none."""
        if not self.path.exists():
            return Catalog(locale=self.language)
        with self.path.open("rb") as stream:
            return read_po(stream, locale=self.language, abort_invalid=True)

    def __str__(self) -> str:
        return f"{self.app}, {self.language}" + ("" if self.domain == "django" else f", {self.domain}")


def books() -> list[Book]:
    """All there have to be: each app in Chinese, what customers read in their languages, the admin's scripts."""
    customers = [Book(app, language) for app in APPS for language in CUSTOMERS_LANGUAGES]
    return [
        *(Book(app) for app in APPS),
        *(book for book in customers if len(collect(book))),
        Book("config", domain="djangojs"),
    ]


def compile_changed() -> int:
    """Write a .mo beside each .po that is newer, of every language; returns how many."""
    count = 0
    for source in sorted(path for app in APPS for path in (ROOT / app / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as stream:
            catalog = read_po(stream, locale=source.parent.parent.name)
        draft = target.with_suffix(f".mo.{os.getpid()}")
        with draft.open("wb") as stream:
            write_mo(stream, catalog)
        draft.replace(target)
        count += 1
    return count


def collect(book: Book) -> Catalog:
    """The texts that a book has to translate, without translations."""
    catalog = Catalog(locale=book.language, project="Clearway", version="1", domain=book.domain, fuzzy=False)
    if book.domain == "djangojs":
        _collect_scripts(catalog)
        return catalog
    for path in sorted((ROOT / book.app).rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        lines = None if book.language == LANGUAGE else _lines_for_customers(path, name)
        if lines == []:
            continue
        for line, text, comments, context in _texts(path):
            if lines is None or any(line in part for part in lines):
                catalog.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    if book == Book("config"):
        _collect_libraries(catalog)
    return catalog


def merged(book: Book) -> bytes:
    """The book's .po, up to date with its texts: translations stay, texts that are gone go."""
    catalog = collect(book)
    if book.path.exists():
        found, catalog = catalog, book.read()
        catalog.update(found, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
    catalog.header_comment = "# Translations of Clearway. Collected by `make messages`; see docs/howto/translate.md."
    catalog.msgid_bugs_address, catalog.last_translator, catalog.language_team = "", "Clearway", "Clearway"
    written = io.BytesIO()
    write_po(written, catalog, width=120, include_lineno=False, sort_output=True, omit_header=False)
    return written.getvalue()


def faults(book: Book) -> list[str]:
    """What is wrong with a book, a line each: texts missing or gone, placeholders that differ, guesses."""
    there, wanted, found = book.read(), collect(book), []
    for message in wanted:
        if message.id:
            translated = there.get(_name(message), message.context)
            found += [f"{fault}: {_name(message)}" for fault in _faults_of(message, translated, there.num_plurals)]
    for message in there:
        if message.id and wanted.get(_name(message), message.context) is None:
            found.append(f"no longer in the code: {_name(message)}")
    return found


def _faults_of(message: Message, translated: Message | None, plurals: int) -> Iterator[str]:
    if translated is None:
        yield "not collected"
        return
    if translated.fuzzy:
        yield "only a guess"
    strings = [translated.string] if isinstance(translated.string, str) else list(translated.string or ())
    if len(strings) != (plurals if isinstance(message.id, tuple) else 1) or not all(strings):
        yield "not translated"
        return
    for string in strings:
        if _placeholders(string) != _placeholders(_name(message) if isinstance(message.id, str) else message.id[1]):
            yield "other placeholders in the translation"


def _name(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def _lines_for_customers(path: Path, name: str) -> list[range] | None:
    """Which lines of a file customers read: None for all, an empty list for none."""
    place = next((place for place in CUSTOMERS_READ if name.startswith(place)), None)
    if place is None or name.startswith(PARTNERS_READ):
        return []
    if not (parts := CUSTOMERS_READ[place]):
        return None
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    named = {node.name: node for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    return [range(named[part].lineno, (named[part].end_lineno or 0) + 1) for part in parts]


def _collect_libraries(catalog: Catalog) -> None:
    known = _known_to_django()
    for library in UNTRANSLATED_LIBRARIES:
        spec = importlib.util.find_spec(library)
        if spec is None or spec.origin is None:
            continue
        for path in sorted(Path(spec.origin).parent.rglob("*")):
            if UNUSED_PARTS & set(path.parts) or (library in ONLY_MODELS and path.name not in _MODEL_FILES):
                continue
            for _line, text, _comments, context in _texts(path):
                if (text if isinstance(text, str) else text[0]) not in known:
                    catalog.add(text, locations=[(f"{library}", 0)], context=context)


def _texts(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    if path.suffix == ".py" and "migrations" not in path.parts:
        content, method = path.read_bytes(), "python"
    elif path.suffix in {".html", ".txt", ".svg"} and "templates" in path.parts:
        from django.utils.translation.template import templatize

        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # The rest of that source is no Python that a tokenizer accepts: only the calls are.
        content, method = "\n".join(call[0] for call in _CALL.finditer(source)).encode(), "python"
    elif path.suffix == ".js" and "static" in path.parts and ROOT in path.parents and ".venv" not in path.parts:
        content, method = path.read_bytes(), "javascript"
    else:
        return
    options = {"encoding": "utf-8"}
    yield from extract(method, io.BytesIO(content), keywords=KEYWORDS, comment_tags=("Translators:",), options=options)


def _collect_scripts(catalog: Catalog) -> None:
    """What Django's admin says in the browser and has no Chinese for."""
    known = {_name(message) for message in _of_django(f"contrib/admin/locale/{LANGUAGE}", "djangojs") if message.string}
    for message in _of_django("contrib/admin/locale/en", "djangojs"):
        if message.id and _name(message) not in known:
            catalog.add(message.id, locations=[("django", 0)], context=message.context)


def _known_to_django() -> set[str]:
    return {
        _name(message) for message in _of_django(f"**/locale/{LANGUAGE}", "django") if message.id and message.string
    }


def _of_django(folders: str, domain: str) -> Iterator[Message]:
    import django

    for path in sorted(Path(django.__file__).parent.glob(f"{folders}/LC_MESSAGES/{domain}.po")):
        with path.open("rb") as stream:
            yield from read_po(stream, locale=path.parent.parent.name)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compile", action="store_true", help="only compile what has changed")
    parser.add_argument("--check", action="store_true", help="fail when a text has no translation")
    options = parser.parse_args()
    if options.check:
        found = [f"{book}: {fault}" for book in books() for fault in faults(book)]
        if not found and any(merged(book) != book.path.read_bytes() for book in books()):
            found = ["texts stand in other files than the .po say: run `make messages`"]
        print("\n".join(found) or "every text is translated")
        return 1 if found else 0
    if not options.compile:
        for book in books():
            content = merged(book)
            if not book.path.exists() or book.path.read_bytes() != content:
                book.path.parent.mkdir(parents=True, exist_ok=True)
                book.path.write_bytes(content)
    count = compile_changed()
    if count:
        print(f"translations: {count} compiled")
    return 0


if __name__ == "__main__":
    sys.exit(main())
