"""The documentation says what is so: links lead somewhere, and every name in it stands for something in the tree."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.management import call_command, get_commands
from django.utils.module_loading import import_string

from tickets.choices import Kind
from tickets.policies.actor import Actor
from tickets.services.chain import sign_heads
from tickets.services.journal import opening
from tickets.services.linking import new_ticket

ROOT = Path(__file__).resolve().parents[2]
APPS = ("common", "knowledge_base", "logistics", "tickets", "channels_integrations", "config")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
HOWTO = ROOT / "docs" / "howto"

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_INDENTED = re.compile(r"^ {4,}(\S.*)$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
_DOTTED = re.compile(rf"(?:{'|'.join(APPS)})(?:\.[A-Za-z_]\w*)+")
_VARIABLE = re.compile(r"\b(?:CLEARWAY_[A-Z_]+|DATABASE_URL|REDIS_URL|METRICS_TOKEN)\b")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def code_in(text: str) -> Iterator[str]:
    """What a page sets as code: spans, indented lines, lines in fences."""
    for fence in _FENCE.findall(text):
        yield from fence.splitlines()[1:-1]
    rest = _FENCE.sub("", text)
    yield from _CODE.findall(rest)
    yield from _INDENTED.findall(rest)


def anchors_of(page: Path) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    headings = _HEADING.findall(_FENCE.sub("", text_of(page)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@every_page
def test_each_relative_link_leads_to_something(page: Path) -> None:
    dead = []
    for target in _LINK.findall(_FENCE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = unquote(target).partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or (anchor and found.suffix == ".md" and anchor not in anchors_of(found)):
            dead.append(target)

    assert dead == []


@every_page
def test_each_management_command_named_is_there(page: Path) -> None:
    named = {name for line in code_in(text_of(page)) for name in re.findall(r"manage\.py ([a-z_]+)", line)}

    assert named - get_commands().keys() == set()


@every_page
def test_each_make_target_named_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = {name for line in code_in(text_of(page)) for name in re.findall(r"^(?:.*&& *)?make ([a-z]+)", line)}

    assert named - targets == set()


@every_page
def test_each_option_of_a_command_named_is_there(page: Path) -> None:
    wrong = []
    for line in code_in(text_of(page).replace("\\\n", " ")):
        found = re.search(r"manage\.py ([a-z_]+)(.*)", line)
        if found is None:
            continue
        help_text = subprocess_help(found[1])
        wrong += [f"{found[1]} {one}" for one in re.findall(r"(?<=\s)--[a-z-]+", found[2]) if one not in help_text]

    assert wrong == []


_helps: dict[str, str] = {}


def subprocess_help(command: str) -> str:
    """A command's help, which argparse prints before it ends."""
    if command not in _helps:
        from django.core.management import load_command_class

        owner: Any = get_commands()[command]
        made = load_command_class(owner, command) if isinstance(owner, str) else owner
        _helps[command] = made.create_parser("manage.py", command).format_help()
    return _helps[command]


@every_page
def test_each_file_and_folder_named_is_there(page: Path) -> None:
    tops = {path.name for path in ROOT.iterdir()} - {"var", ".venv", ".env", ".git"}
    named = {
        code
        for code in _CODE.findall(_FENCE.sub("", text_of(page)))
        if "/" in code and _PATH.fullmatch(code) and code.split("/")[0] in tops
    }

    assert {code for code in named if not (ROOT / code).exists()} == set()


@every_page
@pytest.mark.django_db
def test_each_module_function_and_permission_named_is_there(page: Path) -> None:
    permissions = {
        f"{app}.{code}" for app, code in Permission.objects.values_list("content_type__app_label", "codename")
    }
    named = {code for code in _CODE.findall(_FENCE.sub("", text_of(page))) if _DOTTED.fullmatch(code)}

    assert {code for code in named - permissions if not is_importable(code)} == set()


def is_importable(name: str) -> bool:
    try:
        __import__(name)
    except ImportError:
        try:
            import_string(name)
        except ImportError:
            return False
    return True


def test_the_rooms_that_the_architecture_names_are_rooms_of_some_app() -> None:
    section = text_of(ROOT / "docs" / "architecture.md").partition("## Rooms")[2].partition("\n## ")[0]
    rooms = [room for row in re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE) for room in _CODE.findall(row)]

    assert len(rooms) > 6
    assert [room for room in rooms if not any((ROOT / app / room).exists() for app in APPS)] == []


