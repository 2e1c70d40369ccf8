"""Every address of the site, knocked at by everybody: the answer is the table's, and a refusal tells and does nothing.

The table is tests/security/access_table.txt, one line an address; docs/security/access-matrix.md shows it to readers.
With CLEARWAY_WRITE_ACCESS_MATRIX=1 that page is written anew; new lines of the table are written by hand, on purpose.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.template.response import SimpleTemplateResponse

from tests.security import api_walking, walking
from tests.security import scene as scenes
from tests.security.scene import ROLES, Scene
from tests.security.walking import DENIED, METHODS

PAGE = Path(settings.BASE_DIR) / "docs" / "security" / "access-matrix.md"
OPEN_TO_ALL = ("/admin/login/", "/admin/logout/")
SAYS_LITTLE = 5_000
_SETTINGS = ("claimterms", "promisepolicy", "escalationpolicy", "reportschedule", "rota", "rule", "team")


def read_table() -> dict[tuple[str, str], str]:
    """Address and method → a letter for each role, in the order of ``ROLES``."""
    found = {}
    for line in (Path(__file__).parent / "access_table.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            key, *answers = line.split("\t")
            for answer in answers:
                method, letters = answer.split()
                found[key, method] = letters
    return found


TABLE = read_table()


@pytest.fixture(autouse=True)
def _pages_are_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pages look like is tested elsewhere; drawing two thousand of them would take minutes."""
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", property(lambda response: ""))


def test_every_address_answers_everybody_as_the_table_says(scene: Scene) -> None:
    seen: dict[tuple[str, str], str] = {}
    told: list[str] = []
    sessions = walking.sessions()

    for route in walking.routes():
        for role, method, answer in walking.walk(scene, route, sessions):
            seen[route.key, method] = seen.get((route.key, method), "") + answer.letter
            if answer.letter in DENIED or method == "GET":
                told += [f"{method} {route.key} as {role} wrote {table}" for table in answer.written]
            if answer.letter in DENIED and not route.pattern.startswith("t/"):  # whose reader holds the link
                body = answer.body
                if len(body) > SAYS_LITTLE or any(secret in body for secret in (scenes.SECRET, "RR123456785CN")):
                    told.append(f"{method} {route.key} refuses {role} with {body[:200]!r}")

    wrong = {key: (TABLE.get(key), letters) for key, letters in seen.items() if TABLE.get(key) != letters}
    assert wrong == {}, "address: (table, seen)"
    assert set(TABLE) == set(seen)
    assert told == []


def test_the_table_lets_no_outsider_in_and_no_auditor_act() -> None:
    order = list(ROLES)
    auditor, outsiders = order.index("Au"), [order.index(role) for role in scenes.OUTSIDERS]

    for (key, method), letters in TABLE.items():
        assert len(letters) == len(order), key
        if key.startswith("/admin/") and not key.startswith(OPEN_TO_ALL):
            assert {letters[place] for place in outsiders} <= {"L"}, (key, method)
        if not key.startswith(("/admin/logout/", "/i18n/")):
            assert letters[auditor] != "W", (key, method)
        if key.startswith(("/admin/tickets/", "/admin/logistics/")) and "/delete/" in key and not is_setting(key):
            assert set(letters) <= set("LF"), (key, method)


def is_setting(key: str) -> bool:
    """Whether it is about how the desk works, no record of what happened: whoever makes it may delete it."""
    return key.startswith(tuple(f"/admin/tickets/{name}/" for name in _SETTINGS))


def test_the_page_of_the_matrix_shows_the_table() -> None:
    if os.environ.get("CLEARWAY_WRITE_ACCESS_MATRIX"):
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page())

    assert PAGE.read_text() == page(), "CLEARWAY_WRITE_ACCESS_MATRIX=1 writes it anew"


def page() -> str:
    """The table as a page."""
    meanings = ", ".join(f"`{letter}` {meaning}" for letter, meaning in walking.MEANINGS.items())
    lines = [
        "# Who may open what",
        "",
        (
            "Every address of the site and every action of its lists, for everybody who may knock. "
            "`tests/security/test_access_matrix.py` walks all of it and holds this page; an address that is not here "
            "fails the test."
        ),
        "",
        f"{meanings}. A cell is what GET and POST answer; a POST that may do something is sent with a body that would.",
        "",
        "Safety tickets are `404` at every address of a ticket for whoever lacks the permission to see them.",
        "",
        "| address | " + " | ".join(ROLES.values()) + " |",
        "|---" * (len(ROLES) + 1) + "|",
    ]
    for key in dict.fromkeys(key for key, _method in TABLE):
        rows = [TABLE[key, method] for method in METHODS if (key, method) in TABLE]
        cells = ["/".join(letters) for letters in zip(*rows, strict=True)]
        lines.append(f"| `{key.replace('|', chr(92) + '|')}` | " + " | ".join(cells) + " |")
    lines += api_walking.section()
    return "\n".join(lines) + "\n"
