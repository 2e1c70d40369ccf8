"""Translations without gettext's tools: collects texts into .po files and compiles them to .mo, both with Babel.

`python -m scripts.messages` collects, merges and compiles; `--compile` only compiles what has changed; `--check` fails,
naming the texts, when a text has no translation. Each app's texts lie in its own `locale/`; `config/locale` also holds
those texts of libraries that come without a Chinese translation. What customers read is translated into their languages
besides (`tickets/locale/es`, …): these files are written by hand, a test holds them complete.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
APPS = ("common", "knowledge_base", "logistics", "tickets", "channels_integrations", "config")
LANGUAGE = "zh_Hans"
UNTRANSLATED_LIBRARIES = ("unfold", "axes", "django_q")
ONLY_MODELS = {"axes", "django_q"}
"""Of these, people see the names of models and fields; the rest is for logs and terminals."""
UNUSED_PARTS = {"constance", "guardian", "hijack", "import_export", "location_field", "reversion", "reversion_compare"}
UNUSED_PARTS |= {"simple_history", "waffle"}  # Unfold's looks for libraries that are not here
_MODEL_FILES = {"apps.py", "admin.py", "models.py"}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\bn?p?gettext\({_STRING}(?:, ?{_STRING})*(?:, ?\w+)?\)")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def po_file(app: str) -> Path:
    """Where the app's translations lie."""
    return ROOT / app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def compile_changed() -> int:
    """Write a .mo beside each .po that is newer, of every language; returns how many."""
    count = 0
    for source in sorted(path for app in APPS for path in (ROOT / app / "locale").glob("*/LC_MESSAGES/django.po")):
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


def collect(app: str) -> Catalog:
    """All texts of an app, without translations."""
    catalog = Catalog(locale=LANGUAGE, project="Clearway", domain="django", fuzzy=False)
    for path in sorted((ROOT / app).rglob("*")):
        for text, comments, context in _texts(path):
            catalog.add(
                text, locations=[(path.relative_to(ROOT).as_posix(), 0)], auto_comments=comments, context=context
            )
    if app == "config":
        known = _known_to_django()
        for library in UNTRANSLATED_LIBRARIES:
            spec = importlib.util.find_spec(library)
            if spec is None or spec.origin is None:
                continue
            for path in sorted(Path(spec.origin).parent.rglob("*")):
                if UNUSED_PARTS & set(path.parts) or (library in ONLY_MODELS and path.name not in _MODEL_FILES):
                    continue
                for text, _comments, context in _texts(path):
                    if (text if isinstance(text, str) else text[0]) not in known:
                        catalog.add(text, locations=[(f"{library}", 0)], context=context)
    return catalog


def merge(app: str) -> None:
    """Bring the app's .po up to date with its texts; translations stay, texts that are gone go."""
    found = collect(app)
    target = po_file(app)
    if target.exists():
        with target.open("rb") as stream:
            catalog = read_po(stream, locale=LANGUAGE)
        catalog.update(found, no_fuzzy_matching=True)
        catalog.obsolete.clear()
    else:
        catalog = found
    if not len(catalog):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as stream:
        write_po(stream, catalog, width=120, include_lineno=False, sort_output=True, omit_header=False)


def untranslated(app: str) -> list[str]:
    """Texts of the app that its .po does not translate."""
    target = po_file(app)
    catalog = Catalog(locale=LANGUAGE)
    if target.exists():
        with target.open("rb") as stream:
            catalog = read_po(stream, locale=LANGUAGE)
    missing = []
    for message in collect(app):
        if not message.id:
            continue
        name = message.id if isinstance(message.id, str) else message.id[0]
        there = catalog.get(name, message.context)
        if there is None or not all([there.string] if isinstance(there.string, str) else there.string or [""]):
            missing.append(name)
    return missing


def _texts(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
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
    for _line, text, comments, context in extract(
        method, io.BytesIO(content), keywords=KEYWORDS, comment_tags=("Translators:",), options=options
    ):
        yield text, comments, context


def _known_to_django() -> set[str]:
    import django

    known: set[str] = set()
    for path in Path(django.__file__).parent.rglob(f"locale/{LANGUAGE}/LC_MESSAGES/django.po"):
        with path.open("rb") as stream:
            catalog = read_po(stream, locale=LANGUAGE)
        known |= {m.id if isinstance(m.id, str) else m.id[0] for m in catalog if m.id and m.string}
    return known


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compile", action="store_true", help="only compile what has changed")
    parser.add_argument("--check", action="store_true", help="fail when a text has no translation")
    options = parser.parse_args()
    if options.check:
        missing = [f"{app}: {text}" for app in APPS for text in untranslated(app)]
        print("\n".join(missing) or "every text is translated")
        return 1 if missing else 0
    if not options.compile:
        import django
        from django.conf import settings

        settings.configure(USE_I18N=True)
        django.setup()
        for app in APPS:
            merge(app)
    count = compile_changed()
    if count:
        print(f"translations: {count} compiled")
    return 0


if __name__ == "__main__":
    sys.exit(main())
