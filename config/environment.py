"""Reads the environment. A wrong value is refused at start with one sentence that names the variable."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from environs import Env, EnvError

ROOT = Path(__file__).resolve().parent.parent


class WrongSetting(Exception):
    """A setting in the environment that cannot be used; the text is a sentence for whoever starts the program."""


class Environment:
    """Typed access to environment variables (and to `.env` in the clone, which never overrides the real ones)."""

    def __init__(self, *, dotenv: Path | None = None) -> None:
        self._env = Env()
        if dotenv is not None and dotenv.is_file():
            self._env.read_env(str(dotenv), recurse=False, override=False)

    def text(self, name: str, default: str = "") -> str:
        """The variable as text, without surrounding blanks."""
        return self._env.str(name, default).strip()

    def flag(self, name: str, default: bool = False) -> bool:
        """The variable as yes or no: 1, 0, true, false, yes, no, on, off."""
        return bool(self._read(self._env.bool, name, default, "must be 1 or 0"))

    def number(self, name: str, default: int, *, minimum: int, maximum: int) -> int:
        """The variable as a whole number between `minimum` and `maximum`, both included."""
        wanted = f"must be a whole number from {minimum} to {maximum}"
        value = int(self._read(self._env.int, name, default, wanted))
        if not minimum <= value <= maximum:
            raise WrongSetting(f"{name} {wanted}, not {value}.")
        return value

    def words(self, name: str, default: list[str]) -> list[str]:
        """The variable as a list: its values are separated by commas."""
        text = self.text(name)
        return [word.strip() for word in text.split(",") if word.strip()] if text else default

    def address(self, name: str, default: str, *, schemes: frozenset[str]) -> str:
        """The variable as an address with one of `schemes`; empty stays empty."""
        value = self.text(name, default)
        if not value:
            return ""
        try:
            parts = urlsplit(value)
            usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            usable = False
        if not usable:
            # The value is left out of the sentence: such addresses may hold a password.
            raise WrongSetting(f"{name} must be an address that starts with {' or '.join(sorted(schemes))}://.")
        return value.rstrip("/")

    def database(self, name: str) -> dict[str, Any] | None:
        """Django's settings for the PostgreSQL that the variable names; None without the variable."""
        value = self.text(name)
        if not value:
            return None
        sentence = f"{name} must name a PostgreSQL, such as postgresql://user:password@host:5432/clearway."
        if urlsplit(value).scheme not in {"postgres", "postgresql"}:
            raise WrongSetting(sentence)
        try:
            parsed: dict[str, Any] = dict(dj_database_url.parse(value))
        except Exception as error:  # the library raises several unrelated types for a broken address
            raise WrongSetting(sentence) from error
        if not parsed.get("NAME"):
            raise WrongSetting(sentence)
        return parsed

    def secret(self, name: str, *, file: Path) -> str:
        """The variable, or else a secret that is made once and kept in `file` (readable by its owner only)."""
        value = self.text(name)
        if value:
            if len(value) < 50:
                raise WrongSetting(f"{name} must have at least 50 characters; leave it out to have one made.")
            return value
        return made_once(file)

    def secrets(self, name: str, *, file: Path) -> list[str]:
        """Secrets separated by commas, newest first, or else one that is made once and kept in `file`."""
        values = self.words(name, [])
        if any(len(value) < 50 for value in values):
            raise WrongSetting(f"Each key in {name} must have at least 50 characters; leave it out to have one made.")
        return values or [made_once(file)]

    @staticmethod
    def _read(reader: Callable[..., Any], name: str, default: Any, wanted: str) -> Any:
        try:
            return reader(name, default)
        except (EnvError, ValueError) as error:
            raise WrongSetting(f"{name} {wanted}, not “{os.environ.get(name, '')}”.") from error


def made_once(file: Path) -> str:
    """The secret in `file`, made now when there is none. Safe when several programs start at once."""
    try:
        return _kept(file)
    except FileNotFoundError:
        pass
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, file)  # unlike a rename, a link never replaces the secret another program just made
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise WrongSetting(f"{file} cannot be written ({error.strerror}); it keeps a secret of this site.") from error
    return _kept(file)


def _kept(file: Path) -> str:
    try:
        value = file.read_text().strip()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise WrongSetting(f"{file} cannot be read ({error.strerror}); it keeps a secret of this site.") from error
    if len(value) < 50:
        raise WrongSetting(f"{file} does not hold a secret; restore it, or remove it to have a new one made.")
    return value
