"""Brings the whole house up: database, logins, stand-ins, connections, the site; and down again."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from scripts.demo import cast
from scripts.demo.processes import ROOT, CannotStart, Program, run, wait_until
from scripts.demo.steps import DEADLINE_SECONDS

HOST = "127.0.0.1"
PASSWORD_FILE = "demo-password"  # noqa: S105 - a file's name
READY_SECONDS = 60.0
_MAIL_PASSWORD = "standin"  # noqa: S105 - opens nothing but the stand-in


@dataclass
class House:
    """What runs, and where. ``night`` and ``day`` are the zones of two customers (see ``cast.Around``).

    ``patience``: seconds that the driver waits for what has to follow.
    """

    port: int
    folder: Path
    environment: dict[str, str]
    password: str
    say: Callable[[str], None]
    patience: float = DEADLINE_SECONDS
    run: int = 0
    night: str = ""
    day: str = ""
    programs: list[Program] = field(default_factory=list)
    mail: dict[str, int | str] = field(default_factory=dict)
    telegram_url: str = ""
    telegram_token: str = ""
    tracking_key: str = ""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def migrate(self) -> None:
        """Bring the database, a fresh or an existing one, up to date."""
        run(
            "migrate",
            [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
            environment=self.environment,
            log=self.folder / "prepare.log",
        )

    def start_stand_ins(self) -> None:
        """A mail server and Telegram, on free ports of this machine."""
        mail = self._start("mail stand-in", [sys.executable, "-m", "scripts.standins.mail"], "mail", speaks=True)
        self.telegram_token = f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(26)}"
        # Telegram numbers its updates once and for all; those of an earlier day are known to the database.
        first_update = str(int(time.time()))
        telegram = self._start(
            "Telegram stand-in",
            [
                sys.executable,
                *("-m", "scripts.standins.telegram"),
                *("--token", self.telegram_token),
                *("--first-update-id", first_update),
            ],
            "telegram",
            speaks=True,
        )
        words = mail.first_line().split()
        self.mail = {"smtp": int(words[1]), "imap": int(words[3]), "url": words[4]}
        self.telegram_url = telegram.first_line()

    def connections(self) -> list[list[str]]:
        """What ``add_connection`` is told of the mailbox, the bot and the account at 17TRACK."""
        self.tracking_key = secrets.token_hex(16).upper()
        mailbox = {
            "address": cast.DESK_ADDRESS,
            "from_name": "Clearway",
            "password": _MAIL_PASSWORD,
            "imap_host": HOST,
            "imap_port": self.mail["imap"],
            "imap_security": "plain",
            "smtp_host": HOST,
            "smtp_port": self.mail["smtp"],
            "smtp_security": "plain",
        }
        bot = {"token": self.telegram_token, "api_url": self.telegram_url}
        return [
            _add_connection("email", cast.MAIL_SLUG, "Desk", mailbox),
            [*_add_connection("telegram", cast.TELEGRAM_SLUG, "Telegram", bot), "--register"],
            _add_connection("seventeentrack", cast.TRACKING_SLUG, "17TRACK", {"api_key": self.tracking_key}),
        ]

    def connect_and_furnish(self, *, day: bool) -> None:
        """Add the connections, then write logins, teams and partners, and a day's customers and parcels."""
        told = run(
            "adding connections and writing the logins",
            [sys.executable, "-m", "scripts.demo.set_up", *(["--day"] if day else [])],
            environment={
                **self.environment,
                "CLEARWAY_DEMO_PASSWORD": self.password,
                "CLEARWAY_DEMO_CONNECTIONS": json.dumps(self.connections()),
            },
            log=self.folder / "prepare.log",
        )
        said = json.loads(told.strip().splitlines()[-1])
        self.run, self.night, self.day = int(said["run"]), said["night"], said["day"]

    def serve(self) -> None:
        """Start the site and wait until it says that database, queue, worker and clock are well."""
        site = self._start(
            "the site", [sys.executable, "manage.py", "serve", "--host", HOST, "--port", str(self.port)], "serve"
        )
        missing: dict[str, str] = {}

        def ready() -> bool:
            missing.clear()
            missing.update(readiness(self.url))
            return not missing

        try:
            wait_until("the site is ready", ready, seconds=READY_SECONDS, program=site)
        except CannotStart as error:
            raise CannotStart(f"{error}\n/readyz says: {missing}") from None

    def stop(self) -> None:
        """End everything, the last started first."""
        for program in reversed(self.programs):
            program.stop()
        self.programs.clear()

    def for_driver(self) -> dict[str, object]:
        """All that the driver needs to know of the outside of the house."""
        return {
            "site": self.url,
            "run": self.run,
            "night": self.night,
            "day": self.day,
            "password": self.password,
            "smtp_port": self.mail["smtp"],
            "mail_url": self.mail["url"],
            "telegram_url": self.telegram_url,
            "tracking_key": self.tracking_key,
            "patience": self.patience,
        }

    def _start(self, name: str, command: list[str], log: str, *, speaks: bool = False) -> Program:
        path = self.folder / f"{log}.log"
        path.unlink(missing_ok=True)
        program = Program(name, command, environment=self.environment, log=path, speaks=speaks)
        self.programs.append(program)
        return program


