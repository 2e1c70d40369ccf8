"""``python -m scripts.api_docs [--check]`` writes docs/api; ``… --client FOLDER`` writes the typed client."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import django

from scripts.api_docs import client, examples, postman
from scripts.api_docs.operations import operations, schema

DOCS = Path(__file__).resolve().parents[2] / "docs" / "api"


def main() -> int:
    """Write; 1 when ``--check`` finds a page that does not say what the schema says."""
    parser = argparse.ArgumentParser(prog="python -m scripts.api_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is out of date")
    parser.add_argument("--client", type=Path, metavar="FOLDER", help="write the typed Python client there instead")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    found = schema()
    if options.client:
        client.generate(found, options.client)
        print(f"The client is in {options.client}: pip install {options.client}")
        return 0
    wanted = files(found)
    kept = {str(path.relative_to(DOCS)) for path in DOCS.glob("examples/*.md")}
    stale = sorted(kept - set(wanted))
    stale += [name for name, text in wanted.items() if not _says(DOCS / name, text)]
    if options.check:
        for name in stale:
            print(f"docs/api/{name} is not what the schema says: python -m scripts.api_docs")
        return 1 if stale else 0
    for name in kept - set(wanted):
        (DOCS / name).unlink()
    for name, text in wanted.items():
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")
    return 0


def files(found: dict[str, Any]) -> dict[str, str]:
    """Path below docs/api → content, for a schema."""
    known = list(operations(found))
    collection = json.dumps(postman.collection(known), indent=1, ensure_ascii=False) + "\n"
    pages = {f"examples/{name}": text for name, text in examples.pages(known).items()}
    return {"clearway.postman_collection.json": collection, **pages}


def _says(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