def test_every_app_stands_on_a_floor_of_the_architecture() -> None:
    section = text_of(ROOT / "docs" / "architecture.md").partition("## Floors")[2].partition("\n## ")[0]
    floors = set(re.findall(r"^\| `(\w+)/` \|", section, re.MULTILINE))
    ours = {Path(app.path).name for app in apps.get_app_configs() if Path(app.path).parent == ROOT}

    assert floors == ours


def variables_read() -> set[str]:
    return set(re.findall(r'env\.[a-z]+\(\s*"([A-Z_]+)"', text_of(ROOT / "config" / "settings.py")))


def test_run_lists_exactly_the_variables_that_the_settings_read() -> None:
    section = text_of(HOWTO / "run.md").partition("\n## Settings")[2].partition("\n## ")[0]
    first_cells = "".join(re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE))

    assert set(re.findall(r"`([A-Z_]+)`", first_cells)) == variables_read()


@pytest.mark.parametrize("page", [*PAGES, *sorted((ROOT / "deploy").glob("*"))], ids=name_of)
def test_each_variable_named_is_one_that_the_settings_read(page: Path) -> None:
    assert set(_VARIABLE.findall(text_of(page))) - variables_read() == set()


def test_every_fields_default_named_for_a_connection_is_the_adapters() -> None:
    from channels_integrations import providers

    for code, page in (("email", "connect-a-mailbox.md"), ("telegram", "connect-telegram.md")):
        rows = re.findall(r"^\| (`[^|]+) \|", text_of(HOWTO / page), re.MULTILINE)
        told = {name for row in rows for name in _CODE.findall(row)}

        assert told == {field.key for field in providers.get(code).fields}, page


def test_the_keys_told_to_staff_are_those_on_the_page_of_keys() -> None:
    told = set(
        _CODE.findall("".join(re.findall(r"^\| (`[^|]+) \|", text_of(HOWTO / "work-a-ticket.md"), re.MULTILINE)))
    )
    shown = text_of(ROOT / "config" / "templates" / "unfold" / "helpers" / "shortcuts.html")

    assert len(told) > 8
    assert [key for key in told if f"<kbd>{key}</kbd>" not in shown and f'translate "{key}"' not in shown] == []


def test_both_readmes_lead_to_the_same_places() -> None:
    english, chinese = (set(_LINK.findall(text_of(ROOT / name))) for name in ("README.md", "README.zh-CN.md"))
    own = {"README.md", "README.zh-CN.md", "docs/streets.svg", "docs/streets.zh-CN.svg"}

    assert english - own == chinese - own


def test_ci_runs_the_readmes_test_command() -> None:
    assert re.search(r"^make test$", text_of(ROOT / ".ci" / "run"), re.MULTILINE)
    assert re.search(r"^    make test\b", text_of(ROOT / "README.md"), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_shouts(page: Path) -> None:
    prose = re.sub(r"!\[", "[", _CODE.sub("", _FENCE.sub("", text_of(page))))

    assert re.findall(r"[^\n]*[!！][^\n]*", prose) == []


@pytest.mark.django_db
def test_an_auditor_can_check_an_export_with_the_program_on_the_page(tmp_path: Path) -> None:
    began = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    for days in (0, 1):
        now = began + timedelta(days=days)
        with opening(new_ticket(kind=Kind.INQUIRY, now=now), actor=Actor.system("test"), now=now):
            pass
        sign_heads(day=now.date(), now=now + timedelta(days=1))
    key, export = tmp_path / "heads.pem", tmp_path / "heads.jsonl"
    key.write_text(printed("--public-key"), encoding="utf-8")
    export.write_text(printed("--export"), encoding="utf-8")
    page = text_of(HOWTO / "verify-the-history.md")
    program = tmp_path / "check.py"
    program.write_text(re.search(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1], encoding="utf-8")  # type: ignore[index]

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, program, key, export], capture_output=True, text=True, check=False)

    held = check()
    assert held.stdout == "holds until 2026-11-03\n", held.stderr

    days_told = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()]
    days_told[0]["heads"][0][1] += 1
    export.write_text("".join(json.dumps(day) + "\n" for day in days_told), encoding="utf-8")

    assert "2026-11-02 does not follow" in check().stderr


def printed(option: str) -> str:
    out = StringIO()
    call_command("verify_chain", option, stdout=out)
    return out.getvalue()
