"""Settings come from the environment; what cannot be used is refused with a sentence."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config.environment import Environment, WrongSetting, made_once


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    return Environment()


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("mysql://u:hunter2@h/d", "DATABASE_URL must name a PostgreSQL"),
        ("postgresql://u:hunter2@h", "DATABASE_URL must name a PostgreSQL"),
        ("postgresql://u:hunter2@h:port/d", "DATABASE_URL must name a PostgreSQL"),
        ("nonsense", "DATABASE_URL must name a PostgreSQL"),
    ],
)
def test_database_that_is_no_postgresql_is_refused_without_repeating_its_password(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, value: str, sentence: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", value)

    with pytest.raises(WrongSetting, match=sentence) as refusal:
        environment.database("DATABASE_URL")

    assert "hunter2" not in str(refusal.value)


def test_database_is_read_with_its_options(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p%40ss@db.example:6543/desk?sslmode=require")

    database = environment.database("DATABASE_URL")

    assert database is not None
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 6543, "desk")
    assert (database["USER"], database["PASSWORD"]) == ("u", "p@ss")
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_numbers_flags_and_addresses_are_refused_with_what_is_wanted(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", "many")

    with pytest.raises(WrongSetting, match=r"^X must be a whole number from 1 to 5, not “many”\.$"):
        environment.number("X", 1, minimum=1, maximum=5)
    with pytest.raises(WrongSetting, match=r"^X must be 1 or 0, not “many”\.$"):
        environment.flag("X")
    with pytest.raises(WrongSetting, match=r"^X must be an address that starts with http or https://\.$"):
        environment.address("X", "", schemes=frozenset({"http", "https"}))
    with pytest.raises(WrongSetting, match=r"^X must have at least 50 characters"):
        environment.secret("X", file=Path("/nowhere"))
    monkeypatch.setenv("X", "6")
    with pytest.raises(WrongSetting, match=r"^X must be a whole number from 1 to 5, not 6\.$"):
        environment.number("X", 1, minimum=1, maximum=5)


def test_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret-key"

    first, second = made_once(file), made_once(file)

    assert first == second
    assert len(first) >= 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret-key"]


def test_damaged_secret_is_not_replaced_silently(tmp_path: Path) -> None:
    file = tmp_path / "secret-key"
    file.write_text("cut")

    with pytest.raises(WrongSetting, match="does not hold a secret; restore it"):
        made_once(file)

    assert file.read_text() == "cut"


def test_command_with_a_wrong_setting_ends_with_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "check"],
        env={**os.environ, "CLEARWAY_PORT": "eighty", "CLEARWAY_VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "Clearway cannot start: CLEARWAY_PORT must be a whole number from 1 to 65534, not “eighty”.\n"
    )


def test_https_makes_cookies_secure_and_deployment_check_silent(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"],
        env={
            **{name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"},
            "CLEARWAY_HTTPS": "1",
            "CLEARWAY_PUBLIC_URL": "https://clearway.example",
            "CLEARWAY_ALLOWED_HOSTS": "clearway.example",
            "CLEARWAY_VAR_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