def _add_connection(provider: str, slug: str, name: str, settings: Mapping[str, object]) -> list[str]:
    words = ["--provider", provider, "--slug", slug, "--name", name]
    for key, value in settings.items():
        words += ["--set", f"{key}={value}"]
    return words


def readiness(url: str) -> dict[str, str]:
    """What keeps the site from working, part → sentence; empty when all is well."""
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:
            return {} if answer.status == 200 else {"site": f"status {answer.status}"}
    except HTTPError as error:
        try:
            return dict(json.loads(error.read())["missing"])
        except (ValueError, KeyError):
            return {"site": f"status {error.code}"}
    except (URLError, OSError) as error:
        return {"site": str(error)}


def environment(port: int, *, with_database_url: bool) -> dict[str, str]:
    """The environment of all programs: this machine only, and a database of its own unless told otherwise."""
    settings = {
        "CLEARWAY_PORT": str(port),
        "CLEARWAY_STREAMS_PORT": str(port + 1),
        "CLEARWAY_HTTPS": "0",
        "CLEARWAY_BEHIND_PROXY": "0",
        "CLEARWAY_PUBLIC_URL": f"http://{HOST}:{port}",
        "CLEARWAY_ALLOWED_HOSTS": "127.0.0.1,localhost",
        "CLEARWAY_TRUSTED_ORIGINS": f"http://{HOST}:{port}",
        "CLEARWAY_STREAMS_URL": "",
        "CLEARWAY_OUTBOUND_ALLOWED_HOSTS": HOST,  # the stand-ins live at a private address
        "PYTHONUNBUFFERED": "1",
    }
    if not with_database_url:
        # Set and empty, they win over what the environment or .env name. Files belong to a database: in another one's
        # folders the sweep would take its files for nobody's, and its signed heads would contradict ours.
        settings |= {"DATABASE_URL": "", "REDIS_URL": "", "CLEARWAY_MEDIA_ROOT": "", "CLEARWAY_CHAIN_EXPORT_DIR": ""}
    return {**os.environ, **settings}


def state_folder(settings: Mapping[str, str]) -> Path:
    """Where logs and the password of the demonstration lie."""
    folder = Path(settings.get("CLEARWAY_VAR_DIR") or ROOT / "var") / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kept_password(folder: Path) -> str:
    """The password of all logins, made once for this clone."""
    file = folder / PASSWORD_FILE
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        letters = "abcdefghjkmnpqrstuvwxyz23456789"
        with os.fdopen(descriptor, "w") as stream:
            stream.write("-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3)))
    return file.read_text().strip()


def is_free(port: int) -> bool:
    """Whether the site could listen there and its streams beside it."""
    for one in (port, port + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, one))
            except OSError:
                return False
    return True
